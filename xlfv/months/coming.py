"""A month on its way into the book: as the book is to hold it, valued before anything is written; then entered with its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xlfv.months.book.ahead import Ahead, look_ahead
from xlfv.months.book.file import reading
from xlfv.months.book.months import month_of
from xlfv.months.book.pieces import Piece, Version
from xlfv.months.folder import Month, Progress
from xlfv.months.runs import Prepared, prepare, record, standing_run
from xlfv.months.taking import Against, entering, refuse_moved
from xlfv.months.valued import months_back
from xlfv.tables import Fault, Refused


@dataclass(frozen=True)
class Coming:
    """A month as the book is to hold it, and those before it as the book holds them; nothing is written.

    Attributes:
        head: the hash of the last line of the log that it was held against; empty where there is no book yet.
        ahead: the month.
        months: it and those before it, back to December or to the first in a row.
        versions: of all their tables.
        pieces: what is to be taken in.
        locked: the month is closed, so that nothing of it is recorded.
    """

    head: str
    ahead: Ahead = field(repr=False)
    months: Mapping[str, Month] = field(repr=False)
    versions: tuple[Version, ...] = field(repr=False)
    pieces: tuple[Piece, ...] = field(repr=False)
    locked: bool

    @property
    def month(self) -> Month:
        """The month itself."""
        return self.months[self.ahead.month]

    def valued(self, progress: Progress | None = None) -> Prepared:
        """The month valued, and rolled forward where there is one before it.

        Raises:
            Refused: it cannot be.
        """
        return prepare(self.ahead.month, self.months, self.versions, progress)


def coming(
    path: Path, against: Against, month: str, pieces: Sequence[Piece], progress: Progress | None = None
) -> Coming:
    """A month with tables that are to be taken in.

    Args:
        path: the book.
        against: it, open.
        month: ``YYYY-MM``.
        pieces: checked tables; none for the month as the book holds it.
        progress: told what is being read.

    Raises:
        Refused: there is no such month, or its tables do not make one.
    """
    known = against.known
    ahead = look_ahead(path, known, month, pieces)
    months = {month: month_of(ahead, month, list(ahead.versions), progress)}
    versions = list(ahead.versions)
    if against.book is not None:
        for before in months_back(month, [one for one in known.months() if known.trusts(one)])[:-1]:
            held = against.book.versions(before)
            months[before] = month_of(against.book, before, held, progress)
            versions += held
    return Coming(against.head, ahead, months, tuple(versions), tuple(pieces), known.locked(month))


@dataclass(frozen=True)
class Entered:
    """What was written to the book.

    Attributes:
        load: the number of the load; 0 where the book held all of it.
        run: the number of the run; 0 where none was recorded, as the month is closed.
        new: the run was recorded now.
    """

    load: int
    run: int
    new: bool

    @property
    def wrote(self) -> bool:
        """Anything was written."""
        return bool(self.load) or self.new

    def __str__(self) -> str:
        """What was done, for a person."""
        if not self.run:
            return "The book held all of it; the month is locked, so no run was recorded."
        if not self.load:
            run = f"run {self.run} is recorded" if self.new else f"run {self.run} stands"
            return f"The book held all of it; {run}."
        return f"In the book: load {self.load}, run {self.run}{'' if self.new else ' stands'}."


class HalfEntered(Refused):
    """A refusal after the month's tables were taken in: they stay."""


def enter(
    one: Coming, prepared: Prepared, why: str = "", accepted: Mapping[str, str] | None = None, user: str = ""
) -> Entered:
    """Take a month into the book and record its run, while the book is open once.

    Args:
        one: the month.
        prepared: it valued.
        why: the reason of a correction.
        accepted: warnings that a person accepted -> the reason.
        user: who; empty for the user of this machine.

    Raises:
        Refused: the book was written to meanwhile, or cannot be written; nothing was taken in.
        HalfEntered: the tables were taken in, and the run could not be recorded.
    """
    path, month = one.ahead.path, one.ahead.month
    if one.locked:
        return Entered(0, 0, False)
    if not one.ahead.fresh and not accepted:
        with reading(path) as book:
            refuse_moved(book, month, one.head)
            stands = standing_run(book, prepared)
        if stands:
            return Entered(0, stands, False)
    with entering(path, month, one.head, user) as kept:
        load = kept.commit(month, one.pieces, why=why, accepted=accepted).id if one.pieces else 0
        stands = standing_run(kept, prepared)
        try:
            return Entered(load, stands or record(kept, prepared), not stands)
        except Refused as refused:
            if not load:
                raise
            what = f"{month} is in the book (load {load}), and its run could not be recorded"
            raise HalfEntered([Fault(what, str(path), f"xlfv value --month {month}"), *refused.faults]) from refused
