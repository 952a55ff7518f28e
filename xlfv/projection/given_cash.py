"""Collateral cash that somebody already has, as a table by month and loan group: read, checked, and made collateral."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import SupportsIndex

import numpy as np
from numpy.typing import NDArray

from xlfv.projection.collateral import MOST_MONTHS, CollateralCash
from xlfv.tables import Fault, Table
from xlfv.tables.schema import Column, Records, Schema
from xlfv.trust.trust import Trust, packed, unpacked

Floats = NDArray[np.float64]
ROUNDING = 3.0  # dollars by which a table in whole dollars may fail to roll: six rounded numbers

CASH = Schema(
    "cash",
    (
        Column("month", "integer", "month of the projection, 1 is the next", "months", required=True, low=1,
               high=MOST_MONTHS),
        Column("balance", "number", "pool balance at the start of the month", "$", required=True, low=0.0),
        Column("group", "text", "loan group", default="1"),
        Column("scheduled_principal", "number", "scheduled principal collected; negative: interest added to balances", "$",
               default=0.0),
        Column("prepaid_principal", "number", "prepayments, in full and in part", "$", default=0.0, low=0.0),
        Column("liquidation_proceeds", "number", "what liquidations bring as principal", "$", default=0.0, low=0.0),
        Column("losses", "number", "realized losses: liquidated balances less their proceeds; below 0: losses written up again,"
               " of a bond as collateral", "$", default=0.0),
        Column("subsequent_recoveries", "number", "recoveries of earlier losses, as principal", "$", default=0.0, low=0.0),
        Column("gross_interest", "number", "interest collected and advanced, before servicing", "$", default=0.0, low=0.0),
        Column("net_interest", "number", "the same net of servicing: what the waterfall receives; column not there:"
               " gross_interest", "$", default=0.0, low=0.0),
        Column("delinquent_60", "number", "balance 60 days late or more at the end of the month", "$", default=0.0, low=0.0),
        Column("net_wac", "number", "net rate of the pool for net WAC caps; blank: 12 times net_interest over balance",
               "rate", low=0.0),
        Column("penalties", "number", "prepayment penalties", "$", default=0.0, low=0.0),
        Column("days", "integer", "actual days of the accrual period, for act/360; blank in all rows: from dates", "days",
               default=0, low=1, high=366),
        Column("payment_date", "date", "remittance date of the month; blank in all rows: from the deal's terms"),
    ),
    key="month",
    may_be_empty=False,
)  # fmt: skip


@dataclass(frozen=True)
class GivenCash:
    """A cash table, checked.

    Attributes:
        collateral: the cash by group and month; the pool of month 0 is the balance at the start of month 1.
        dates: remittance date of each month from month 1; empty where the table gives none.
        days: actual days of each month's accrual period from month 1; empty where the table gives none.
        notices: what the reader should know.
        records: the table's checked columns.
    """

    collateral: CollateralCash
    dates: tuple[dt.date, ...]
    days: tuple[int, ...]
    notices: tuple[str, ...]
    records: Records = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of what the table says."""
        given = ",".join(sorted(self.records.given & set(self.records)))
        return hashlib.sha256(self.records.digest() + given.encode()).hexdigest()

    @property
    def pool(self) -> dict[str, float]:
        """Balance at the cut-off by group (dollars)."""
        return dict(zip(self.collateral.groups, self.collateral.end_balance[:, 0].tolist(), strict=True))

    def pack(self) -> dict[str, NDArray]:
        """The columns that were given, as plain arrays."""
        return {name: packed(self.records[name]) for name in self.records if name in self.records.given}


def unpack_cash(arrays: Mapping[str, NDArray]) -> Table:
    """The table of what :meth:`GivenCash.pack` packed."""
    columns = {name: unpacked(array) for name, array in arrays.items()}
    days = columns.get("days")
    if days is not None:
        columns["days"] = [day or None for day in days]
    return Table("cash", columns, order=tuple(columns), text=True)


def read_cash(table: Table, trust: Trust, faults: list[Fault]) -> GivenCash | None:
    """Read and check a cash table for a trust; what is wrong is added to ``faults``, and then there is none.

    A month's balance must follow from the month before: ``balance - scheduled_principal - prepaid_principal -
    liquidation_proceeds - losses``, to :data:`ROUNDING` dollars; balances stand as given, and what rounding leaves moves the
    pool like interest added to balances.
    """
    before = len(faults)
    notices: list[str] = []
    records = CASH.read(table, faults, notices)
    _interest_faults(records, table, faults, notices)
    reading = _Reading(records, table, faults)
    if len(faults) > before:
        return None
    rows = reading.rows_by_group()
    _group_faults(trust, tuple(rows), table, faults)
    months = max((at.size for at in rows.values()), default=0)
    dates = reading.shared("payment_date", rows, months)
    days = reading.shared("days", rows, months)
    reading.check_dates(dates, trust.as_of)
    if len(faults) > before:
        return None
    fields = _Fields(tuple(rows), months)
    for group, at in rows.items():
        reading.fill(fields, group, at)
    if len(faults) > before:
        return None
    passes = trust.terms.get("penalties") != "not_trust"
    collateral = CollateralCash(tuple(rows), fields.values, passes)
    _tell(trust, collateral, notices)
    paid = tuple(date.item() for date in dates) if dates is not None else ()
    counted = tuple(int(count) for count in days) if days is not None else ()
    return GivenCash(collateral, paid, counted, tuple(notices), records)


def _interest_faults(records: Records, table: Table, faults: list[Fault], notices: list[str]) -> None:
    gross, net = ("gross_interest" in records.given, "net_interest" in records.given)
    if not gross and not net:
        todo = "add net_interest: the interest that the waterfall receives"
        faults.append(Fault("the cash gives neither net_interest nor gross_interest", table.place.start, todo))
    elif not net:
        notices.append(f"{table.place.label}: no net_interest is given: all of gross_interest goes to the waterfall")
    elif gross:
        for row in np.flatnonzero(records["net_interest"] > records["gross_interest"] + 0.01):
            what = f"net_interest {records['net_interest'][row]:,.2f} is above gross_interest {records['gross_interest'][row]:,.2f}"
            if records.sound(row, "net_interest", "gross_interest"):
                faults.append(Fault(what, table.where(row, "net_interest"), "mend one of them"))


def _group_faults(trust: Trust, groups: tuple[str, ...], table: Table, faults: list[Fault]) -> None:
    """Every group of the deal has cash; of a trust with loans, no other has."""
    if trust.has_loans:
        for group in sorted(set(groups) - set(trust.groups)):
            todo = f"its groups: {', '.join(trust.groups)}"
            faults.append(Fault(f"the trust has no loan group '{group}'", table.place.start, todo))
    for group in sorted(set(replace(trust, pool=dict.fromkeys(groups, 0.0)).groups) - set(groups)):
        what = f"the deal has the loan group '{group}' and the cash has no rows for it"
        faults.append(Fault(what, table.place.start, f"add rows for it (there: {', '.join(groups) or 'none'})"))


def _tell(trust: Trust, collateral: CollateralCash, notices: list[str]) -> None:
    """What is odd between the cash and the trust it is given for."""
    pool = float(collateral.end_balance[:, 0].sum())
    if trust.has_loans and abs(pool - trust.pool_balance) > ROUNDING:
        notices.append(f"the cash begins with a pool of {pool:,.2f}; the loans have {trust.pool_balance:,.2f}")
    if trust["reo"].count:
        notices.append("the cash is taken as that of the whole collateral: nothing of the table reo is added to it")


class _Fields:
    """Arrays by group and month, filled group by group."""

    def __init__(self, groups: tuple[str, ...], months: int) -> None:
        self.groups, self.months = groups, months
        self.values: dict[str, Floats] = {"performing_balance": np.zeros((len(groups), months + 1))}

    def put(self, name: str, group: str, months: slice, numbers: Floats) -> None:
        rows = self.values.setdefault(name, np.zeros((len(self.groups), self.months + 1)))
        rows[self.groups.index(group), months] = numbers


class _Reading:
    """One reading of a cash table."""

    def __init__(self, records: Records, table: Table, faults: list[Fault]) -> None:
        self.records, self.table, self.faults = records, table, faults

    def fault(self, what: str, row: SupportsIndex, column: str, todo: str) -> None:
        self.faults.append(Fault(what, self.table.where(row, column), todo))

    def rows_by_group(self) -> dict[str, NDArray[np.int64]]:
        """Rows of each group, in order of name, by month from 1; a month twice or not there is a fault."""
        groups = sorted(set(map(str, self.records["group"])))
        found = {}
        for group in groups:
            rows = np.flatnonzero(self.records["group"] == group)
            rows = rows[np.argsort(self.records["month"][rows], kind="stable")]
            expected = 1
            for row in rows:
                month = int(self.records["month"][row])
                if month < expected:
                    self.fault(f"month {month} of group {group} stands twice", row, "month", "keep one")
                elif month > expected:
                    missing = f"{expected}" if month == expected + 1 else f"{expected} to {month - 1}"
                    what = f"month {missing} of group {group} is missing before month {month}"
                    self.fault(what, row, "month", "give every month from 1 on, one row a group")
                expected = month + 1
            found[group] = rows
        return found

    def shared(self, column: str, rows: Mapping[str, NDArray[np.int64]], months: int) -> NDArray | None:
        """A column that says the same for all groups, by month from 1; None where no cell is filled."""
        values = self.records[column]
        blank = np.isnat(values) if values.dtype.kind == "M" else values == 0
        if bool(np.all(blank)):
            return None
        whole = np.full(months, values.dtype.type("NaT") if values.dtype.kind == "M" else 0, dtype=values.dtype)
        for group, at in rows.items():
            for k, row in enumerate(at[:months]):
                if blank[row]:
                    what = f"{column} of month {k + 1}, group {group}, is blank and others are given"
                    self.fault(what, row, column, "give it in every row, or in none")
                elif whole[k] != values[row] and (np.isnat(whole[k]) if values.dtype.kind == "M" else whole[k] == 0):
                    whole[k] = values[row]
                elif whole[k] != values[row]:
                    what = f"{column} of month {k + 1} is {values[row]} for group {group} and {whole[k]} for another"
                    self.fault(what, row, column, "all groups are paid on the same day: mend one of them")
        return whole

    def check_dates(self, dates: NDArray | None, as_of: dt.date) -> None:
        """Payment dates ascend, and the first lies after the as-of date."""
        if dates is None or bool(np.any(np.isnat(dates))):
            return
        row = {int(month): at for at, month in reversed(list(enumerate(self.records["month"])))}
        if dates[0] <= np.datetime64(as_of):
            what = f"month 1 is paid on {dates[0]}, not after the as-of date {as_of}"
            self.fault(
                what, row[1], "payment_date", "a remittance on or before it is settled: leave the row out and renumber"
            )
        for k in np.flatnonzero(dates[1:] <= dates[:-1]):
            what = f"month {k + 2} is paid on {dates[k + 1]}, not after month {k + 1} on {dates[k]}"
            self.fault(what, row[int(k) + 2], "payment_date", "sort the dates")

    def fill(self, fields: _Fields, group: str, at: NDArray[np.int64]) -> None:
        """A group's rows as collateral; balances that do not roll are faults."""
        number = {name: self.records[name][at] for name in self.records if self.records[name].dtype.kind == "f"}
        begin = number["balance"]
        paid = number["scheduled_principal"] + number["prepaid_principal"]
        left = begin - paid - number["liquidation_proceeds"] - number["losses"]
        end = np.append(begin[1:], 0.0 if abs(left[-1]) <= ROUNDING else left[-1])
        for k in np.flatnonzero(np.abs(left - end) > ROUNDING):
            what = f"month {k + 1} of group {group} leaves a balance of {left[k]:,.2f}; month {k + 2} begins with {end[k]:,.2f}"
            todo = "mend it, or give all that moves the balance (interest added to it: negative scheduled_principal)"
            self.fault(what, at[k + 1], "balance", todo)
        if end[-1] < 0.0:
            what = f"principal and losses of month {at.size} of group {group} exceed its balance by {-end[-1]:,.2f}"
            self.fault(what, at[-1], "balance", "mend them")
        elif end[-1] > 0.0 and at.size < fields.months:
            what = f"group {group} ends in month {at.size} with {end[-1]:,.2f} outstanding; another runs to {fields.months}"
            self.fault(what, at[-1], "month", "add the months that are missing")
        for k in np.flatnonzero(number["delinquent_60"] > end + ROUNDING):
            what = f"delinquent_60 is {number['delinquent_60'][k]:,.2f} at the end of month {k + 1}, when the pool is {end[k]:,.2f}"
            self.fault(what, at[k], "delinquent_60", "give the balance that is 60 days late or more")
        gross = "gross_interest" if "gross_interest" in self.records.given else "net_interest"
        net = "net_interest" if "net_interest" in self.records.given else "gross_interest"
        scheduled = np.maximum(number["scheduled_principal"], 0.0)
        liquidated = number["liquidation_proceeds"] + number["losses"]
        # Interest added to balances, and what rounding of the table leaves.
        added = scheduled + number["prepaid_principal"] + liquidated - (begin - end)
        earned = number[gross] + added
        net_due = number[net] + np.maximum(-number["scheduled_principal"], 0.0)
        net_due = np.where(np.isnan(number["net_wac"]), net_due, number["net_wac"] * begin / 12.0)
        months = slice(1, at.size + 1)
        late = number["delinquent_60"]
        for name, numbers in {
            "performing_balance": end, "late_balance": late, "scheduled_principal": scheduled,
            "prepaid_principal": number["prepaid_principal"], "liquidated_balance": liquidated,
            "liquidation_proceeds": number["liquidation_proceeds"], "losses": number["losses"],
            "subsequent_recoveries": number["subsequent_recoveries"], "interest_paid": number[gross],
            "interest_capitalized": added, "interest_due": earned, "servicing_due": earned - net_due,
            "servicing_fee": number[gross] - number[net], "penalties": number["penalties"],
        }.items():  # fmt: skip
            fields.put(name, group, months, numbers)
        # Averages over three months reach back to month 0, of which the table tells the balance only.
        fields.put("performing_balance", group, slice(0, 1), begin[:1])
        fields.put("late_balance", group, slice(0, 1), np.minimum(late[:1], begin[:1]))
