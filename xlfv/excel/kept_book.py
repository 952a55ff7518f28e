"""The book of months as cells ask it: answers are kept while its file is the same."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
_MOST = 256  # answers of a book that are kept, the last ones


class _Answers:
    """What a book answered, as long as its file is the same: with another file all of it is forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[str, tuple[Hashable, OrderedDict[Hashable, Any]]] = {}

    def find(self, book: str, now: Hashable, key: Hashable) -> tuple[bool, Any]:
        """Whether an answer is kept, and the answer."""
        with self._lock:
            stamped, answers = self._of.get(book, (None, OrderedDict()))
            if stamped != now or key not in answers:
                return False, None
            answers.move_to_end(key)
            return True, answers[key]

    def keep(self, book: str, now: Hashable, key: Hashable, answer: Any) -> None:
        """Keep an answer that the file gave while it was as ``now`` says."""
        with self._lock:
            stamped, answers = self._of.get(book, (None, OrderedDict()))
            if stamped != now:
                self._of[book] = (now, answers := OrderedDict())
            answers[key] = answer
            while len(answers) > _MOST:
                answers.popitem(last=False)


_answers = _Answers()


def ask(book: Path, question: Callable[..., T], *about: Hashable) -> T:
    """The answer to a question put to the open book; the file is opened only where it changed since the same was asked.

    Args:
        book: its file.
        question: called with the open book and what it is about.
        about: of what.

    Raises:
        Refused: the book cannot be read, or as the question does; that is not kept.
    """
    now, key = stamp(book), (question, about)
    known, answer = _answers.find(str(book), now, key)
    if not known:
        from xlfv.months.book.file import reading  # here, not above: a session without a book starts sooner

        with reading(book) as opened:
            answer = question(opened, *about)
        _answers.keep(str(book), now, key, answer)
    return answer  # type: ignore[no-any-return]


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
