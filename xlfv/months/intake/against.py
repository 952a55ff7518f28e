"""A month's tables against the book: which month may come, what was taken before, what changed, who is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from xlfv.months.book.pieces import COMPANY, INDICES, Known, Version
from xlfv.months.folder import month_after
from xlfv.months.intake.dated import later
from xlfv.months.intake.finding import ERROR, NOTE, WARNING, Finding
from xlfv.months.intake.found import FoundTable
from xlfv.months.intake.likeness import compare, same_content
from xlfv.months.intake.tables import MONTHLY, REVIEWED, key_of
from xlfv.months.intake.values import alike, texts
from xlfv.tables import Fault, Table
from xlfv.tables.words import near_word

_CELLS = re.compile(r"![^!]+![A-Z]{1,3}[0-9]+(:[A-Z]{1,3}[0-9]+)?$")
"""The end of a source that is no file: cells of a workbook."""


class Against:
    """The book as a month is staged against it."""

    def __init__(self, known: Known, month: str) -> None:
        self.known, self.month = known, month
        self.months = known.months()
        self.before = max((one for one in self.months if one < month), default="")
        self._tables: dict[int, Table] = {}

    @cached_property
    def was(self) -> dict[tuple[str, str], Version]:
        """Last month's tables, by trust and table."""
        return {(one.trust, one.table): one for one in self.known.versions(self.before)} if self.before else {}

    @cached_property
    def held(self) -> dict[tuple[str, str], Version]:
        """What the book holds of this month."""
        return (
            {(one.trust, one.table): one for one in self.known.versions(self.month)}
            if self.month in self.months
            else {}
        )

    def table(self, version: Version) -> Table:
        """The cells of a version; read once."""
        if version.id not in self._tables:
            self._tables[version.id] = self.known.table(version)
        return self._tables[version.id]

    def calendar(self) -> list[Finding]:
        """A month that may not come: closed, older than the book, or with one left out before it."""
        found = []
        if self.known.locked(self.month):
            found.append(_month(f"{self.month} is locked", "unlock it with a reason first"))
        if self.months and self.month not in self.months:
            last = max(self.months)
            if self.month < last:
                what = f"{self.month} is older than what the book holds, up to {last}"
                found.append(_month(what, f"give {month_after(last)}, or a month that is there"))
            elif self.month > month_after(last):
                what = f"the book ends with {last}, and {month_after(last)} is not there"
                found.append(_month(what, f"load {month_after(last)} first"))
        return found

    def trusts(self, names: Iterable[str], gone: Mapping[str, str]) -> list[Finding]:
        """Trusts that are missing, gone, or new."""
        here = {name.lower(): name for name in names}
        before = self.known.trusts(self.before) if self.before else []
        ended = {name.lower(): why for name, why in gone.items()}
        found = []
        for name in before:
            if name.lower() in here:
                continue
            if ended.get(name.lower(), "").strip():
                found.append(Finding(NOTE, Fault(f"{name} is gone: {ended[name.lower()]}", self.month, ""), name))
            else:
                todo = f"add its files; or say that it ended: {name}=REASON"
                found.append(
                    Finding(
                        ERROR, Fault(f"{name} was in the book in {self.before} and is missing", self.month, todo), name
                    )
                )
        for name in gone:
            if name.lower() not in {one.lower() for one in before}:
                todo = f"trusts of {self.before or 'the book'}: {', '.join(before) or 'none'}"
                found.append(
                    Finding(ERROR, Fault(f"{name} is said to be gone, and was not in the book", self.month, todo), name)
                )
            elif name.lower() in here:
                found.append(
                    Finding(
                        ERROR, Fault(f"{name} is said to be gone, and its files are here", self.month, "mend one"), name
                    )
                )
        for low, name in here.items():
            if before and low not in {one.lower() for one in before}:
                near = near_word(name, [one for one in before if one.lower() not in here], 0.8)
                todo = f"is it {near} under another name? " if near else ""
                what = f"{name} was not in the book in {self.before}"
                found.append(Finding(WARNING, Fault(what, self.month, f"{todo}accept it if it is new"), name))
            elif before and name not in before:
                own = next(one for one in before if one.lower() == low)
                found.append(
                    Finding(ERROR, Fault(f"{name} is {own} in the book", self.month, "write the name as before"), name)
                )
        return found

    def typed_over(self, tables: Iterable[FoundTable]) -> tuple[list[FoundTable], list[Finding]]:
        """Files that were taken and then typed over in a workbook: what was typed stays, and stands in the file's place."""
        found: list[Finding] = []
        left: list[FoundTable] = []
        for one in tables:
            key = one.trust, one.table
            held = self.held.get(key)
            taken = [
                v.id for v in self.known.taken(one.source_hash) if (v.month, v.trust, v.table) == (self.month, *key)
            ]
            if held is None or not taken or held.id in taken or not _CELLS.search(held.source):
                left.append(one)
                continue
            fault = Fault(f"{one.source} was typed over in {held.source}", one.source, "what was typed stays")
            found.append(Finding(NOTE, fault, *key))
            left.append(replace(one, content=self.table(held), source=held.source, source_hash=held.source_hash))
        return left, found

    def files(self, tables: Iterable[FoundTable]) -> list[Finding]:
        """Files that the book has already: of this month a note, of another month a mistake."""
        found: dict[tuple[str, str], Finding] = {}
        for one in tables:
            taken = self.known.taken(one.source_hash)
            others = sorted(
                {v.month for v in taken if v.month != self.month and v.trust == one.trust and v.table == one.table}
            )
            own = [v for v in taken if (v.month, v.trust, v.table) == (self.month, one.trust, one.table)]
            held = self.held.get((one.trust, one.table))
            if own and held is not None and held.id not in {v.id for v in own}:
                what = f"{one.source} is an older file of {one.table} than the one that the book holds, {held.source}"
                todo = "give the last file; to go back to this one, have it sent anew"
                found[one.source, one.table] = Finding(ERROR, Fault(what, one.source, todo), one.trust, one.table)
            elif any(v.month == self.month for v in taken):
                fault = Fault(f"{one.source} is already taken", one.source, "nothing of it is new")
                found.setdefault((one.source, "same"), Finding(NOTE, fault, one.trust, one.table))
            elif others and len(one.content) and one.table in MONTHLY | REVIEWED:
                level = ERROR if one.table in MONTHLY else WARNING
                what = f"{one.source} is the same file as that of {others[-1]}"
                found.setdefault(
                    (one.source, "other"),
                    Finding(level, Fault(what, one.source, f"give the file of {self.month}"), one.trust, one.table),
                )
        return list(found.values())

    def changes(self, tables: list[FoundTable]) -> list[Finding]:
        """Corrections of what the book holds; tables that are new or not there any more; and each beside last month's."""
        found: list[Finding] = []
        here = {(one.trust, one.table): one for one in tables}
        for key, one in here.items():
            held, was = self.held.get(key), self.was.get(key)
            if held is not None:  # the same file may read otherwise: its mapping was mended
                found += self._corrected(one, held)
            if was is not None and was.source_hash == one.source_hash and one.table in MONTHLY | REVIEWED:
                continue  # the same file is told as such
            if was is not None:
                old = self.table(was)
                found += compare(one.content, old, one.trust, self.month, self.before)
                found += self._older(one, old)
            elif self.was and any(trust == one.trust for trust, _ in self.was):
                fault = Fault(
                    f"the table {one.table} of {one.trust} was not there in {self.before}",
                    one.source,
                    "accept it if it is new",
                )
                found.append(Finding(WARNING, fault, *key))
        for trust, table in self.was.keys() - here.keys():
            whole = trust in (COMPANY, INDICES) or any(own == trust for own, _ in here)
            if whole:
                fault = Fault(
                    f"the table {table} of {trust} was there in {self.before} and is not",
                    self.month,
                    "add it, or say why it ended",
                )
                found.append(Finding(WARNING, fault, trust, table))
        for trust, table in self.held.keys() - here.keys():
            fault = Fault(
                f"the book holds {table} of {trust} for {self.month}, and no file of it is here",
                self.month,
                "what the book holds stays",
            )
            found.append(Finding(NOTE, fault, trust, table))
        return found

    def asked_before(self, findings: list[Finding]) -> list[Finding]:
        """Warnings that a person took on when the month was loaded before are notes now."""
        words = {what: why for load in self.known.loads(self.month) for what, why in load.accepted.items()}
        return [
            replace(one, level=NOTE, fault=replace(one.fault, todo=f"accepted before: {words[one.words]}"))
            if one.level == WARNING and one.words in words
            else one
            for one in findings
        ]

    def as_held(self, one: FoundTable) -> Table:
        """The table's content; as the book has it where that says the same, so that it makes no new version."""
        held = self.held.get((one.trust, one.table))
        if held is not None and same_content(one.content, self.table(held)):
            return self.table(held)
        return one.content

    def _corrected(self, one: FoundTable, held: Version) -> list[Finding]:
        """What a correction changes."""
        old = self.table(held)
        if same_content(one.content, old):
            return []
        what = f"the book holds {one.table} of {one.trust} for {self.month}: {differences(one.content, old)}"
        return [
            Finding(
                WARNING, Fault(what, one.source, "accept it as a correction, with the reason"), one.trust, one.table
            )
        ]

    def _older(self, one: FoundTable, old: Table) -> list[Finding]:
        """Curves dated before the book's."""
        if one.table != "curves":
            return []
        now, was = later(one.content, "curve_date"), later(old, "curve_date")
        if now is None or was is None or now >= was:
            return []
        what = f"the curves are dated {now}, before those of {self.before}, {was}"
        where = f"{one.trust}/{self.month}: {one.content.where(0, 'curve_date')}"
        return [Finding(ERROR, Fault(what, where, f"give the curves of {self.month}"), one.trust, one.table)]


def _month(what: str, todo: str) -> Finding:
    return Finding(ERROR, Fault(what, "the book", todo))


def differences(new: Table, old: Table) -> str:
    """How many rows and cells of a table differ from another's, in words with the first of them."""
    key = key_of(new.name)
    if key and key in new.columns and key in old.columns:
        now, was = texts(new, key), texts(old, key)
    else:
        now, was = ([str(k) for k in range(len(table))] for table in (new, old))
    at = {name: row for row, name in enumerate(was)}
    pairs = [(row, at[name]) for row, name in enumerate(now) if name in at]
    changed: set[int] = set()
    cells, first = 0, ""
    for column, own in new.columns.items():
        other = old.columns.get(column)
        if other is None or own == other:
            continue
        for row, before in pairs:
            if not alike(own[row], other[before]):
                cells += 1
                changed.add(row)
                first = (
                    first
                    or f"{column} {other[before]} -> {own[row]} ({new.where(row, column)}{f', {key} {now[row]}' if key else ''})"
                )
    parts = [f"{len(changed):,} rows with {cells:,} cells differ"]
    added, lost = len(now) - len(pairs), len(was) - len(pairs)
    parts += [f"{added:,} rows are new"] if added else []
    parts += [f"{lost:,} rows are gone"] if lost else []
    either = (
        (name, new.columns.get(name, old.columns.get(name, []))) for name in sorted(set(new.columns) ^ set(old.columns))
    )
    columns = [name for name, own in either if own.count(None) < len(own)]
    parts += [f"columns that only one has: {', '.join(columns)}"] if columns else []
    parts += ["the rows stand in another order"] if not (cells or added or lost or columns) else []
    return "; ".join(parts) + (f"; the first: {first}" if first else "")
