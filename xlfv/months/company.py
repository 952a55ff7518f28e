"""What the company itself records of a month: ranges of yields, facts of consolidation, long-term debt, scenarios.

Beside the trusts' folders, read whole with the month or refused with it::

    DATA/company/2009-12/ranges.csv          risk premiums by kind of class
                         facts.csv           facts of consolidation
                         debt.csv            long-term debt
                         debt_activity.csv   what was paid on it and borrowed in the month
                         scenarios.csv       scenarios and their weights, as XLFV_WEIGHTED_VALUE takes them
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.months.found import collecting, find_tables, read_found, shared_indices
from xlfv.months.walk import COMPANY, company_folder, entry_faults
from xlfv.reporting.consolidation import Decision, Register, contradiction, decide, read_facts
from xlfv.reporting.debt_change import DebtPaid
from xlfv.reporting.debt_rollforward import read_debt_activity
from xlfv.tables import Fault, Table, refuse_if
from xlfv.tables.files import read_file
from xlfv.tables.words import near_word
from xlfv.trust.trust import Trust
from xlfv.valuation.debt import debt_values
from xlfv.valuation.debt_terms import Debt, read_debt
from xlfv.valuation.scenarios import Scenario
from xlfv.valuation.weighted import read_weighted
from xlfv.valuation.yield_ranges import Premium, read_ranges

TABLES = ("ranges", "facts", "debt", "debt_activity", "scenarios")


@dataclass(frozen=True)
class CompanyMonth:
    """The company's folder of a month; a table that is not there leaves its part empty.

    Attributes:
        tables: every table as it came in.
        sources: the file of each, or its place in the book; of a month of the book also of the ``indices`` for all.
        ranges: the policy of risk premiums.
        facts: recorded, by trust.
        decisions: each recorded trust's status on the as-of date under the rule then in force.
        debts: long-term debt on the as-of date.
        debt_paid: by instrument, as ``debt_activity`` spells it.
        indices: forward indices of the month for all.
        scenarios: each with its weight.
    """

    tables: Mapping[str, Table] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    ranges: tuple[Premium, ...] = ()
    facts: Register = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    debts: tuple[Debt, ...] = ()
    debt_paid: Mapping[str, DebtPaid] = field(default_factory=dict)
    indices: Indices = NO_INDICES
    scenarios: tuple[tuple[Scenario, float], ...] = ()


NO_COMPANY = CompanyMonth()


def read_company(
    data: Path, month: str, as_of: dt.date, trusts: Mapping[str, Trust], known: Collection[str]
) -> CompanyMonth:
    """Read and check the company's files of a month; nothing where there is no such folder.

    Args:
        data: the folder of all months.
        month, as_of: the month and its last day.
        trusts: those of the month that could be read.
        known: the names of all trusts that have a folder, of any month.

    Raises:
        Refused: with every fault.
    """
    home = company_folder(data)
    folder = home / month if home else None
    if folder is None or not folder.is_dir():
        return NO_COMPANY
    refuse_if(entry_faults(folder, data))
    faults: list[Fault] = []
    sources = find_tables(folder, data, TABLES, _BELONG, faults)
    tables = read_found(sources, faults)
    shared = (
        shared_indices(data, month, []) if "debt" in tables else ""
    )  # whether it may be opened is told with the trusts
    rates = None
    if shared:
        with collecting(faults):
            rates = read_file(shared, "indices")
    return company_month(tables, sources, as_of, trusts, known, rates, faults)


def company_month(
    tables: dict[str, Table],
    sources: dict[str, str],
    as_of: dt.date,
    trusts: Mapping[str, Trust],
    known: Collection[str],
    rates: Table | None,
    faults: list[Fault],
) -> CompanyMonth:
    """The company's month from its tables, wherever they were read from.

    Args:
        tables: by name, as they came in.
        sources: where each came from.
        as_of: the month's last day.
        trusts: those of the month that could be read.
        known: the names of all trusts of any month.
        rates: forward indices of the month for all, which floating debt needs.
        faults: those found before; more are added.

    Raises:
        Refused: with every fault, those found before included.
    """
    ranges: list[Premium] = []
    facts: Register = {}
    debts: tuple[Debt, ...] = ()
    paid: dict[str, DebtPaid] = {}
    decided: dict[str, Decision] = {}
    indices = NO_INDICES
    if "ranges" in tables:
        with collecting(faults):
            ranges = read_ranges(tables["ranges"])
        faults += _reviewed_later(tables["ranges"], ranges, as_of)
    if "facts" in tables:
        with collecting(faults):
            facts = read_facts(tables["facts"])
            decided = _decided(facts, tables["facts"], as_of, trusts, known, faults)
    if "debt" in tables:
        with collecting(faults):
            if rates is not None:
                indices = read_indices(rates)
            debts = read_debt(tables["debt"], as_of)
            debt_values(debts, as_of, indices)
    if "debt_activity" in tables:
        with collecting(faults):
            paid = read_debt_activity(tables["debt_activity"])
    scenarios: list[tuple[Scenario, float]] = []
    if "scenarios" in tables:
        with collecting(faults):
            scenarios = read_weighted(tables["scenarios"])
    refuse_if(faults)
    return CompanyMonth(tables, sources, tuple(ranges), facts, decided, debts, paid, indices, tuple(scenarios))


_BELONG = dict.fromkeys(
    ("quotes", "sales", "ledger", "activity", "yields", "loans", "bonds"), "the month's folder of a trust"
)
BELONG_TO_COMPANY = dict.fromkeys(TABLES, f"{COMPANY}/ and the month's folder there")
"""Tables of the company, for whoever finds one in a trust's folder."""


def _reviewed_later(table: Table, ranges: list[Premium], as_of: dt.date) -> list[Fault]:
    """Ranges that were reviewed after the month they are for is closed in: 31 days on."""
    limit = as_of + dt.timedelta(days=31)
    return [
        Fault(
            f"the range for {one.title} was reviewed on {one.reviewed}, long after {as_of}",
            table.where(k, "reviewed_date"),
            "give the policy that was in force for the month",
        )
        for k, one in enumerate(ranges)
        if one.reviewed is not None and one.reviewed > limit
    ]


def _decided(
    facts: Register,
    table: Table,
    as_of: dt.date,
    trusts: Mapping[str, Trust],
    known: Collection[str],
    faults: list[Fault],
) -> dict[str, Decision]:
    """Each trust's status; facts of a trust that nobody knows, and trusts of the month without facts or with other ones."""
    folders = {name.lower(): name for name in known}
    recorded = {name.lower() for name in facts}
    first = {str(cell).strip().lower(): row for row, cell in reversed(list(enumerate(table.columns["trust"])))}
    decided: dict[str, Decision] = {}
    for name, own in facts.items():
        where = table.where(first[name.lower()], "trust")
        if name.lower() not in folders:
            near = near_word(name, list(folders.values()))
            hint = f"did you mean {near}? " if near else ""
            faults.append(Fault(f"facts are given of {name}, which has no folder", where, f"{hint}mend the name"))
            continue
        spelled = next((trust for trust in trusts if trust.lower() == name.lower()), None)
        if spelled is None:
            continue  # not a trust of this month
        there = len(faults)
        with collecting(faults):
            decided[spelled] = decide(spelled, own, as_of)
        faults[there:] = [Fault(fault.what, fault.where or where, fault.todo) for fault in faults[there:]]
        fault = contradiction(decided[spelled], trusts[spelled].consolidated, where) if spelled in decided else None
        faults += [fault] if fault else []
    for name in trusts:
        if name.lower() not in recorded:
            todo = "record who has power over it and which interests the company holds"
            faults.append(Fault(f"{name} has no facts of consolidation", table.place.start, todo))
    return decided
