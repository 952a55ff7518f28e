"""``xlfv uninstall``: takes away what ``xlfv install`` put there, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from xlfv.excel.install import compiled, places
from xlfv.excel.install.changes import Change, apply, remove_empty
from xlfv.excel.install.check_addin import installed_addin
from xlfv.excel.install.holding import not_changed
from xlfv.excel.install.machine import Machine
from xlfv.excel.install.record import read_record

_HANDLES = ("*.npz", ".new-*.npz")  # what the store writes


def uninstall(machine: Machine, console: Console, *, everything: bool = False) -> int:
    """Remove the add-in, its settings and the compiled kernels.

    Args:
        machine: this machine.
        console: where to say what was removed.
        everything: the kept handles too.

    Returns:
        0, also when nothing was there; 1 when something of the caches could not be removed.

    Raises:
        Refused: Excel holds the add-in; it and its settings are as they were.
    """
    try:
        removed = _remove_addin(machine) if machine.is_windows else []
    except OSError as problem:
        raise not_changed(problem, "uninstall", machine) from problem
    kept = machine.package.handles
    jobs: list[tuple[Path, Callable[[Path], None]]] = [(each, compiled.remove) for each in compiled.folders(machine)]
    if everything and kept is not None and kept.is_dir():
        jobs.append((kept, _remove_handles))
    left = []
    for folder, remove in jobs:
        try:
            remove(folder)
            removed.append(folder)
        except OSError as problem:
            left.append(f"{folder} ({problem.strerror or problem})")
    if machine.is_windows:
        remove_empty([places.settings_folder(machine)])
    _say(removed, left, machine, console)
    return 1 if left else 0


def _remove_addin(machine: Machine) -> list[Path]:
    """Remove the add-in and what belongs to it; all or nothing."""
    record = read_record(machine)
    addins = {installed_addin(machine)}
    if Path(record.addin).name == places.ADDIN:  # Excel's start folder may have moved since
        addins.add(Path(record.addin))
    files = [*sorted(addins), places.settings_file(machine), places.record_file(machine)]
    there = [file for file in files if file.is_file()]
    if there:
        apply([Change(file, None) for file in there], places.settings_folder(machine))
        remove_empty([Path(folder) for folder in record.folders])
    return there


def _remove_handles(folder: Path) -> None:
    """Remove what the store wrote, and its folder unless something else lies in it."""
    for pattern in _HANDLES:
        for file in folder.glob(pattern):
            file.unlink(missing_ok=True)
    remove_empty([folder.parent, folder] if folder.parent.name == "xlfv" else [folder])


def _say(removed: Sequence[Path], left: Sequence[str], machine: Machine, console: Console) -> None:
    def tell(title: str, lines: Sequence[object] = ()) -> None:
        text = "\n  ".join([title, *map(str, lines)])
        console.print(text, markup=False, highlight=False, soft_wrap=True)

    if removed:
        tell("Removed:", removed)
    elif not left:
        tell("Nothing of xlfv is installed here: there is nothing to remove.")
    if left:
        tell("\nCould not be removed (close Excel and run xlfv uninstall again):", left)
    kept = machine.package.handles
    if kept is not None and kept.is_dir():
        tell("\nKept handles stay (xlfv uninstall --all removes them too):", [kept])
    if machine.is_windows and removed:
        tell("\nThe package itself goes with: pip uninstall xlfv")
