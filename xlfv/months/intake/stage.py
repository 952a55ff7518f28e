"""Staging: a month's files read, checked whole and held against the book; nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from xlfv.months.book.pieces import COMPANY, INDICES, Known, Piece
from xlfv.months.company import NO_COMPANY, CompanyMonth, company_month
from xlfv.months.folder import REQUIRED, Month, TrustMonth, month_end, trust_month
from xlfv.months.intake.against import Against
from xlfv.months.intake.dated import date_findings, dates_in, name_findings
from xlfv.months.intake.finding import ERROR, NOTE, Finding, Staged, accept, in_order
from xlfv.months.intake.found import MAPPINGS, FoundTable, Gathering, gather_house, gather_senders
from xlfv.months.intake.looks import look
from xlfv.months.intake.mapping_read import read_mappings
from xlfv.months.intake.tables import OF_COMPANY
from xlfv.months.intake.values import texts
from xlfv.review.roll_checks import roll_checks
from xlfv.tables import Fault, Refused, Table
from xlfv.tables.paths import legible
from xlfv.trust.loans import LOANS
from xlfv.trust.parts import REO

__all__ = ["Finding", "Staged", "accept", "stage"]
_NONE: Mapping[str, str] = MappingProxyType({})
_MOST_TWICE = 20


def stage(
    folder: Path,
    month: str,
    known: Known,
    *,
    mappings: Path | None = None,
    gone: Mapping[str, str] = _NONE,
    progress: Callable[[str], None] | None = None,
) -> Staged:
    """Read a month's files and check all of them, against each other and against the book.

    Args:
        folder: of the month's files: the house's data folder, or senders' files, or both.
        month: ``YYYY-MM``.
        known: what the book holds.
        mappings: the folder of senders' mappings; ``mappings`` in the folder where not given.
        gone: trusts of last month that ended -> the reason.
        progress: told what is read.

    Returns:
        What would be taken in, with every error, warning and note.

    Raises:
        Refused: there is no such folder, or it is no month.
    """
    as_of = month_end(month)
    folder = Path(folder)
    if not folder.is_dir():
        raise Refused(Fault(f"there is no folder {legible(str(folder))}", todo="give the folder of the month's files"))
    into = Gathering(folder, month, progress or (lambda words: None))
    book = Against(known, month)
    into.findings += book.calendar()
    try:
        gather_house(into)
        gather_senders(into, read_mappings(mappings or folder / MAPPINGS))
    except Refused as refusal:
        into.faults(refusal.faults)
    tables = _each_once(into)
    if not tables and not into.findings:
        what = f"{legible(str(folder))} holds nothing of {month}"
        into.faults([Fault(what, "", "give the folder that holds one folder a trust, or the senders' files")])
    trusts = sorted({one.trust for one in tables} - {COMPANY, INDICES})
    into.findings += name_findings(
        {Path(name).name: None for name in into.names},
        month,
        {*trusts, *(one for m in book.months[-1:] for one in known.trusts(m))},
    )
    into.findings += date_findings(into.dates, month)
    for one in tables:
        into.findings += date_findings(dates_in(one.content, one.trust, month), month)
        into.findings += look(one.content, one.trust, as_of)
    tables, typed = book.typed_over(tables)
    into.findings += typed
    into.findings += book.trusts(trusts, gone)
    into.findings += book.files(tables)
    into.findings += book.changes(tables)
    into.findings += _in_two_trusts(tables, month)
    read, company = _months(into, tables, trusts, as_of, book)
    findings = in_order(book.asked_before(into.findings))
    pieces = tuple(Piece(one.trust, one.table, book.as_held(one), one.source, one.source_hash) for one in tables)
    whole = not any(one.level == ERROR for one in findings)
    return Staged(month, as_of, folder, pieces, findings, Month(month, as_of, folder, read, company) if whole else None)


def _each_once(into: Gathering) -> list[FoundTable]:
    """Tables by trust; one that stands twice, or a trust under two spellings, is an error."""
    first: dict[tuple[str, str], FoundTable] = {}
    spelled: dict[str, str] = {}
    for one in into.tables:
        name = spelled.setdefault(one.trust.lower(), one.trust)
        if name != one.trust:
            into.faults(
                [Fault(f"the trust {name} is {one.trust} in another file", one.source, "write its name one way")],
                one.trust,
            )
        twin = first.setdefault((name, one.table), one)
        if twin is not one:
            what = f"the table {one.table} of {one.trust} stands twice"
            into.faults([Fault(what, f"{twin.source} and {one.source}", "keep one")], one.trust, one.table)
    return sorted(first.values(), key=lambda one: (one.trust, one.table))


def _in_two_trusts(tables: list[FoundTable], month: str) -> list[Finding]:
    """Loans that stand in the tapes of two trusts."""
    owner: dict[str, FoundTable] = {}
    found: list[Finding] = []
    for one in tables:
        if one.table != "loans" or "loan_id" not in one.content.columns:
            continue
        for row, name in enumerate(texts(one.content, "loan_id")):
            other = owner.setdefault(name, one) if name else one
            if other.trust != one.trust:
                where = f"{one.trust}/{month}: {one.content.where(row, 'loan_id')}, loan_id {name}"
                fault = Fault(f"the loan {name} stands in {other.trust} too", where, "take it out of one")
                found.append(Finding(ERROR, fault, one.trust, "loans"))
    if len(found) > _MOST_TWICE:
        fault = Fault(
            f"and {len(found) - _MOST_TWICE} more loans stand in two trusts", month, "are two files the same?"
        )
        found[_MOST_TWICE:] = [Finding(ERROR, fault)]
    return found


def _months(
    into: Gathering, tables: list[FoundTable], trusts: list[str], as_of: dt.date, book: Against
) -> tuple[dict[str, TrustMonth], CompanyMonth]:
    """Each trust and the company built from their tables; every fault is added."""
    shared = next((one for one in tables if one.trust == INDICES), None)
    read: dict[str, TrustMonth] = {}
    for name in trusts:
        into.progress(name)
        own = {one.table: one.content for one in tables if one.trust == name}
        sources = {one.table: one.source for one in tables if one.trust == name}
        if shared is not None and "indices" not in own:
            own["indices"], sources["indices"] = shared.content, shared.source
        faults = [
            Fault(
                f"the table {table} is missing",
                "",
                f"add {table}.csv or {table}.xlsx to {name}/{into.month}, or a sender's file of it",
            )
            for table in REQUIRED
            if table not in own
        ]
        try:
            read[name] = trust_month(name, as_of, own, sources, faults)
        except Refused as refusal:
            into.faults(refusal.faults, name)
        if name in read:
            into.findings += [
                Finding(NOTE, Fault(words, f"{name}/{into.month}"), name) for words in read[name].trust.notices
            ]
            into.findings += _rolled(read[name], book)
    return read, _company(into, tables, read, as_of, shared.content if shared else None, book)


def _company(
    into: Gathering,
    tables: list[FoundTable],
    read: dict[str, TrustMonth],
    as_of: dt.date,
    rates: Table | None,
    book: Against,
) -> CompanyMonth:
    own = {one.table: one.content for one in tables if one.trust == COMPANY and one.table in OF_COMPANY}
    if not own:
        return NO_COMPANY
    sources = {one.table: one.source for one in tables if one.trust == COMPANY}
    ever = {name for month in book.months for name in book.known.trusts(month)}
    names = {one.trust for one in tables} - {COMPANY, INDICES}
    try:
        return company_month(
            own, sources, as_of, {n: one.trust for n, one in read.items()}, sorted(ever | names), rates, []
        )
    except Refused as refusal:
        into.faults(refusal.faults, COMPANY)
        return NO_COMPANY


def _rolled(one: TrustMonth, book: Against) -> list[Finding]:
    """The trust's loans beside those of the book's month before, loan by loan."""
    name = one.trust.name
    was, reo = book.was.get((name, "loans")), book.was.get((name, "reo"))
    if was is None:
        return []
    table = book.table(was)
    lead = f"{name}/{book.month}: "
    found = roll_checks(
        LOANS.read(table, []), one.trust["loans"], month_end(book.before), one.trust.as_of,
        REO.read(book.table(reo), []) if reo else None, one.trust["reo"] if "reo" in one.tables else None,
        tuple(one.sales), one.actuals, one.tables.get("loans"), table,
    )  # fmt: skip
    return [
        Finding(each.level, replace(each.fault, where=f"{lead}{each.fault.where}".rstrip(": ")), name, "loans")
        for each in found
    ]
