"""What to say on a machine that Excel for Windows does not run on."""

from __future__ import annotations

from rich.console import Console

from xlfv.excel.install.machine import Machine

_NAMES = {"Darwin": "a Mac", "Linux": "Linux"}

_WORKS = """\
Nothing was installed: the add-in needs Excel on Windows, and this is {system}.

What works here:
  xlfv refresh BOOK --month YYYY-MM --data FOLDER
                        values a month and writes the workbook
  xlfv demo             the same with the sample month
  from xlfv.excel import call; call("XLFV_SMM", 0.06)
                        every function, from Python
  from xlfv.excel.hosts.headless import recalculate
                        a workbook with our formulas, recalculated without Excel
{reader}"""

_READERS = {
    "Darwin": "Excel for Mac and LibreOffice open the workbooks with their values; do not\nrecalculate there: XLFV cells would show #NAME?.",
    "Linux": "LibreOffice opens the workbooks with their values; tables that spill show #NAME?\nthere, as do cells that are recalculated.",
}


def say_what_works(machine: Machine, console: Console) -> None:
    """Say that nothing was installed, and what can be done instead."""
    system = _NAMES.get(machine.system, machine.system)
    reader = _READERS.get(machine.system, _READERS["Linux"])
    console.print(_WORKS.format(system=system, reader=reader), markup=False, highlight=False, soft_wrap=True)
