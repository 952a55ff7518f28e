"""One loan tape as a table: the columns that are read, by a pool's earlier and later tape, and their checks.

A tape is a table of loans as a trust takes it (:mod:`xlfv.trust.loans`), but only the columns named here are read, so that
one with words of its own elsewhere is still a tape. It may keep loans that are gone, with the status ``paid_off`` or
``liquidated``; they need no balance and no terms.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xlfv.tables import Fault, Table, plain
from xlfv.tables.schema import Array, Column, Records, Schema
from xlfv.trust.loans import LOANS, STATUSES

GONE = ("paid_off", "liquidated")
STATES = (*STATUSES, *GONE)


def _of_loans(name: str) -> Column:
    """A column of the loan table; blanks are judged by the loan's status."""
    return replace(LOANS.column(name), required=name == "loan_id")


_SHARED = (
    *map(_of_loans, ("loan_id", "balance", "deferred_balance", "rate", "remaining_term", "age", "amortization_term",
                     "interest_only_months", "payment", "payment_cap", "negam_limit", "group", "curve")),
    replace(LOANS.column("status"), meaning="where the loan stands on the tape's date", allowed=STATES),
    Column("months_delinquent", "number", "payments missed; blank: by status", "months", low=0.0, high=600.0),
    Column("last_paid_date", "date", "due date of the last payment made"),
    replace(_of_loans("accrual_basis"), allowed=()),
)  # fmt: skip
_OUTCOME = (
    Column("loss", "number", "loss realized since the earlier tape, a gain negative; blank: not known, 0 of a loan that"
           " goes on", "$"),
    Column("liquidation_proceeds", "number", "principal that a liquidation brought, net; read where loss is blank", "$"),
    Column("default_balance", "number", "balance when a liquidated loan defaulted; blank: that of the earlier tape", "$",
           low=0.0),
    Column("liquidation_date", "date", "when the loan was liquidated"),
)  # fmt: skip


def _blanks(records: Records, table: Table, column: str, needed: Array) -> list[Fault]:
    """Cells of a column that a living loan needs and does not have; one fault where there is no such column."""
    missing = np.flatnonzero(needed)
    if not missing.size:
        return []
    what, todo = f"the column {column} is missing from {table.name}", f"add it ({LOANS.column(column).meaning})"
    if column not in table.columns:
        return [Fault(what, table.place.start, todo)]
    return [
        Fault(
            f"{column} is blank",
            f"{table.where(row, column)}, loan_id {records['loan_id'][row]}",
            f"fill it: {LOANS.column(column).meaning}; or give the status paid_off or liquidated",
        )
        for row in missing
        if records.sound(row, column, "status")
    ]


def living(records: Records) -> Array:
    """Rows of loans that are not gone, bool[rows]."""
    return ~np.isin(records["status"], GONE)


def _balances(records: Records, table: Table) -> list[Fault]:
    return _blanks(records, table, "balance", living(records) & np.isnan(records["balance"]))


def _terms(records: Records, table: Table) -> list[Fault]:
    """What the schedule of a performing loan needs."""
    performing = living(records) & ~np.isin(records["status"], ("foreclosure", "reo")) & (records["balance"] > 0)
    short = (records["amortization_term"] > 0) & (records["amortization_term"] < records["remaining_term"])
    beyond = [
        Fault(
            f"amortization_term is {records['amortization_term'][row]}, below remaining_term {records['remaining_term'][row]}",
            f"{table.where(row, 'amortization_term')}, loan_id {records['loan_id'][row]}",
            "give the months over which it amortizes from today, or leave it blank",
        )
        for row in np.flatnonzero(short & performing)
    ]
    return [
        *_blanks(records, table, "rate", performing & np.isnan(records["rate"])),
        *_blanks(records, table, "remaining_term", performing & (records["remaining_term"] == 0)),
        *beyond,
    ]


EARLIER = Schema("earlier", _SHARED, key="loan_id", may_be_empty=False, checks=(_balances, _terms))
LATER = Schema("later", (*_SHARED, *_OUTCOME), key="loan_id", may_be_empty=False, checks=(_balances,))
_KNOWN = {column.name for column in (*LOANS.columns, *LATER.columns)}


def pruned(table: Table, schema: Schema, by: str | None) -> Table:
    """The table without columns that are a tape's but not read here, which then need no notice."""
    read = {column.name for column in schema.columns}
    skipped = (_KNOWN | {plain(by or "")}) - read
    kept = {name: cells for name, cells in table.columns.items() if name not in skipped}
    return replace(table, columns=kept, name=schema.name)
