"""How the book's file is laid out: its own tables, and one table a kind of house table with that one's columns.

``loans``, ``bonds``, ``curves`` ... hold the rows of every version; ``_version`` says which, ``_row`` their order. What the house
knows of a column says its type; a column whose cells may be numbers or words is a union of number, date, yes/no and text; columns
that the house does not know are kept in the map ``_extra``. A header that begins with an underscore has one more in the file.
The schema ``book`` holds what was taken in when, by whom and why, and the log.
"""

from __future__ import annotations

from functools import cache

from xlfv.market.curve_sets import COLUMNS as CURVE_COLUMNS
from xlfv.market.names import INDICES
from xlfv.reporting.consolidation import SCHEMA as FACTS
from xlfv.reporting.debt_rollforward import DEBT_ACTIVITY
from xlfv.reporting.ledger import LEDGER
from xlfv.review.remittance import REMITTANCE
from xlfv.tables.columns import Kind
from xlfv.tables.schema import Schema
from xlfv.trust.trust import SCHEMAS
from xlfv.valuation.debt_terms import DEBT
from xlfv.valuation.quotes import QUOTES
from xlfv.valuation.reo import SALES
from xlfv.valuation.yield_ranges import RANGES
from xlfv.valuation.yields import YIELDS

LAYOUT = 2
"""The number of this layout; a file of an earlier one is migrated, one of a later one is left alone."""

MIXED = "UNION(number DOUBLE, date DATE, flag BOOLEAN, text VARCHAR)"
EXTRA = f"MAP(VARCHAR, {MIXED})"
TYPES: dict[Kind, str] = {
    "number": "DOUBLE", "integer": "BIGINT", "text": "VARCHAR", "date": "DATE", "flag": "BOOLEAN", "cell": MIXED,
}  # fmt: skip

OWN = (
    "CREATE SCHEMA book",
    "CREATE TABLE book.layout(layout INTEGER, utc TIMESTAMP, xlfv VARCHAR)",
    "CREATE TABLE book.log(number BIGINT, utc TIMESTAMP, who VARCHAR, act VARCHAR, month VARCHAR, detail VARCHAR,"
    " before VARCHAR, hash VARCHAR)",
    "CREATE TABLE book.loads(id BIGINT, month VARCHAR, utc TIMESTAMP, who VARCHAR, why VARCHAR, accepted VARCHAR)",
    'CREATE TABLE book.versions(id BIGINT, trust VARCHAR, month VARCHAR, "table" VARCHAR, number BIGINT, load BIGINT,'
    " rows BIGINT, digest VARCHAR, source VARCHAR, source_hash VARCHAR, headers VARCHAR[], extra VARCHAR[], text BOOLEAN)",
    "CREATE TABLE book.locks(month VARCHAR, closed BOOLEAN, utc TIMESTAMP, who VARCHAR, why VARCHAR)",
    "CREATE TABLE book.signatures(month VARCHAR, trust VARCHAR, item VARCHAR, ours DOUBLE, theirs DOUBLE, who VARCHAR,"
    " utc TIMESTAMP, why VARCHAR)",
    "CREATE TABLE book.runs(id BIGINT, month VARCHAR, kind VARCHAR, utc TIMESTAMP, who VARCHAR, engine VARCHAR,"
    " options VARCHAR, inputs BIGINT[], hashes VARCHAR, digest VARCHAR)",
    "CREATE TABLE book.results(run BIGINT, trust VARCHAR, item VARCHAR, measure VARCHAR, value DOUBLE)",
    'CREATE VIEW book.latest AS SELECT * FROM book.versions QUALIFY number = max(number) OVER (PARTITION BY trust, month, "table")',
)
"""The book's own tables, in the order in which they are made."""


@cache
def kinds_of(table: str) -> dict[str, Kind]:
    """Column -> kind, of a table of the house; empty for one that it does not know."""
    schema = _schemas().get(table)
    if schema is not None:
        return {column.name: column.kind for column in schema.columns}
    if table == "curves":
        named: dict[str, Kind] = {"curve": "text", "month": "integer", "age": "integer", "severity_basis": "text"}
        return {column: named.get(column, "cell") for column in CURVE_COLUMNS}
    if table == "indices":
        rates = ("discount", "volatility", *(name.lower() for name in INDICES))
        return {"month": "integer", **dict.fromkeys(rates, "cell")}
    if table == "scenarios":
        return {"scenario": "text", "change": "text", "weight": "number", "index_shift": "number"}
    return {}


def has_schema(table: str) -> bool:
    """True where no column but those of :func:`kinds_of` is ever read."""
    return table in _schemas()


@cache
def _schemas() -> dict[str, Schema]:
    company = {"ranges": RANGES, "facts": FACTS, "debt": DEBT, "debt_activity": DEBT_ACTIVITY}
    monthly = {"yields": YIELDS, "quotes": QUOTES, "sales": SALES, "ledger": LEDGER, "activity": LEDGER}
    return {**SCHEMAS, **company, **monthly, "remittance": REMITTANCE}


def quoted(name: str) -> str:
    """A name as SQL writes it; nothing in it is read as anything else."""
    return '"' + name.replace('"', '""') + '"'


def stored(header: str) -> str:
    """A header as the file's column is called."""
    return f"_{header}" if header.startswith("_") else header
