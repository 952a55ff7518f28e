"""What long work is at, told to whoever listens, and the way in which it is stopped.

Work that can take seconds calls :func:`tell` at its steps. Where nobody listens that costs nothing; a host that shows
a status bar listens, and may stop the work there by raising :class:`Stopped`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_here = threading.local()


class Stopped(BaseException):
    """The user stopped the work; nothing was written."""


def tell(words: str) -> None:
    """Say what is being done now, in a few words for a status bar.

    Raises:
        Stopped: the listener was asked to stop the work.
    """
    listener: Callable[[str], None] | None = getattr(_here, "listener", None)
    if listener is not None:
        listener(words)


@contextmanager
def listening(listener: Callable[[str], None]) -> Iterator[None]:
    """While it lasts, what this thread tells goes to ``listener``."""
    before = getattr(_here, "listener", None)
    _here.listener = listener
    try:
        yield
    finally:
        _here.listener = before
