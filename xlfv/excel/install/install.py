"""``xlfv install``: the add-in into Excel's start folder, its settings beside our cache, the kernels compiled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from xlfv.excel.install import places
from xlfv.excel.install.addin_file import remove_mark, version_of
from xlfv.excel.install.changes import Change, apply
from xlfv.excel.install.check_addin import installed_addin
from xlfv.excel.install.check_running import excel_runs
from xlfv.excel.install.doctor import PREFLIGHT, WINDOWS, as_table, examine
from xlfv.excel.install.elsewhere import say_what_works
from xlfv.excel.install.holding import not_changed, refuse_if_held
from xlfv.excel.install.machine import Machine
from xlfv.excel.install.record import Record, read_record
from xlfv.excel.install.settings import settings_for
from xlfv.excel.install.warm import Warmed, warm
from xlfv.tables import refuse_if


def install(machine: Machine, console: Console, *, compiling: bool = True) -> int:
    """Install the add-in for this user; an older one is replaced.

    Args:
        machine: this machine.
        console: where to say what was done and what to do next.
        compiling: compile the kernels too.

    Returns:
        0, or 1 where there is nothing to install.

    Raises:
        Refused: it cannot work, or Excel holds the add-in; everything is as it was.
    """
    if not machine.is_windows:
        say_what_works(machine, console)
        return 1
    refuse_if([finding.fault for _, finding in examine(machine, PREFLIGHT) if finding.status == "wrong"])
    before = _version_there(machine)
    refuse_if_held(installed_addin(machine), "install", machine)
    warmed = compile_kernels(console) if compiling else None
    put_in_place(machine)
    _say_what_was_done(machine, console, before, warmed)
    _say_what_is_wrong(machine, console)
    return 0


def put_in_place(machine: Machine) -> None:
    """Write the add-in, its settings and the record of both: all, or none.

    Raises:
        Refused: a file cannot be written; everything is as it was.
    """
    addin, stage = installed_addin(machine), places.settings_folder(machine)
    made = [*read_record(machine).folders, *map(str, _missing([addin.parent, stage]))]
    record = Record(machine.package.version, str(addin), tuple(dict.fromkeys(made)))
    try:
        changes = [
            Change(addin, machine.package.addin.read_bytes()),
            Change(places.settings_file(machine), settings_for(machine).encoded(machine.ansi)),
            Change(places.record_file(machine), record.encoded()),
        ]
        apply(changes, stage)
        remove_mark(addin)
    except OSError as problem:
        raise not_changed(problem, "install", machine) from problem


def _missing(folders: Sequence[Path]) -> list[Path]:
    """Those folders, and those above them, that are not there yet; outermost first."""
    return [each for folder in folders for each in (*reversed(folder.parents), folder) if not each.exists()]


def compile_kernels(console: Console) -> Warmed:
    """Compile with a bar that shows it.

    Raises:
        Refused: the kernels do not work here.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.fields[at]}"),
    )
    if not console.is_terminal:
        console.print("Compiling the numerical core (two minutes, once) ...")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Compiling the numerical core", total=1.0, at="two minutes, once")
        return warm(lambda kernel, share: bar.update(task, completed=share, at=kernel))


def _version_there(machine: Machine) -> str:
    """Version of the add-in that is there; empty when none is."""
    try:
        return version_of(installed_addin(machine).read_bytes()) or "a damaged one"
    except OSError:
        return ""


def _say_what_was_done(machine: Machine, console: Console, before: str, warmed: Warmed | None) -> None:
    version = machine.package.version
    news = "" if not before else " once more" if before == version else f", in the place of {before}"
    console.print(f"xlfv {version} is installed for Excel{news}.\n", highlight=False)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Add-in", str(installed_addin(machine)))
    table.add_row("Settings", str(places.settings_file(machine)))
    table.add_row("Python", settings_for(machine).interpreter)
    table.add_row("Kernels", words_of(warmed) if warmed else "will be compiled at the first calculation")
    console.print(table, markup=False)
    start = "Close Excel and start it again" if excel_runs(machine) else "Start Excel"
    console.print(
        f"\n{start} and type =XLFV_ABOUT() into a cell: it shows versions.\n"
        "If it does not, run xlfv doctor. xlfv uninstall takes everything away again.",
        highlight=False,
    )


def words_of(warmed: Warmed) -> str:
    """What compiling did, in words."""
    return f"compiled in {warmed.seconds:.0f} s" if warmed.kernels else "were compiled already"


def _say_what_is_wrong(machine: Machine, console: Console) -> None:
    """What would keep the add-in from working, said now rather than found out in Excel."""
    rest = [check for check in WINDOWS if check not in PREFLIGHT]
    bad = [(title, finding) for title, finding in examine(machine, rest) if finding.status == "wrong"]
    if bad:
        console.print("\nBut this will keep it from working:\n", style="bold red")
        console.print(as_table(bad))
