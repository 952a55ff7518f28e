"""A month of the book of months, for the buttons: staged from its files where there are any, else as the book holds it.

Nothing here touches the spreadsheet. What needs the book's own modules imports them inside functions: a session without a book
starts sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from xlfv.excel.book.frame import PLAIN_FOLDERS, Kept
from xlfv.excel.inplace.job import BookWritten, Tell
from xlfv.excel.inplace.opened import Opened
from xlfv.months.book.pieces import state_of
from xlfv.months.valued import Rolled, ValuedMonth
from xlfv.tables import Fault, Refused, refuse_if

if TYPE_CHECKING:
    from xlfv.months.book.ahead import Ahead
    from xlfv.months.coming import Coming, Entered
    from xlfv.months.intake.stage import Staged
    from xlfv.months.runs import Prepared
    from xlfv.months.taking import Against

WORD = "write into Word on Control why it may stand"
_CORRECTION = "write into Word on Control why the month is corrected"


@dataclass(frozen=True)
class BookMonth:
    """A month valued as the book is to hold it, and the words that go with it into the book.

    Attributes:
        coming: the month.
        prepared: it valued.
        why: a person's reason.
        accepted: warnings in words -> the reason.
    """

    coming: Coming
    prepared: Prepared
    why: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)

    @property
    def valued(self) -> ValuedMonth:
        """The month valued."""
        return self.prepared.valued

    @property
    def rolled(self) -> Rolled | None:
        """Its rollforward; None where the book has no month before it."""
        return self.prepared.rolled

    @property
    def ahead(self) -> Ahead:
        """The month as the book is to hold it."""
        return self.coming.ahead

    @property
    def state(self) -> str:
        """A hash of all its tables."""
        return state_of(self.ahead.versions)

    def enter(self) -> Entered:
        """Take it into the book, and record the run.

        Raises:
            Refused: the book was written to meanwhile, or cannot be written; nothing was taken in.
        """
        from xlfv.months.coming import HalfEntered, enter

        try:
            return enter(self.coming, self.prepared, self.why, self.accepted)
        except HalfEntered as half:
            raise BookWritten(half.faults, code=half.code) from half


def book_month(opened: Opened, month: str, told: Tell, check: Callable[[tuple[str, ...]], None]) -> BookMonth:
    """A month for Load month and Roll forward.

    Args:
        opened: the workbook.
        month: ``YYYY-MM``.
        told: told what is being read and valued.
        check: refuses other trusts than the workbook's, before they are valued.

    Raises:
        Refused: with every error of its files; a warning or a correction without a word; a locked month whose files say
            something else; or neither the folder nor the book has it.
    """
    from xlfv.months.coming import coming
    from xlfv.months.taking import held_against

    path = book_path(opened)
    accepted: dict[str, str] = {}
    with held_against(path) as against:
        staged = staged_files(opened, month, against, told)
        if staged is not None:
            accepted = {} if against.known.locked(month) else taken_on([staged], opened.word)
            staged.refuse()
        found = coming(
            path, against, month, staged.pieces if staged else (), lambda name: told(f"reading {month} of {name}")
        )
        check(tuple(found.month.trusts))
        held = {(one.trust, one.table) for one in against.known.versions(month)}
        check_entry(found, held, opened.word)
    prepared = found.valued(lambda name: told(f"valuing {name}"))
    return BookMonth(found, prepared, reason(found, held, accepted, opened.word), accepted)


def staged_files(opened: Opened, month: str, against: Against, told: Tell) -> Staged | None:
    """What the data folder holds of a month, checked and held against the book; None where the book alone has it.

    Raises:
        Refused: neither of them has the month.
    """
    from xlfv.months.intake.found import MAPPINGS, anything_of
    from xlfv.months.intake.mapping_read import read_mappings
    from xlfv.months.taking import mappings_folder

    path, held = book_path(opened), bool(against.known.trusts(month))
    mappings = mappings_folder(opened.data, path) if opened.folder else None
    if held and not (
        opened.folder
        and opened.data.is_dir()
        and anything_of(opened.data, month, read_mappings(mappings or opened.data / MAPPINGS))
    ):
        return None
    if not opened.folder:
        have = ", ".join(one for one in against.known.months() if against.known.trusts(one)) or "none"
        what = f"{path.name} has no month {month}, and no data folder is given"
        todo = f"give the folder of its files; months in the book: {have}"
        raise Refused(Fault(what, "'Control' Data folder", todo), code="#N/A")
    return against.staged(
        opened.data, month, mappings, progress=lambda name: told(f"reading {name}"), to_look=against.known.locked(month)
    )


def taken_on(staged: Iterable[Staged], word: str) -> dict[str, str]:
    """Every warning with a person's word on it, as the book keeps them.

    Raises:
        Refused: with every error; or with every warning where there is no word.
    """
    from xlfv.months.intake.finding import ALL, accept

    staged = list(staged)
    refuse_if([one.fault for each in staged for one in each.errors])
    warnings = [one for each in staged for one in each.warnings]
    if warnings and not word:
        raise Refused(
            Fault(
                f"warning: {'/'.join(filter(None, (one.trust, one.table)))}: {one.fault.what}".replace(
                    "warning: : ", "warning: "
                ),
                one.fault.where,
                f"mend it, or {WORD}",
            )
            for one in warnings
        )
    accepted: dict[str, str] = {}
    for each in staged:
        accepted |= accept(each, {ALL: word} if word else {})
    return accepted


def reason(found: Coming, held: set[tuple[str, str]], accepted: Mapping[str, str], word: str) -> str:
    """A person's word, where something is corrected or accepted; a month that is simply new needs none."""
    return word if accepted or set(found.ahead.fresh) & held else ""


def check_entry(found: Coming, held: set[tuple[str, str]], word: str) -> None:
    """A closed month takes nothing in, and a correction has its reason.

    Args:
        found: the month.
        held: trust and name of the tables that the book holds of it.
        word: a person's reason.

    Raises:
        Refused: naming every table.
    """
    ahead = found.ahead
    sources = {(one.trust, one.table): one.source for one in found.pieces}
    if found.locked:
        todo = f"take it back, or open the month again: xlfv unlock --month {ahead.month} --why ..."
        refuse_if(
            [
                Fault(
                    f"{ahead.month} is locked, and {table} of {trust} is not what the book holds",
                    sources[trust, table],
                    todo,
                )
                for trust, table in ahead.fresh
            ]
        )
    elif not word:
        refuse_if(
            [
                Fault(
                    f"{table} of {trust} is not what the book holds for {ahead.month}",
                    sources[trust, table],
                    _CORRECTION,
                )
                for trust, table in ahead.fresh
                if (trust, table) in held
            ]
        )


def book_path(opened: Opened) -> Path:
    """The book of months that Control names."""
    assert opened.kept is not None
    return opened.kept


def kept_now(opened: Opened, month: BookMonth | None) -> Kept:
    """Where a month is kept, for the workbook that shows it; None of plain folders."""
    if month is None:
        return PLAIN_FOLDERS
    from xlfv.months.status import lock_words

    return Kept(opened.book, lock_words(book_path(opened), month.ahead.month), month.state)


def entered_words(month: str, entered: Entered | None) -> str:
    """What was written to the book; empty where nothing was."""
    if entered is None or not entered.wrote:
        return ""
    return f"{month} is in the book of months ({', '.join(filter(None, (f'load {entered.load}' if entered.load else '', f'run {entered.run}')))})"


@contextmanager
def cells_after(done: str) -> Iterator[None]:
    """Cells are written after the book: where that fails, the refusal says that the book keeps what it took in.

    Args:
        done: what was written to the book, in words; empty where nothing was.

    Raises:
        BookWritten: the cells could not be written, and the book was.
    """
    try:
        yield
    except Refused as refused:
        if not done:
            raise
        what = f"{done} all the same; the cells are as before"
        fault = Fault(what, todo="press the button again: the book takes nothing in twice")
        raise BookWritten([*refused.faults, fault], code=refused.code) from refused
