"""Taking a month into the book: held against it as it stands, and entered only where it still stands so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from xlfv.months.book.file import create, reading, writing
from xlfv.months.book.pieces import Known, Nothing
from xlfv.months.book.read import Reader
from xlfv.months.book.write import Writer
from xlfv.months.intake.found import MAPPINGS
from xlfv.months.intake.stage import Staged, stage
from xlfv.tables import Fault, Refused

_NONE: Mapping[str, str] = MappingProxyType({})


def mappings_folder(folder: Path, book: Path) -> Path | None:
    """The folder of senders' mappings: in the folder of their files, else beside the book; None where there is none."""
    near = (folder / MAPPINGS, book.parent / MAPPINGS)
    return next((each for each in near if each.is_dir()), None)


@dataclass(frozen=True)
class Against:
    """The book while a month is held against it.

    Attributes:
        book: it, open for reading; None where there is none yet.
        head: the hash of the last line of its log; empty where there is no book yet.
    """

    book: Reader | None
    head: str

    @property
    def known(self) -> Known:
        """What it holds."""
        return self.book if self.book is not None else Nothing()

    def staged(
        self,
        folder: Path,
        month: str,
        mappings: Path | None = None,
        gone: Mapping[str, str] = _NONE,
        progress: Callable[[str], None] | None = None,
        *,
        to_look: bool = False,
    ) -> Staged:
        """A month's files as :func:`xlfv.months.intake.stage.stage` finds them.

        Args:
            folder, month, mappings, gone, progress: as there.
            to_look: as if the month were open, to see whether its files are what the book holds.
        """
        known = _AsIfOpen(self.known) if to_look else self.known
        return stage(folder, month, known, mappings=mappings, gone=gone, progress=progress)


class _AsIfOpen:
    """What a book holds, as if no month were closed."""

    def __init__(self, known: Known) -> None:
        self.months, self.trusts, self.versions = known.months, known.trusts, known.versions
        self.table, self.taken, self.loads = known.table, known.taken, known.loads

    def locked(self, month: str) -> bool:
        """Never."""
        return False


@contextmanager
def held_against(book: Path) -> Iterator[Against]:
    """The book, open for reading as long as something is held against it; of one that is not there yet, nothing.

    Raises:
        Refused: it cannot be read.
    """
    if not book.exists():
        yield Against(None, "")
        return
    with reading(book) as kept:
        yield Against(kept, kept.head())


@contextmanager
def entering(book: Path, month: str, head: str, user: str = "") -> Iterator[Writer]:
    """The book, open for writing as it was when a month was held against it; made where there was none.

    Raises:
        Refused: it was written to meanwhile, or cannot be written.
    """
    if not head:
        create(book, user)
    try:
        with writing(book, user) as kept:
            if head:
                refuse_moved(kept, month, head)
            yield kept
    except BaseException:
        if not head:
            _unmake(book)
        raise


def refuse_moved(book: Reader, month: str, head: str) -> None:
    """The book must be the one that a month was held against.

    Raises:
        Refused: it was written to since.
    """
    if book.head() != head:
        what = f"{book.path.name} was written to while {month} was checked against it"
        raise Refused(Fault(what, str(book.path), "load it again"))


def _unmake(book: Path) -> None:
    """Take away a book that was made for a month and into which nothing was taken."""
    with suppress(Refused, OSError):
        with reading(book) as kept:
            empty = not kept.months()
        if empty:
            book.unlink()
