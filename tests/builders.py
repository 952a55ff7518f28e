"""Trusts, curves and indices out of plain rows, for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from xlfv.market.curves import Curves, read_curves
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.projection.projection import Projection, project
from xlfv.tables import Table, from_grid
from xlfv.trust.trust import Trust, build_trust

AS_OF = dt.date(2009, 12, 31)
Row = dict[str, Any]

PASS_THROUGH = [
    {"step": 1, "from": "interest", "pay": "interest", "to": "A"},
    {"step": 2, "from": "principal", "pay": "principal", "to": "A"},
    {"step": 3, "from": "excess", "pay": "writedown", "to": "A"},
    {"step": 4, "from": "excess", "pay": "residual"},
]


def table(name: str, rows: Iterable[Row]) -> Table:
    """A table of rows; its header is every key that stands in one of them."""
    rows = list(rows)
    header = list(dict.fromkeys(key for row in rows for key in row))
    return from_grid(name, [header, *[[row.get(key) for key in header] for row in rows]])


def loan(loan_id: str = "1", **terms: Any) -> Row:
    """A loan of 100,000 at 6% over 360 months, except as said."""
    return {"loan_id": loan_id, "balance": 100000.0, "rate": 0.06, "remaining_term": 360, **terms}


def make_trust(
    loans: Iterable[Row] | None = None, bonds: Iterable[Row] | None = None, waterfall: Iterable[Row] | None = None,
    name: str = "TEST", as_of: dt.date = AS_OF, **others: Iterable[Row] | None,
) -> Trust:  # fmt: skip
    """A trust of rows; without bonds, one pass-through class of the pool's size."""
    loans = list(loans) if loans is not None else [loan()]
    if bonds is None:
        bonds = [{"tranche": "A", "balance": sum(x["balance"] for x in loans), "coupon": 0.0}]
    tables = {"loans": loans, "bonds": bonds, "waterfall": waterfall or PASS_THROUGH, **others}
    tables = {key: rows for key, rows in tables.items() if rows is not None}
    return build_trust(name, as_of, {key: table(key, rows) for key, rows in tables.items()})


def make_curves(*rows: Row, **one: Any) -> Curves:
    """Curves of rows, or of one row that holds from month 1 on."""
    return read_curves(table("curves", rows or [{"month": 1, **one}]))


def make_indices(**names: list[float]) -> Indices:
    """Indices by name, month 0 first."""
    longest = max(len(v) for v in names.values())
    rows = [{"month": m, **{k: v[m] for k, v in names.items() if m < len(v)}} for m in range(longest)]
    return read_indices(table("indices", rows))


def run(
    loans: Iterable[Row], curves: Curves | None = None, indices: Indices = NO_INDICES, months: int | None = None,
    **tables: Any,
) -> Projection:  # fmt: skip
    """Project a trust of rows."""
    return project(make_trust(loans, **tables), curves or make_curves(cpr=0.0), indices, months)
