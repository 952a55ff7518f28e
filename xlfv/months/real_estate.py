"""Real estate owned of a month's trusts: how it moved from the month before, and whether the ledger has the sales."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from xlfv.months.valued import ValuedMonth
from xlfv.tables import Fault, Refused, refuse_if
from xlfv.valuation.reo import AMOUNTS, Movement, reo_movement

DOLLAR = 1.0


@dataclass(frozen=True)
class RealEstate:
    """Movements over one or several months.

    Attributes:
        amounts: trust -> one of :data:`xlfv.valuation.reo.AMOUNTS` -> dollars.
        steps: month by month, by trust; a trust whose ``sales`` are not given in a month stands in neither.
        notices: what the reader should know.
    """

    amounts: dict[str, dict[str, float]]
    steps: tuple[dict[str, Movement], ...]
    notices: tuple[str, ...]


def real_estate(valued: Sequence[ValuedMonth]) -> RealEstate:
    """How the real estate of each trust moved over months that follow each other.

    Raises:
        Refused: with every fault of every trust: an initial basis that has changed, a sale of what is not there.
    """
    steps: list[dict[str, Movement]] = []
    faults: list[Fault] = []
    notices: list[str] = []
    for before, after in itertools.pairwise(valued):
        step: dict[str, Movement] = {}
        for name, one in after.trusts.items():
            sales, place = one.source.tables.get("sales"), f"{name}/{after.month.month}"
            if sales is None or name not in before.trusts:
                continue
            try:
                step[name] = reo_movement(before.trusts[name].source.trust, one.source.trust, sales)
            except Refused as refusal:
                faults += [Fault(f.what, f"{place}: {f.where}".rstrip(": "), f.todo) for f in refusal.faults]
                continue
            notices += _notices(place, step[name], one.source.ledger.total("reo_sales_proceeds"))
        steps.append(step)
    refuse_if(faults)
    names = [name for name in (steps[-1] if steps else ()) if all(name in step for step in steps)]
    return RealEstate({name: _added([step[name] for step in steps]) for name in names}, tuple(steps), tuple(notices))


def _added(moves: Sequence[Movement]) -> dict[str, float]:
    """Opening of the first month, closing of the last, all between added up."""
    amounts = {amount: math.fsum(move.total(amount) for move in moves) for amount in AMOUNTS}
    return {**amounts, "opening": moves[0].total("opening"), "closing": moves[-1].total("closing")}


def _notices(place: str, movement: Movement, posted: float) -> list[str]:
    """Proceeds that the ledger has otherwise, and what became of a property that the tables do not say."""
    sold = -movement.total("sold")
    found = [f"{place}: {move.loan_id}: {move.note}" for move in movement.moves if move.not_explained]
    if abs(sold - posted) >= DOLLAR:
        found.append(f"{place}: the sales bring {sold:,.2f} dollars and the ledger has {posted:,.2f}")
    return found
