"""Which file or sheet of a folder holds which table, and the reading of all of them with every fault kept."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from xlfv.months.walk import entries, entry_faults
from xlfv.tables import Fault, Refused, Table
from xlfv.tables.files import SUFFIXES, is_file, open_workbook, read_file
from xlfv.tables.paths import legible


class collecting:  # noqa: N801 - reads as a phrase
    """Collects the faults of a refusal instead of passing it on."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> bool:
        if isinstance(problem, Refused):
            self.faults.extend(problem.faults)
            return True
        return False


def read_found(sources: Mapping[str, str], faults: list[Fault]) -> dict[str, Table]:
    """Every table by name; one that cannot be read is left out, and its faults are added."""
    tables: dict[str, Table] = {}
    for table, source in sources.items():
        with collecting(faults):
            tables[table] = read_file(source, table)
    return tables


def find_tables(
    folder: Path, data: Path, names: Collection[str], elsewhere: Mapping[str, str], faults: list[Fault]
) -> dict[str, str]:
    """Where each table of a folder stands; one that stands twice is a fault.

    Args:
        folder: of one month.
        data: the folder of all months.
        names: of the tables that may stand there.
        elsewhere: names of tables that belong to another kind of folder, and to which.
        faults: what is wrong is added.
    """
    found: dict[str, str] = {}
    for table, source in _candidates(folder, data, names, elsewhere, faults):
        if table in found:
            faults.append(Fault(f"the table {table} stands twice", f"{found[table]} and {source}", "keep one"))
        found.setdefault(table, source)
    return found


def shared_indices(data: Path, month: str, faults: list[Fault]) -> str:
    """The file of the month's forward indices for all trusts; empty where there is none."""
    shared = [data / "indices" / f"{month}{suffix}" for suffix in SUFFIXES]
    file = next((file for file in shared if is_file(file) or file.is_symlink()), None)
    return "" if file is None or _put_aside(file, data, faults) else str(file)


def _candidates(
    folder: Path, data: Path, names: Collection[str], elsewhere: Mapping[str, str], faults: list[Fault]
) -> Iterator[tuple[str, str]]:
    """Every table of a folder with its source: files named for a table, and sheets named for one in other workbooks."""
    for file in entries(folder):
        lower = file.name.lower()
        suffix = next((s for s in SUFFIXES if lower.endswith(s)), None)
        if suffix is None or lower.startswith(("~$", ".")):
            continue
        stem = lower.removesuffix(suffix)
        near = difflib.get_close_matches(stem, names, 1, 0.8)
        if stem in elsewhere:
            what = f"{legible(file.name)} does not belong here"
            faults.append(Fault(what, legible(str(file)), f"it belongs in {elsewhere[stem]}"))
        elif stem not in names and near:
            hint = f"did you mean {near[0]}{suffix}?"
            faults.append(Fault(f"{legible(file.name)} is not the name of a table", legible(str(file)), hint))
        elif _put_aside(file, data, faults):
            continue
        elif stem in names:
            yield stem, str(file)
        elif suffix == ".xlsx":
            with open_workbook(file) as book:
                sheets = list(book.sheetnames)
            yield from ((s.strip().lower(), f"{file}!{s}") for s in sheets if s.strip().lower() in names)


def _put_aside(file: Path, data: Path, faults: list[Fault]) -> bool:
    """True for a file that may not be opened; its fault is added."""
    found = entry_faults(file, data)
    faults.extend(found)
    return bool(found)
