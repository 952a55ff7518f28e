"""What lies in a folder for a month: tables of the house's data folder, and senders' files that a mapping reads."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from xlfv.months import company as company_of
from xlfv.months.book.pieces import COMPANY, INDICES
from xlfv.months.company import BELONG_TO_COMPANY
from xlfv.months.found import find_tables, shared_indices
from xlfv.months.intake.convert import convert
from xlfv.months.intake.finding import ERROR, NOTE, WARNING, Finding
from xlfv.months.intake.formulas import formula_faults
from xlfv.months.intake.mapping import Mapping
from xlfv.months.intake.quick import read_large
from xlfv.months.intake.tables import COLUMNS, OF_COMPANY, OF_TRUST
from xlfv.months.walk import company_folder, entries, entry_faults
from xlfv.tables import Fault, Refused, Table, plain
from xlfv.tables.files import TEXTS, split_path
from xlfv.tables.paths import legible

MAPPINGS = "mappings"
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_ENDINGS = (*TEXTS, ".xlsx", ".parquet")
_OTHER = (".xls", ".xlsb", ".xlsm", ".zip", ".7z", ".json", ".ods", ".dat")
_DEEPEST = 4  # folders in folders


@dataclass(frozen=True)
class FoundTable:
    """A table that was read.

    Attributes:
        trust, table: whose and which.
        content: its cells, in our words.
        source: its file below the folder (with ``!sheet``). source_hash: SHA-256 of the file's bytes.
    """

    trust: str
    table: str
    content: Table
    source: str
    source_hash: str


@dataclass
class Gathering:
    """Everything that is found on a walk through the folder.

    Attributes:
        folder, month: where, and for which month.
        tables: what could be read. findings: what is wrong, or told.
        dates: as-of dates of files, with their places and whose they are.
        names: files read, below the folder -> their hash.
    """

    folder: Path
    month: str
    progress: Callable[[str], None]
    tables: list[FoundTable] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    dates: list[tuple[object, str, str, str]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def faults(
        self, faults: list[Fault] | tuple[Fault, ...], trust: str = "", table: str = "", place: str = ""
    ) -> None:
        """Add faults as errors, with the trust and month before their places; ``place`` where they name none."""
        for fault in faults:
            where = fault.where or place
            if self.folder != Path():
                where = where.replace(f"{self.folder}{os.sep}", "").replace(os.sep, "/")
            lead = f"{trust}/{self.month}: " if trust and not where.startswith(f"{trust}/{self.month}/") else ""
            self.findings.append(Finding(ERROR, replace(fault, where=f"{lead}{where}".rstrip(": ")), trust, table))

    def hashed(self, file: Path) -> str:
        """The SHA-256 of a file of the folder; read once."""
        name = self.below(file)
        if name not in self.names:
            with file.open("rb") as stream:
                self.names[name] = hashlib.file_digest(stream, "sha256").hexdigest()
        return self.names[name]

    def below(self, file: Path) -> str:
        """A file's path below the folder, with plain slashes."""
        return file.relative_to(self.folder).as_posix() if file.is_relative_to(self.folder) else file.name


def numbers_of(table: str) -> frozenset[str]:
    """Columns of a table that hold numbers."""
    schema = COLUMNS.get(table)
    return frozenset(c.name for c in schema.columns if c.kind in ("number", "integer")) if schema else frozenset()


def anything_of(folder: Path, month: str, mappings: list[Mapping]) -> bool:
    """True where a folder holds anything of a month: folders of the house, or a file that a mapping reads."""
    home = company_folder(folder)
    own = [*_folders(folder), *([home] if home is not None else [])]
    if any((each / month).is_dir() for each in own) or shared_indices(folder, month, []):
        return True
    into = Gathering(folder, month, lambda words: None)
    return any(one.fits(file.name, month) for file in _files(into, folder, 0) for one in mappings)


def gather_house(into: Gathering) -> None:
    """Read what the house's own data folder holds of the month."""
    data = into.folder
    known = [each for each in _folders(data) if _is_trust(each)]
    for own in known:
        if (own / into.month).is_dir():
            into.progress(own.name)
            _gather(into, own / into.month, own.name, OF_TRUST, BELONG_TO_COMPANY)
    home = company_folder(data)
    if home is not None and (home / into.month).is_dir():
        elsewhere = dict.fromkeys((t for t in OF_TRUST if t not in OF_COMPANY), "the month's folder of a trust")
        _gather(into, home / into.month, COMPANY, company_of.TABLES, elsewhere)
    faults: list[Fault] = []
    shared = shared_indices(data, into.month, faults)
    into.faults(faults, INDICES, "indices")
    if shared:
        _read(into, {"indices": shared}, INDICES)


def _folders(data: Path) -> Iterator[Path]:
    for each in entries(data):
        if (
            each.is_dir()
            and each.name.casefold() not in (COMPANY, INDICES, MAPPINGS)
            and not each.name.startswith((".", "_"))
        ):
            yield each


def _is_trust(folder: Path) -> bool:
    """True for a folder that holds folders of months."""
    return any(_MONTH.fullmatch(inner.name) and inner.is_dir() for inner in folder.iterdir())


def _gather(into: Gathering, folder: Path, name: str, names: tuple[str, ...], elsewhere: dict[str, str]) -> None:
    faults = entry_faults(folder.parent, into.folder) or entry_faults(folder, into.folder)
    if faults:
        into.faults(faults, name)
        return
    found: dict[str, str] = {}
    try:
        found = find_tables(folder, into.folder, names, elsewhere, faults)
    except Refused as refusal:
        faults += refusal.faults
    into.faults(faults, name)
    _read(into, found, name)


def _read(into: Gathering, sources: dict[str, str], name: str) -> None:
    for table, source in sources.items():
        file, sheet = split_path(source)
        try:
            content = _table(Path(file), sheet, table)
            into.faults(formula_faults(Path(file), content.place.label, content), name, table)
        except Refused as refusal:
            into.faults(refusal.faults, name, table, into.below(Path(file)))
            continue
        where = into.below(Path(file)) + (f"!{sheet}" if sheet else "")
        into.tables.append(FoundTable(name, table, content, where, into.hashed(Path(file))))


def _table(file: Path, sheet: str, table: str) -> Table:
    if sheet or not file.name.lower().endswith(TEXTS):
        from xlfv.tables.files import read_file

        return read_file(f"{file}!{sheet}" if sheet else file, table)
    return read_large(file, table, None, numbers_of(table))


def gather_senders(into: Gathering, mappings: list[Mapping]) -> None:
    """Read senders' files by their mappings; a file that looks like a table and that none reads is an error."""
    used: set[str] = set()
    for file in _files(into, into.folder, 0):
        own = [one for one in mappings if one.fits(file.name, into.month)]
        where = into.below(file)
        low = file.name.lower()
        if not own:
            others = [one for one in mappings if one.names(file.name)]
            _unread(into, file, low, where, others, house_only=not mappings and bool(into.tables))
            continue
        faults = entry_faults(file, into.folder)
        into.faults(faults)
        twice = [one for k, one in enumerate(own) if any((b.table, b.sheet) == (one.table, one.sheet) for b in own[:k])]
        for one in twice:
            todo = "mend the patterns, or say since and until"
            into.faults([Fault(f"{low} is read as {one.table} by {own[0].name} and {one.name}", where, todo)])
        if faults or twice:
            continue
        for one in own:
            used.add(one.name)
            into.progress(file.name)
            _send(into, file, where, one)
    for one in mappings:
        if one.holds(into.month) and one.name not in used:
            what = f"no file of {one.sender} is there for {one.name} ({one.file})"
            into.findings.append(
                Finding(WARNING, Fault(what, one.name, "add the file, or end the mapping by until"), "", one.table)
            )


def _files(into: Gathering, folder: Path, depth: int) -> Iterator[Path]:
    """Files of the folder and its subfolders, without those of the house."""
    for each in entries(folder):
        if each.name.startswith((".", "_", "~$")):
            continue
        if not each.is_dir():
            yield each
            continue
        house = depth == 0 and (each.name.casefold() in (COMPANY, INDICES, MAPPINGS) or _is_trust(each))
        if house:
            continue
        faults = entry_faults(each, into.folder)
        if not faults and depth >= _DEEPEST:
            faults = [Fault(f"{legible(each.name)} lies too deep", into.below(each), "put the files higher up")]
        into.faults(faults)
        if not faults:
            yield from _files(into, each, depth + 1)


def _unread(
    into: Gathering, file: Path, low: str, where: str, other_months: list[Mapping], *, house_only: bool
) -> None:
    """A file that no mapping reads; beside the house's own folders, where nobody maps anything, it is told only."""
    if house_only and file.parent != into.folder:
        if not any(one.fault.where == into.below(file.parent) for one in into.findings):
            what = f"nothing in the folder {legible(file.parent.name)} is read"
            into.findings.append(Finding(NOTE, Fault(what, into.below(file.parent), "")))
    elif other_months:
        one = other_months[0]
        span = f"from {one.since or 'the first'} to {one.until or 'the last'}"
        todo = "give the mapping that holds now, or mend since and until"
        into.faults([Fault(f"{legible(file.name)} is read by {one.name}, which holds {span}", where, todo)])
    elif low.endswith(_ENDINGS):
        todo = f"xlfv map {legible(file.name)} proposes a mapping; or take the file out of the folder"
        into.faults([Fault(f"no mapping reads {legible(file.name)}", where, todo)])
    else:
        kind = " (save it as .xlsx or .csv if it holds data)" if low.endswith(_OTHER) else ""
        level = WARNING if low.endswith(_OTHER) else NOTE
        into.findings.append(Finding(level, Fault(f"{legible(file.name)} is not read{kind}", where, "")))


def _send(into: Gathering, file: Path, where: str, mapping: Mapping) -> None:
    """Read one sender's file by one mapping."""
    source = f"{where}!{mapping.sheet}" if mapping.sheet else where
    numbers = {
        plain(h)
        for h, name in mapping.columns.items()
        if name in numbers_of(mapping.table) and name not in mapping.codes
    }
    try:
        if file.name.lower().endswith(TEXTS):
            raw = read_large(file, mapping.table, mapping.layout, numbers, {plain(each) for each in mapping.leave_out})
        else:
            from xlfv.tables.files import read_file

            raw = read_file(f"{file}!{mapping.sheet}" if mapping.sheet else file, mapping.table, mapping.layout)
        into.faults(formula_faults(file, raw.place.label, raw))
    except Refused as refusal:
        hint = (
            f'say its encoding in {mapping.name}, as encoding = "cp1252" or "utf-16"; or export it again as CSV UTF-8'
        )
        faults = [replace(f, todo=hint) if "is not UTF-8" in f.what else f for f in refusal.faults]
        into.faults(faults, "", mapping.table, source)
        return
    done = convert(raw, mapping, file.name)
    into.faults(done.faults, "", mapping.table)
    into.findings += [Finding(WARNING, fault, "", mapping.table) for fault in done.warnings]
    into.dates += [(day, place, "", mapping.table) for day, place in done.dates.items()]
    for trust, table in done.tables.items():
        if trust in done.strangers:
            continue
        if trust.lower() in (COMPANY, INDICES):
            what = f"'{trust}' is no name of a trust: the book keeps other tables under it"
            into.faults(
                [Fault(what, where, f"mend the name, or say under [trusts] of {mapping.name} which trust it is")]
            )
            continue
        whose = trust or (COMPANY if mapping.table in OF_COMPANY else INDICES if mapping.table == "indices" else "")
        if not whose:
            if not done.faults:
                todo = f"say trust in {mapping.name}, or map a column to trust"
                into.faults([Fault(f"nothing says whose {mapping.table} stand in {file.name}", where, todo)])
            continue
        if mapping.table in OF_COMPANY:
            whose = COMPANY
        into.tables.append(FoundTable(whose, mapping.table, table, source, into.hashed(file)))
