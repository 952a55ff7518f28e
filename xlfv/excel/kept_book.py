"""The book of months as cells ask it: the path they give, and answers kept while its file is the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from xlfv.tables.kept import kept

if TYPE_CHECKING:
    pass

T = TypeVar("T")
_MOST = 256  # answers


def ask(book: Path, question: Callable[..., T], *about: Hashable) -> T:
    """The answer to a question put to the open book; the file is opened only where it changed since the same was asked.

    Args:
        book: its file.
        question: called with the open book and what it is about.
        about: of what.

    Raises:
        Refused: the book cannot be read, or as the question does.
    """
    return _asked(book, stamp(book), question, about)  # type: ignore[no-any-return]


@kept(_MOST, key=lambda book, stamp, question, about: (str(book), stamp, question, about))
def _asked(book: Path, stamp: Hashable, question: Callable[..., Any], about: tuple[Hashable, ...]) -> Any:
    from xlfv.months.book.file import reading  # here, not above: a session without a book starts sooner

    with reading(book) as opened:
        return question(opened, *about)


def stamp(book: Path) -> Hashable:
    """What changes whenever the book's file is written: it, and what is not yet folded into it."""
    found: list[Hashable] = []
    for file in (book, book.with_name(book.name + ".wal")):
        try:
            status = file.stat()
        except OSError:
            found.append(None)
        else:
            found.append((status.st_mtime_ns, status.st_size, status.st_ino))
    return tuple(found)
