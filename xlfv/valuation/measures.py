"""Measures of a projection by name, as a table of them asks: of classes, of the residual, of the collateral."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.tables.faults import resembling
from xlfv.tables.schema import Column, Records, Schema
from xlfv.trust.trust import Trust
from xlfv.valuation import tranches as t
from xlfv.valuation.collateral import residual_value
from xlfv.valuation.discounting import BASES
from xlfv.valuation.yields import RESIDUAL

COLLATERAL = "collateral"
Measuring = Callable[[Projection, str, float, str], float]


def _interest(run: Projection, name: str, at: float, basis: str) -> float:
    paid, tranche = run.distributions, run.check_tranche(name)
    return float((paid.cash(tranche) - paid.principal(tranche)).sum())


def _principal(run: Projection, name: str, at: float, basis: str) -> float:
    return float(run.distributions.principal(run.check_tranche(name)).sum())


def _cash(run: Projection, name: str, at: float, basis: str) -> float:
    return float(run.distributions.cash(run.check_tranche(name)).sum())


OF_TRANCHE: dict[str, tuple[str, Measuring]] = {
    "pv": ("yield", t.tranche_value),
    "price": ("yield", t.tranche_price),
    "yield": ("price", t.tranche_yield),
    "dm": ("price", lambda run, name, at, basis: t.tranche_yield(run, name, at, "dm")),
    "wal": ("", lambda run, name, at, basis: t.tranche_life(run, name)),
    "window_first": ("", lambda run, name, at, basis: float(t.tranche_window(run, name).first)),
    "window_last": ("", lambda run, name, at, basis: float(t.tranche_window(run, name).last)),
    "duration": ("yield", lambda run, name, at, basis: t.tranche_duration(run, name, at, basis)),
    "convexity": ("yield", lambda run, name, at, basis: t.tranche_duration(run, name, at, basis, "convexity")),
    "spread_duration": ("yield", t.tranche_spread_duration),
    "loss": ("", lambda run, name, at, basis: t.tranche_loss(run, name)),
    "writedown": ("", lambda run, name, at, basis: t.tranche_writedown(run, name)),
    "interest": ("", _interest),
    "principal": ("", _principal),
    "cash": ("", _cash),
}
"""What is measured of a class: what it is measured at (a yield, a price, nothing), and how."""
OF_RESIDUAL: dict[str, tuple[str, Measuring]] = {
    "pv": ("yield", lambda run, name, at, basis: residual_value(run, at, basis)),
    "cash": ("", lambda run, name, at, basis: float(run.distributions.residual.sum())),
}


def _pool_life(run: Projection, name: str, at: float, basis: str) -> float:
    principal = run.collateral.principal.sum(axis=0)
    if not principal.sum() > 0.0:
        raise Refused(Fault("the collateral pays no principal: it has no average life"), code="#NUM!")
    return float((principal * run.timeline.years()).sum() / principal.sum())


def _pool(of: Callable[[Projection], np.ndarray]) -> Measuring:
    return lambda run, name, at, basis: float(of(run).sum())


OF_COLLATERAL: dict[str, tuple[str, Measuring]] = {
    "losses": ("", _pool(lambda run: run.collateral.all_losses)),
    "loss_rate": (
        "",
        lambda run, name, at, basis: float(run.collateral.all_losses.sum() / run.collateral.end_balance[:, 0].sum()),
    ),
    "defaults": ("", _pool(lambda run: run.collateral["new_defaults"])),
    "principal": ("", _pool(lambda run: run.collateral.principal)),
    "interest": ("", _pool(lambda run: run.collateral.interest_funds)),
    "cash": ("", _pool(lambda run: run.collateral.principal + run.collateral.interest_funds)),
    "wal": ("", _pool_life),
}
_NO_MARGIN = ("duration", "convexity")
ALL = tuple(dict.fromkeys([*OF_TRANCHE, *OF_RESIDUAL, *OF_COLLATERAL]))

MEASURES = Schema(
    "measures",
    (
        Column("item", "text", "a tranche, residual or collateral", required=True),
        Column("measure", "text", f"what is measured of it. A tranche: {', '.join(OF_TRANCHE)}; the residual:"
               f" {', '.join(OF_RESIDUAL)}; the collateral: {', '.join(OF_COLLATERAL)}", required=True, allowed=ALL),
        Column("at", "number", "the yield (a decimal) or price per 100 at which it is measured, where it is measured at one"),
        Column("basis", "text", "how the yield compounds", default="monthly", allowed=BASES),
    ),
    key="item",
    may_be_empty=False,
)  # fmt: skip


@dataclass(frozen=True)
class Measure:
    """One measure to be taken.

    Attributes:
        item: the class as the trust spells it, ``residual`` or ``collateral``.
        name: what is measured.
        at: the yield or price; not a number where none is needed.
        basis: how the yield compounds.
    """

    item: str
    name: str
    at: float
    basis: str

    @property
    def title(self) -> str:
        """Its header: ``A price at 0.08``."""
        return f"{self.item} {self.name}" + ("" if np.isnan(self.at) else f" at {self.at:.10g}")

    def take(self, projection: Projection) -> float | Refused:
        """Its value, or the refusal that says why there is none."""
        try:
            return known(self.item)[self.name][1](projection, self.item, self.at, self.basis)
        except Refused as refused:
            return refused


def known(item: str) -> dict[str, tuple[str, Measuring]]:
    """What can be measured of an item."""
    return {RESIDUAL: OF_RESIDUAL, COLLATERAL: OF_COLLATERAL}.get(item, OF_TRANCHE)


def read_measures(table: Table, trust: Trust) -> list[Measure]:
    """The measures that a table asks for.

    Raises:
        Refused: with every fault: an item that the trust does not have, a measure that the item does not have, a yield or
            price missing or too much, a yield in percent.
    """
    faults: list[Fault] = []
    rows = MEASURES.read(table, faults)
    spelled = {name.lower(): name for name in (RESIDUAL, COLLATERAL, *trust.tranches)}
    found = []
    for row in range(rows.count):
        if not rows.sound(row, "item", "measure"):
            continue
        word = str(rows["item"][row]).strip().lower()
        if word not in spelled:
            near = resembling(word, list(spelled))
            todo = f"did you mean {spelled[near]}?" if near else f"there are: {', '.join(spelled.values())}"
            faults.append(
                Fault(f"{trust.name} has no '{rows['item'][row]}' to measure", table.where(row, "item"), todo)
            )
            continue
        one = Measure(spelled[word], str(rows["measure"][row]), float(rows["at"][row]), str(rows["basis"][row]))
        faults += _measure_faults(one, rows, table, row)
        found.append(one)
    refuse_if(faults)
    return found


def _measure_faults(one: Measure, rows: Records, table: Table, row: int) -> list[Fault]:
    if one.name not in known(one.item):
        todo = f"there are: {', '.join(known(one.item))}"
        return [Fault(f"{one.item} has no measure {one.name}", table.where(row, "measure"), todo)]
    wanted, where, found = known(one.item)[one.name][0], table.where(row, "at"), []
    if not wanted and not np.isnan(one.at):
        found.append(Fault(f"{one.title}: {one.name} is measured at nothing", where, "leave it blank"))
    if wanted and np.isnan(one.at) and rows.sound(row, "at"):
        found.append(Fault(f"{one.title} has no {wanted} to be measured at", where, f"give the {wanted}"))
    if wanted == "yield" and not (np.isnan(one.at) or -1.0 < one.at <= 3.0):
        found.append(Fault(f"{one.title}: a yield of {one.at:g}", where, f"write it as a decimal: {one.at / 100:g}"))
    if one.basis == "dm" and (one.item == RESIDUAL or one.name in _NO_MARGIN):
        found.append(Fault(f"{one.title} has no discount margin", table.where(row, "basis"), "give a yield"))
    return found
