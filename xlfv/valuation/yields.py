"""The yields chosen for a trust: one for each tranche and one for the residual, each inside its range."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

import numpy as np

from xlfv.tables import Fault, Table, refuse_if
from xlfv.tables.schema import Column, Records, Schema
from xlfv.trust.trust import Trust
from xlfv.valuation.discounting import BASES

RESIDUAL = "residual"
_RATE = {"low": -0.5, "high": 3.0}  # a residual may yield over 100%; 8.5 for 8.5% is refused


def _ranges(yields: Records, table: Table) -> list[Fault]:
    """A range stands the right way up."""
    upside_down = yields["low"] > yields["high"]
    todo = "low is the lower end"
    return [
        Fault(
            f"the range of {yields['item'][k]} runs from {yields['low'][k]:g} down to {yields['high'][k]:g}",
            table.where(k, "low"),
            todo,
        )
        for k in np.flatnonzero(upside_down)
    ]


YIELDS = Schema(
    "yields",
    (
        Column("trust", "text", "the trust; blank: the one valued"),
        Column("item", "text", "a tranche, or residual", required=True),
        Column("yield", "number", "chosen yield, a decimal (0.085)", required=True, **_RATE),  # type: ignore[arg-type]
        Column("low", "number", "lower end of the acceptable range", **_RATE),  # type: ignore[arg-type]
        Column("high", "number", "upper end of the acceptable range", **_RATE),  # type: ignore[arg-type]
        Column("basis", "text", "how the yield compounds", default="monthly", allowed=BASES),
        Column(
            "cash_basis", "text", "which cash it discounts", default="expected", allowed=("expected", "contractual")
        ),
        Column("quote", "number", "what was quoted"),
        Column("quote_type", "text", "what kind of quote", allowed=("price", "yield", "dm")),
        Column("quote_assumptions", "text", "assumptions behind the quote"),
        Column("source", "text", "who quoted"),
        Column("quote_date", "date", "when"),
        Column("settlement", "date", "settlement of the quote"),
        Column("orderly", "flag", "from an orderly market", default=True),
        Column("weight", "number", "weight of the quote"),
        Column("reason", "text", "why this yield"),
        Column("approved_by", "text", "who approved it"),
    ),
    key="item",
    may_be_empty=False,
    checks=(_ranges,),
)


@dataclass(frozen=True)
class Chosen:
    """A yield and how it compounds."""

    rate: float
    basis: str
    low: float
    high: float
    reason: str

    @property
    def outside(self) -> bool:
        """The yield lies outside its acceptable range."""
        return bool(self.rate < self.low or self.rate > self.high)


def read_yields(table: Table, trust: Trust) -> dict[str, Chosen]:
    """The chosen yield of every tranche of a trust, and of its residual.

    Rows of other trusts are passed over.

    Raises:
        Refused: with every fault: a tranche without a yield, a yield without a tranche, one twice, a range upside
            down, contractual cash (not carried by this version).
    """
    faults: list[Fault] = []
    yields = YIELDS.read(table, faults)
    spelled = {name.lower(): name for name in (*trust.tranches, RESIDUAL)}
    chosen: dict[str, Chosen] = {}
    meant: set[str] = set()
    for row, item in enumerate(yields["item"]):
        if str(yields["trust"][row]).lower() not in ("", trust.name.lower()):
            continue
        if not yields.sound(row, "item", "trust"):
            continue
        name = spelled.get(str(item).strip().lower())
        where = table.where(row, "item")
        if name is None:
            near = difflib.get_close_matches(str(item).lower(), list(spelled), 1, 0.6)
            meant.update(spelled[each] for each in near)
            hint = f"did you mean {spelled[near[0]]}? " if near else ""
            what = f"a yield is given for '{item}', which {trust.name} does not have"
            faults.append(Fault(what, where, f"{hint}known: {', '.join(spelled.values())}"))
        elif name in chosen:
            faults.append(Fault(f"{name} has two yields", where, "keep one"))
        else:
            if yields["cash_basis"][row] == "contractual":
                faults.append(
                    Fault(f"{name}: contractual cash is not carried by this version", where, "discount expected cash")
                )
            if name == RESIDUAL and yields["basis"][row] == "dm":
                faults.append(Fault("the residual has no index for a discount margin", where, "give it a yield"))
            low, high = (float(yields[side][row]) for side in ("low", "high"))
            basis = str(yields["basis"][row])
            chosen[name] = Chosen(float(yields["yield"][row]), basis, low, high, str(yields["reason"][row]))
    # Where an item could not be read, or is nearly this one, it may be the one that is missed.
    sure = yields.whole("item") and yields.whole("trust")
    for name in spelled.values():
        if name not in chosen and name not in meant and sure:
            faults.append(Fault(f"{name} of {trust.name} has no yield", table.place.start, "add a row for it"))
    refuse_if(faults)
    return chosen
