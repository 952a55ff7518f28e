"""``xlfv doctor``: every check of this machine, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from xlfv.excel.install import check_addin, check_excel, check_python, check_running
from xlfv.excel.install.finding import Check, Finding, wrong
from xlfv.excel.install.machine import Machine

PREFLIGHT = (
    Check("Package", check_addin.check_package),
    Check("Python", check_python.check_python),
    Check("Libraries", check_python.check_libraries),
    Check("pywin32", check_python.check_pywin32),
    Check("xlwings DLL", check_python.check_dll),
    Check("Folder names", check_addin.check_names),
)
"""What must be right before anything is installed."""

KEPT = (
    Check("Kernels", check_running.check_kernels),
    Check("Handle store", check_running.check_store),
)
EVERYWHERE = (Check("Libraries", check_python.check_libraries), *KEPT)
"""What can be checked without Excel."""

WINDOWS = (
    *PREFLIGHT,
    Check("Excel", check_excel.check_excel),
    Check("Excel edition", check_excel.check_edition),
    Check("Bitness", check_python.check_bitness),
    Check("Add-in", check_addin.check_addin),
    Check("Blocked file", check_addin.check_mark),
    Check("Second copy", check_addin.check_twice),
    Check("Disabled", check_addin.check_disabled),
    Check("Settings", check_addin.check_settings),
    Check("Interpreter", check_addin.check_interpreter),
    Check("Macros", check_excel.check_macros),
    Check("Trusted places", check_excel.check_trusted_locations),
    Check("Add-in policy", check_excel.check_addin_policy),
    Check("Defender", check_excel.check_defender),
    Check("Start folder", check_excel.check_start_folder),
    Check("Documents", check_excel.check_documents),
    Check("Server", check_running.check_server),
    *KEPT,
)

_STYLES = {"ok": "green", "note": "yellow", "wrong": "bold red"}
_WORDS = {"ok": "ok", "note": "note", "wrong": "WRONG"}


def examine(machine: Machine, checks: Sequence[Check]) -> list[tuple[str, Finding]]:
    """Title and finding of each check that has something to examine."""
    findings = [(check.title, _examined(check, machine)) for check in checks]
    return [(title, finding) for title, finding in findings if finding is not None]


def _examined(check: Check, machine: Machine) -> Finding | None:
    try:
        return check.examine(machine)
    except Exception as problem:  # a machine in a state that nobody thought of must not hide the other checks
        return wrong(f"this check failed: {type(problem).__name__}: {problem}", "report it to the makers of xlfv")


def doctor(machine: Machine, console: Console) -> int:
    """Print every check that makes sense here; 0 when nothing is wrong, else 1."""
    console.print(f"xlfv {machine.package.version} on {machine.name}\n", highlight=False)
    if not machine.is_windows:
        console.print("No Excel add-in here: it needs Excel on Windows. xlfv install says what works.\n")
    findings = examine(machine, WINDOWS if machine.is_windows else EVERYWHERE)
    console.print(as_table(findings))
    faults = sum(finding.status == "wrong" for _, finding in findings)
    console.print(f"\n{_verdict(faults)}", highlight=False)
    return 1 if faults else 0


def _verdict(faults: int) -> str:
    if not faults:
        return "All is well."
    return f"{faults} {'thing is' if faults == 1 else 'things are'} wrong; mend the first, then run xlfv doctor again."


def as_table(findings: Sequence[tuple[str, Finding]]) -> Table:
    """The findings as lines; what to do stands below what is wrong."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for title, finding in findings:
        text = finding.what + (f"\n-> {finding.todo}" if finding.todo else "")
        status = f"[{_STYLES[finding.status]}]{_WORDS[finding.status]}[/]"
        table.add_row(status, title, _plain(text))
    return table


def _plain(text: str) -> str:
    """Text as it is: no square bracket of a path is taken for a style."""
    return text.replace("[", "\\[")
