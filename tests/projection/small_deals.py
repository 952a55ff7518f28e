"""Deals small enough to be worked by hand: one interest-only loan of 100,000 at 12%, one percent a month."""

from __future__ import annotations

from typing import Any

from tests.builders import Row, loan, make_curves, run
from xlfv.market.indices import NO_INDICES, Indices
from xlfv.projection.projection import Projection

POOL = [loan(rate=0.12, interest_only_months=360)]


def rules(*rows: tuple[str, ...] | Row) -> list[Row]:
    """Steps, each as from, pay, to; or as a row with more."""
    named = [row if isinstance(row, dict) else dict(zip(("from", "pay", "to"), row, strict=False)) for row in rows]
    return [{"step": f"s{k}", **row} for k, row in enumerate(named, 1)]


def terms(**values: Any) -> list[Row]:
    """Terms by name."""
    return [{"term": name, "value": value} for name, value in values.items()]


def deal(
    bonds: list[Row], waterfall: list[Row], curves: Row | None = None, indices: Indices = NO_INDICES, months: int = 12,
    pool: list[Row] | None = None, **tables: Any,
) -> Projection:  # fmt: skip
    """A small deal projected."""
    stress = make_curves(**{"month": 1, "smm": 0.0, **(curves or {})})
    return run(pool or POOL, stress, indices, months, bonds=bonds, waterfall=waterfall, **tables)


def paid(made: Projection, tranche: str, column: str, months: int = 3) -> list[float]:
    """The first months of a column of a class, to the hundredth of a cent."""
    return [round(float(x), 4) for x in made.distributions.tranche(tranche)[column][1 : months + 1]]
