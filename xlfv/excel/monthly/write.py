"""The workbook over the book of months, written with the values that its formulas have."""

from __future__ import annotations

from pathlib import Path

from xlfv.excel.book.write import put_in_place
from xlfv.excel.hosts.headless import Recalculated
from xlfv.excel.monthly.front import write_check, write_list, write_month
from xlfv.excel.monthly.history import write_history
from xlfv.excel.monthly.plan import CHECK, HISTORY, MONTH, MONTHS, NUMBERS, SHEETS, TIEOUT, TRUST, VALUES, Plan
from xlfv.excel.monthly.trusts import write_numbers, write_tieouts, write_trust, write_values
from xlfv.excel.pen import Pens, written
from xlfv.months.folder import month_end
from xlfv.tables import Fault, Refused
from xlfv.tables.files import open_workbook

_WRITERS = {
    MONTH: write_month, CHECK: write_check, TRUST: write_trust, VALUES: write_values, TIEOUT: write_tieouts,
    HISTORY: write_history, NUMBERS: write_numbers, MONTHS: write_list,
}  # fmt: skip


def plan_of(book: Path, month: str, beside: Path) -> Plan:
    """What the workbook is to show.

    Args:
        book: the book's file.
        month: ``YYYY-MM``; empty for the last.
        beside: the folder of the workbook.

    Raises:
        Refused: the book has no such month, or cannot be read.
    """
    from xlfv.months.book.file import reading  # here, not above: a session without a book starts sooner

    with reading(book) as opened:
        months = [each for each in opened.months() if opened.trusts(each)]
        shown = month or (months[-1] if months else "")
        if shown not in months:
            what = f"the book has no trust of {shown}" if shown else "the book is empty"
            raise Refused(Fault(what, str(book), f"months there: {', '.join(months) or 'none'}"), code="#N/A")
        trusts = tuple(opened.trusts(shown))
    # Not resolved: a drive letter must not become the share behind it, which cells do not open.
    same = book.resolve().parent == beside.resolve()
    return Plan(book.absolute(), book.name if same else str(book.absolute()), month_end(shown), trusts)


def content(plan: Plan, name: str, beside: Path, plain: str = "") -> bytes:
    """The workbook with the values of all its formulas.

    Args:
        plan: what it shows.
        name: its name in addresses.
        beside: its folder.
        plain: which formulas stand as values, see :class:`xlfv.excel.pen.Pens`.
    """

    def draft(answers: Recalculated | None, plain: str = "") -> bytes:
        return _draft(plan, answers, plain)

    return written(draft, name, plain, beside)


def write_months(path: Path, book: Path, month: str = "") -> Path:
    """Write the workbook over a book; a workbook of ours that stands there is replaced when the new one is whole.

    Raises:
        Refused: the book cannot be read or has no such month, or the workbook cannot be written there.
    """
    if path.suffix.lower() != ".xlsm":
        raise Refused(Fault(f"{path.name} is no .xlsm workbook", todo="name the workbook to write, ending in .xlsm"))
    _check_target(path)
    home = path.absolute().parent
    put_in_place(path, content(plan_of(book, month, home), path.name, home))
    return path


def _check_target(path: Path) -> None:
    """Only such a workbook is replaced, and none with sheets of its reader's own."""
    if not path.parent.is_dir():
        raise Refused(Fault(f"there is no folder {path.parent}", todo="make it, or name another place"))
    if not path.exists():
        return
    try:
        with open_workbook(path) as there:
            ours = {"as_of", "book", "month_list", "open_points"} <= set(there.defined_names)
            own = [name for name in there.sheetnames if name not in SHEETS]
    except PermissionError as problem:
        todo = "close it if it is open in a spreadsheet"
        raise Refused(Fault(f"{path.name} cannot be read: {problem}", todo=todo)) from None
    except Refused:  # what cannot be read is none of ours
        ours, own = False, []
    if not ours:
        what = f"{path.name} stands there and is no workbook over a book of months"
        raise Refused(Fault(what, todo="name another file, or take it away first"))
    if own:
        what = f"{path.name} has sheets of your own, which would be lost: {', '.join(own)}"
        raise Refused(Fault(what, todo="name another file"))


def _draft(plan: Plan, answers: Recalculated | None, plain: str) -> bytes:
    pens = Pens("Month end, over the book of months", plan.as_of, answers, plain)
    if plain != "all":
        pens.with_macros()
    sheets = {name: pens.sheet(name) for name in SHEETS}
    for name, write in _WRITERS.items():
        write(sheets[name], plan)
    return pens.content()
