"""Writing the workbook of a valued month: once to be calculated, once more with the values that came out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from xlfv.excel import handles
from xlfv.excel.book.attribution import write_attribution
from xlfv.excel.book.attributions import write_attribution_by_trust, write_change_explained
from xlfv.excel.book.blended import write_blended_yield
from xlfv.excel.book.buttons import attach
from xlfv.excel.book.byhand import write_by_hand
from xlfv.excel.book.cashflows import write_cash_flows, write_tranches
from xlfv.excel.book.cashreo import write_cash_and_reo
from xlfv.excel.book.charts import write_charts
from xlfv.excel.book.consolidation import write_consolidation, write_trust_values
from xlfv.excel.book.control import write_control
from xlfv.excel.book.curves import indices_names, write_curves, write_indices
from xlfv.excel.book.datacheck import write_data_check
from xlfv.excel.book.disclosures import write_disclosure, write_inputs
from xlfv.excel.book.fairvalue import write_fair_value
from xlfv.excel.book.frame import (
    AFTER,
    BEFORE,
    DATA_CHECK,
    LAYOUT,
    PLAIN_FOLDERS,
    Answers,
    Book,
    Buttons,
    Kept,
    Progress,
)
from xlfv.excel.book.functions import write_functions
from xlfv.excel.book.layout import write_layout
from xlfv.excel.book.ledger import write_ledger
from xlfv.excel.book.monthbefore import write_month_before
from xlfv.excel.book.narrative import write_narrative
from xlfv.excel.book.page import FIRST
from xlfv.excel.book.plan import plan_trust, plan_yields
from xlfv.excel.book.quotes import write_quotes
from xlfv.excel.book.rollforward import write_rollforward
from xlfv.excel.book.scenarios import write_scenarios
from xlfv.excel.book.sensitivity import write_sensitivity, write_sensitivity_by_trust
from xlfv.excel.book.summary import write_summary
from xlfv.excel.book.trust import write_trust
from xlfv.excel.book.trustrollforwards import write_trust_rollforwards
from xlfv.excel.book.waterfall import write_waterfall
from xlfv.excel.book.yieldreview import write_yield_review
from xlfv.excel.book.yields import write_yields
from xlfv.excel.hosts.headless import recalculate
from xlfv.months.book.pieces import state_of
from xlfv.months.folder import Month
from xlfv.months.valued import Rolled, ValuedMonth
from xlfv.tables import Fault, Refused
from xlfv.tables.files import is_file, open_workbook


def write_book(
    valued: ValuedMonth,
    rolled: Rolled | None,
    path: Path,
    progress: Progress | None = None,
    *,
    data_folder: str | None = None,
    buttons: Buttons | None = None,
    kept: Kept | None = None,
) -> Path:
    """Write a valued month as a workbook of formulas that shows its numbers wherever it is opened.

    Equal inputs give equal bytes. What stood at ``path`` is replaced when the new book is whole.

    Args:
        valued: the month.
        rolled: its rollforward; None where there is no month before.
        path: the workbook to write.
        progress: told the name of each sheet, and of the recalculation between.
        data_folder: what Control shows as the folder of the data (default: the month's own, whole; blank for a month of the
            book); the tapes are read from there. A relative one starts at the workbook's folder.
        buttons: what a book with buttons carries along; such a book is one whose name ends in ``.xlsm``.
        kept: where the month is kept (default: in the book that it was read from, else in plain folders).

    Raises:
        Refused: the workbook cannot be written there (it is open, or the folder is missing or locked), or what stands
            there is locked or no book of xlfv.
    """
    _check_target(path)
    kept = kept if kept is not None else kept_of(valued.month)
    folder = data_folder if data_folder is not None else "" if kept.path else str(valued.month.data.resolve())
    if path.suffix.lower() == ".xlsm" and buttons is None:
        buttons = Buttons()
    drafted = draft(valued, rolled, folder, buttons=buttons, kept=kept).content()
    answers = calculate(drafted, path.name, progress, path.resolve().parent)
    put_in_place(path, draft(valued, rolled, folder, answers, progress, buttons=buttons, kept=kept).content())
    return path


def kept_of(month: Month) -> Kept:
    """Where a month is kept: the book that it was read from, or plain folders."""
    if not is_file(month.data):
        return PLAIN_FOLDERS
    from xlfv.months.book.file import reading  # here, not above: a session without a book starts sooner
    from xlfv.months.status import lock_words

    with reading(month.data) as book:
        state = state_of(book.versions(month.month))
    return Kept(str(month.data.absolute()), lock_words(month.data, month.month), state)


def calculate(content: bytes, name: str, progress: Progress | None = None, beside: Path | None = None) -> Answers:
    """The values of all formulas of a book, from a recalculation that leaves nothing on disk.

    Args:
        content: the bytes of the book.
        name: its name in addresses.
        progress: told that it recalculates.
        beside: where files named by a relative path are looked for first.
    """
    if progress:
        progress("recalculating")
    with handles.memory_only():
        return recalculate(content, book=name, folder=beside)


def draft(
    valued: ValuedMonth, rolled: Rolled | None, folder: str, answers: Answers | None = None,
    progress: Progress | None = None, *, plain: bool = False, buttons: Buttons | None = None, kept: Kept = PLAIN_FOLDERS,
) -> Book:  # fmt: skip
    """The workbook with every sheet written; its ``content()`` gives the bytes.

    Args:
        valued, rolled: the month.
        folder: the folder of the data, as Control shows it.
        answers: values of the formulas; None to write formulas alone.
        progress: told the name of each sheet.
        plain: write the values in the place of the formulas.
        buttons: what a book with buttons carries along; None for one without.
        kept: where the month is kept.
    """
    book = Book(valued, rolled, folder, answers, plain, buttons, kept)
    book.plans = {place.name: plan_trust(place) for place in book.trusts}
    book.yields = plan_yields(book.trusts, FIRST + 1)
    book.indices_names = indices_names(book)
    if buttons is not None:
        attach(book.workbook)
    for sheet, write in _sheets(book):
        if progress:
            progress(sheet)
        write()
    return book


def _sheets(book: Book) -> Iterator[tuple[str, Callable[[], None]]]:
    """Every sheet with what writes it; Control late, as it lists the checks of all, and Layout last, as it tells of all."""
    yield "Summary", lambda: write_summary(book)
    for place in book.trusts:
        yield place.sheet, lambda place=place: write_trust(book, place)  # type: ignore[misc]
    writers: tuple[Callable[[Book], None], ...] = (
        write_curves, write_indices,
        write_yields, write_quotes, write_yield_review,
        write_cash_flows, write_tranches, write_charts, write_waterfall,
        write_fair_value, write_blended_yield, write_by_hand,
        write_scenarios,
        write_consolidation, write_trust_values,
        write_rollforward, write_trust_rollforwards, write_cash_and_reo, write_ledger, write_month_before,
        write_attribution, write_change_explained, write_attribution_by_trust,
        write_sensitivity, write_sensitivity_by_trust,
        write_disclosure, write_inputs, write_narrative,
        write_functions, write_control,
    )  # fmt: skip
    if book.buttons is not None:
        writers = (*writers, write_data_check, write_layout)
    for write in writers:
        words = write.__name__.removeprefix("write_").replace("_", " ").capitalize()
        yield words, lambda write=write: write(book)  # type: ignore[misc]


def _check_target(path: Path) -> None:
    """Refuse early what cannot be written late."""
    if path.is_dir():
        raise Refused(Fault(f"{path} is a folder", todo="name the workbook to write"))
    if not path.parent.is_dir():
        raise Refused(Fault(f"there is no folder {path.parent}", todo="make it, or name another place"))
    if path.exists():
        _check_replaced(path)


def _check_replaced(path: Path) -> None:
    """Only a draft of ours is replaced: never somebody's own workbook or sheets, nor one that was checked or locked."""
    own: list[str] = []
    try:
        with open_workbook(path) as there:
            status = _status(there)
            own = _own_sheets(there)
    except PermissionError as problem:
        raise Refused(
            Fault(f"{path.name} cannot be read: {problem}", todo="close it if it is open in a spreadsheet")
        ) from None
    except Refused:  # what cannot be read is no book of ours
        status = None
    if status is None:
        what = f"{path.name} stands there and is no valuation workbook of xlfv"
        raise Refused(Fault(what, todo="name another file, or take it away first"))
    if status != "draft":
        raise Refused(
            Fault(f"{path.name} is {status}", todo="name another file, or set its status back to draft on Control")
        )
    if own:
        what = f"{path.name} has sheets of your own, which would be lost: {', '.join(own)}"
        raise Refused(Fault(what, todo="name another file, or use its button Load month, which leaves them alone"))


def _own_sheets(book: Any) -> list[str]:
    """Sheets of a valuation workbook that are not the book's: it gives names to tables of each trust's sheet."""
    trusts = {
        str(name.attr_text).rpartition("!")[0].strip("'").replace("''", "'")
        for key, name in book.defined_names.items()
        if key.startswith("bonds_")
    }
    return [sheet for sheet in book.sheetnames if sheet not in {*BEFORE, *AFTER, DATA_CHECK, LAYOUT, *trusts}]


def _status(book: Any) -> str | None:
    """What Control says of a valuation workbook, in small letters; None of any other workbook."""
    names = book.defined_names
    if not {"as_of", "status", "all_checks"} <= set(names):
        return None
    sheet, _, cell = names["status"].attr_text.replace("$", "").rpartition("!")
    try:
        return str(book[sheet.strip("'")][cell].value).strip().lower()
    except (KeyError, ValueError, AttributeError):  # the name leads elsewhere
        return None


def put_in_place(path: Path, content: bytes) -> None:
    """Put the whole content in the place of the file, or leave it as it was."""
    temporary = ""
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(temporary, path)
    except OSError as problem:
        todo = "close it if it is open in a spreadsheet, or name another workbook"
        raise Refused(Fault(f"{path} cannot be written: {problem.strerror or problem}", todo=todo)) from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
