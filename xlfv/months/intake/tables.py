"""The tables that a month is made of, with their columns, as intake needs them: whose they are, and what stands in them."""

from __future__ import annotations

from xlfv.market.curve_sets import COLUMNS as CURVE_COLUMNS
from xlfv.months import company, folder
from xlfv.reporting.consolidation import SCHEMA as FACTS
from xlfv.reporting.debt_rollforward import DEBT_ACTIVITY
from xlfv.reporting.ledger import LEDGER
from xlfv.review.remittance import REMITTANCE
from xlfv.tables.schema import Column, Schema
from xlfv.trust.trust import SCHEMAS
from xlfv.valuation.debt_terms import DEBT
from xlfv.valuation.quotes import QUOTES
from xlfv.valuation.reo import SALES
from xlfv.valuation.yield_ranges import RANGES
from xlfv.valuation.yields import YIELDS

OF_TRUST = tuple(dict.fromkeys((*folder.TABLES, "remittance")))
OF_COMPANY = company.TABLES
TABLES = (*OF_TRUST, *OF_COMPANY)

TRUST_COLUMN, AS_OF_COLUMN = "trust", "as_of"
"""Columns that a sender's file may have besides those of its table: whose row it is, and its date."""

_WORDS_OF_CURVES = {
    "curve": "text",
    "severity_basis": "text",
    "provider": "text",
    "curve_date": "date",
    "version": "text",
}
_CURVES = Schema(
    "curves",
    tuple(
        Column(name, _WORDS_OF_CURVES.get(name, "cell"), meaning)  # type: ignore[arg-type]
        for name, meaning in CURVE_COLUMNS.items()
    ),
)
COLUMNS: dict[str, Schema] = {
    **SCHEMAS,
    **{"curves": _CURVES, "yields": YIELDS, "quotes": QUOTES, "sales": SALES, "ledger": LEDGER, "activity": LEDGER},
    **{"remittance": REMITTANCE, "ranges": RANGES, "facts": FACTS, "debt": DEBT, "debt_activity": DEBT_ACTIVITY},
}
"""Tables whose columns have names; those of indices are the indices'."""

MONTHLY = frozenset(("loans", "bonds", "remittance", "activity", "ledger", "sales", "quotes", "reo"))
"""Tables that cannot be the same in two months."""
REVIEWED = frozenset(("curves", "indices", "yields"))
"""Tables that are made anew each month; one that is the same again was perhaps forgotten."""


def column_of(table: str, name: str) -> Column | None:
    """A column of a table; None where it has none of that name."""
    schema = COLUMNS.get(table)
    return next((column for column in schema.columns if column.name == name), None) if schema else None


def key_of(table: str) -> str:
    """The column that names a table's rows; empty where none does."""
    schema = COLUMNS.get(table)
    if schema is None or not schema.key:
        return ""
    column = column_of(table, schema.key)
    return schema.key if column is not None and column.unique else ""
