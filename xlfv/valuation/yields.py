"""The yields chosen for a trust: one for each tranche and one for the residual, each inside its range."""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, SupportsIndex

import numpy as np

from xlfv.tables import Fault, Table, refuse_if
from xlfv.tables.schema import Column, Records, Schema
from xlfv.trust.bonds import KINDS
from xlfv.trust.trust import Trust
from xlfv.valuation.discounting import BASES

RESIDUAL = "residual"
COLLATERAL = "collateral"
"""An item whose yield may be given: only where the collateral is measured independently is it used."""
_RATE: dict[str, Any] = {"low": -0.5, "high": 3.0}  # a residual may yield over 100%; 8.5 for 8.5% is refused
ROUNDING = 1e-12
POSITIONS = (*KINDS, COLLATERAL)
"""What stands where in a deal: kinds of classes, the residual, the collateral."""


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
        if yields.sound(k, "low", "high")
    ]


def lies_outside(rate: float, low: float, high: float) -> bool:
    """A yield lies outside a range; an end that is not a number is none. Sums in a sheet end in the 16th digit: that is inside."""
    return bool(rate < low - ROUNDING or rate > high + ROUNDING)


def _reasons(yields: Records, table: Table) -> list[Fault]:
    """A yield outside its range has a reason."""
    rate, low, high = yields["yield"], yields["low"], yields["high"]
    without = np.char.strip(yields["reason"]) == ""
    return [
        Fault(
            f"the yield of {_named(yields, k)} ({rate[k]:.4%}) lies outside its range {span(low[k], high[k])}"
            " and has no reason",
            table.where(k, "reason" if "reason" in table.columns else "yield"),
            "write the reason, or choose another yield",
        )
        for k in np.flatnonzero(without & ~(low > high))
        if lies_outside(rate[k], low[k], high[k]) and yields.sound(k, "yield", "low", "high", "reason", "item")
    ]


def _named(yields: Records, row: SupportsIndex) -> str:
    return " ".join(filter(None, (str(yields["trust"][row]), str(yields["item"][row]))))


def span(low: float, high: float) -> str:
    """A range in words: ``6.0000% to 10.0000%``, one end where the other is not given."""
    if np.isnan(low) or np.isnan(high):
        return f"up to {high:.4%}" if np.isnan(low) else f"from {low:.4%}"
    return f"{low:.4%} to {high:.4%}"


YIELDS = Schema(
    "yields",
    (
        Column("trust", "text", "the trust; blank: the one valued"),
        Column("item", "text", "a tranche, or residual", required=True),
        Column("yield", "number", "chosen yield, a decimal (0.085)", required=True, **_RATE),
        Column("low", "number", "lower end of the acceptable range", **_RATE),
        Column("high", "number", "upper end of the acceptable range", **_RATE),
        Column("basis", "text", "how the yield compounds", default="monthly", allowed=BASES),
        Column(
            "cash_basis", "text", "which cash it discounts", default="expected", allowed=("expected", "contractual")
        ),
        Column("base_rate", "number", "riskless base rate behind the yield", "rate", low=-0.05, high=0.5),
        Column("risk_premium", "number", "risk premium over base_rate", low=-0.5, high=3.0),
        Column("quote", "number", "what was quoted"),
        Column("quote_type", "text", "what kind of quote", allowed=("price", "yield", "dm")),
        Column("quote_assumptions", "text", "assumptions behind the quote"),
        Column("source", "text", "who quoted"),
        Column("quote_date", "date", "when"),
        Column("settlement", "date", "settlement of the quote"),
        Column(
            "wrap",
            "flag",
            "the value counts what the class's insurer pays it; no: without the insurer's draws",
            default=True,
        ),
        Column("orderly", "flag", "from an orderly market", default=True),
        Column("weight", "number", "weight of the quote"),
        Column("reason", "text", "why this yield; one outside its range is refused without"),
        Column("chosen_by", "text", "who chose it"),
        Column("chosen_date", "date", "when it was chosen"),
        Column("approved_by", "text", "who approved it"),
        Column(
            "kind",
            "text",
            "what kind of class it is, as in bonds: peers of other trusts are told by it",
            allowed=POSITIONS,
        ),
        Column("rating", "text", "its rating today; blank: original_rating of bonds"),
    ),
    key="item",
    may_be_empty=False,
    checks=(_ranges, _reasons),
)


@dataclass(frozen=True)
class Chosen:
    """A yield, how it compounds and which cash it discounts.

    Attributes:
        rate: decimal a year.
        basis: of :data:`xlfv.valuation.discounting.BASES`.
        low, high: the acceptable range; not a number where an end is not given.
        reason: why it was chosen.
        cash: ``expected`` or ``contractual``.
        wrap: the cash counts what the class's insurer pays it.
        base_rate, risk_premium: what the yield is made of; not a number where not given.
        chosen_by, chosen_date, approved_by: who, when; empty and None where not given.
        rating: today's rating; empty where not given.
    """

    rate: float
    basis: str
    low: float
    high: float
    reason: str
    cash: str = "expected"
    wrap: bool = True
    base_rate: float = math.nan
    risk_premium: float = math.nan
    chosen_by: str = ""
    chosen_date: dt.date | None = None
    approved_by: str = ""
    rating: str = ""

    @property
    def outside(self) -> bool:
        """The yield lies outside its acceptable range."""
        return lies_outside(self.rate, self.low, self.high)


def read_yields(table: Table, trust: Trust) -> dict[str, Chosen]:
    """The chosen yield of every tranche of a trust, and of its residual; of the collateral where one is given.

    Rows of other trusts are passed over.

    Raises:
        Refused: with every fault: a tranche without a yield, a yield without a tranche, one twice, a range upside
            down, a yield outside its range without a reason, a quote from the future.
    """
    faults: list[Fault] = []
    yields = YIELDS.read(table, faults)
    needed = (*trust.tranches, RESIDUAL)
    spelled = {name.lower(): name for name in (*needed, COLLATERAL)}
    chosen: dict[str, Chosen] = {}
    meant: set[str] = set()
    elsewhere: set[tuple[str, str]] = set()
    for row, item in enumerate(yields["item"]):
        if not yields.sound(row, "item", "trust"):
            continue
        if str(yields["trust"][row]).lower() not in ("", trust.name.lower()):
            faults += _twice_elsewhere(yields, row, table, elsewhere)
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
            if name in (RESIDUAL, COLLATERAL) and yields["basis"][row] == "dm":
                faults.append(Fault(f"the {name} has no index for a discount margin", where, "give it a yield"))
            low, high = (float(yields[side][row]) for side in ("low", "high"))
            basis = str(yields["basis"][row])
            chosen[name] = Chosen(
                float(yields["yield"][row]), basis, low, high, str(yields["reason"][row]),
                str(yields["cash_basis"][row]), bool(yields["wrap"][row]),
                float(yields["base_rate"][row]), float(yields["risk_premium"][row]),
                str(yields["chosen_by"][row]), date_of(yields, row, "chosen_date"), str(yields["approved_by"][row]),
                str(yields["rating"][row]),
            )  # fmt: skip
            faults += _facts(yields, row, name, trust, table)
    # Where an item could not be read, or is nearly this one, it may be the one that is missed.
    sure = yields.whole("item") and yields.whole("trust")
    for name in needed:
        if name not in chosen and name not in meant and sure:
            faults.append(Fault(f"{name} of {trust.name} has no yield", table.place.start, "add a row for it"))
    refuse_if(faults)
    return chosen


def _twice_elsewhere(yields: Records, row: int, table: Table, seen: set[tuple[str, str]]) -> list[Fault]:
    """An item of another trust that has a yield already; what is seen is added to ``seen``."""
    pair = str(yields["trust"][row]).lower(), str(yields["item"][row]).lower()
    twice = pair in seen
    seen.add(pair)
    return [Fault(f"{_named(yields, row)} has two yields", table.where(row, "item"), "keep one")] if twice else []


def date_of(records: Records, row: int, column: str) -> dt.date | None:
    """A date of a table, None where it is not given."""
    cell = records[column][row]
    return None if np.isnat(cell) else cell.item()


def _facts(yields: Records, row: int, name: str, trust: Trust, table: Table) -> list[Fault]:
    """What a row says of its quote and its class, against the trust."""
    found = []
    quoted, kind = date_of(yields, row, "quote_date"), str(yields["kind"][row])
    if quoted is not None and quoted > trust.as_of and yields.sound(row, "quote_date"):
        what = f"{name} has a quote from the future: {quoted}, after the as-of date {trust.as_of}"
        found.append(Fault(what, table.where(row, "quote_date"), "take a quote of the as-of date or before"))
    known = position_of(trust, name)
    if kind and kind != known and yields.sound(row, "kind"):
        found.append(
            Fault(f"{name} is called {kind}; the bonds say {known}", table.where(row, "kind"), f"write {known}")
        )
    return found


def position_of(trust: Trust, name: str) -> str:
    """The kind of a class as its trust says, ``residual`` or ``collateral``."""
    if name in (RESIDUAL, COLLATERAL):
        return name
    return str(trust.classes["kind"][trust.tranches.index(name)])


def yield_notices(yields: Mapping[str, Chosen]) -> tuple[str, ...]:
    """What is told wherever yields are used: each that lies outside its range, with its reason."""
    return tuple(
        f"the yield of {item} ({one.rate:.4%}) lies outside its range {span(one.low, one.high)}: {one.reason}"
        for item, one in yields.items()
        if one.outside
    )
