"""Which folders of a data folder are trusts, and which of their files are opened: those that lie in it, by plain names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from xlfv.tables import Fault, Refused, refuse_if
from xlfv.tables.paths import legible, name_fault

INDICES, COMPANY = "indices", "company"
"""Folders beside those of the trusts."""


def entries(folder: Path) -> list[Path]:
    """What lies in a folder, by name.

    Raises:
        Refused: it cannot be read.
    """
    try:
        return sorted(folder.iterdir())
    except OSError as problem:
        what = f"the folder {legible(str(folder))} cannot be read: {problem.strerror}"
        raise Refused(Fault(what, todo="check that you may read it")) from None


def trust_folders(data: Path) -> list[Path]:
    """The folders of all trusts, by name; ``indices``, ``company`` and what begins with a dot or a line is none.

    Raises:
        Refused: there is no such folder, or an entry is a link that leads out of it or nowhere, has a name that no
            workbook or no other computer can hold, or differs from another only in capitals.
    """
    if not data.is_dir():
        raise Refused(
            Fault(f"there is no folder {legible(str(data))}", todo="give the folder that holds one folder a trust")
        )
    found = [each for each in entries(data) if each.name != INDICES and not each.name.startswith((".", "_"))]
    company = [each for each in found if each.name.casefold() == COMPANY]
    faults = [fault for each in found if each.is_dir() or each.is_symlink() for fault in entry_faults(each, data)]
    folders = [each for each in found if each.is_dir()]
    refuse_if([*faults, *_twins(folders)])
    return [each for each in folders if each not in company]


def company_folder(data: Path) -> Path | None:
    """The folder of what the company records itself, however it is capitalized; None where there is none."""
    return next((each for each in entries(data) if each.is_dir() and each.name.casefold() == COMPANY), None)


def entry_faults(entry: Path, data: Path) -> list[Fault]:
    """What keeps a file or folder of the data folder from being opened: a fault, or nothing.

    A link may lead to another place in the data folder. One that leads out is refused: a month is what its folder
    holds, and a folder that came from elsewhere must not show what it does not hold.
    """
    where = legible(str(entry))
    if fault := name_fault(entry.name):
        return [Fault(f"{legible(entry.name)}: {fault}", where, "rename it")]
    try:
        real = entry.resolve(strict=True)
    except (OSError, RuntimeError):  # a loop is the one or the other, by the version of Python
        return [
            Fault(f"{entry.name} is a link that leads nowhere", where, "take it away, or put the folder itself there")
        ]
    if not real.is_relative_to(data.resolve()):
        return [Fault(f"{entry.name} is a link that leads out of the data folder", where, "copy what it shows there")]
    return []


def _twins(folders: Iterable[Path]) -> list[Fault]:
    """Folders that Windows and workbooks cannot tell apart."""
    seen: dict[str, str] = {}
    faults = []
    for folder in folders:
        twin = seen.setdefault(folder.name.casefold(), folder.name)
        if twin != folder.name:
            faults.append(Fault(f"{twin} and {folder.name} differ only in capitals", str(folder), "rename one"))
    return faults
