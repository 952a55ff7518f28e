"""Work apart from the thread that Excel waits on: one call after another, each asked now and then how far it is.

Excel waits for a cell inside a COM call and can neither show progress nor notice Esc meanwhile. So each call runs in
a worker thread; the caller waits a moment, and where that is not enough leaves with a ticket and asks again.
"""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from xlfv import progress


@dataclass
class Work:
    """One piece of work.

    Attributes:
        do: what is to be done; its result or exception is kept.
        words: what it is at.
        finish: what the thread that asks does with the result in the end; None where the result is all.
        said: what came of that; it is done once, however often it is asked.
        result: what came out, once finished.
        problem: what it ended with instead, once finished.
    """

    do: Callable[[], Any]
    words: str
    finish: Callable[[Any], str] | None = None
    said: str | None = None
    result: Any = None
    problem: BaseException | None = None
    _finished: threading.Event = field(default_factory=threading.Event)
    _stop: threading.Event = field(default_factory=threading.Event)

    def wait(self, seconds: float) -> bool:
        """Wait that long at most; True when it is finished."""
        return self._finished.wait(seconds)

    def stop(self) -> None:
        """Ask it to end at its next step."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """It was stopped before it was finished."""
        return isinstance(self.problem, progress.Stopped)

    def tell(self, words: str) -> None:
        """Note what it is at.

        Raises:
            Stopped: it was asked to stop.
        """
        if self._stop.is_set():
            raise progress.Stopped
        self.words = words

    def run(self) -> None:
        """Do it in this thread."""
        try:
            with progress.listening(self.tell):
                self.result = self.do()
        except BaseException as problem:  # also Stopped: it is for the caller to say what that means
            self.problem = problem
        finally:
            self._finished.set()


KEPT = 8  # finished pieces of work whose reply may be asked for once more


class Worker:
    """A thread that does one piece of work after another, and the tickets by which it is asked for.

    The last few that were collected are kept: Esc may interrupt Excel between a reply and its reading.
    """

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._tickets: dict[str, Work] = {}
        self._collected: OrderedDict[str, Work] = OrderedDict()
        self._count = 0
        self._thread: threading.Thread | None = None

    def start(
        self, do: Callable[[], Any], words: str, finish: Callable[[Any], str] | None = None, ticket: str = ""
    ) -> Work:
        """Put work in the queue; with nothing before it, it begins at once.

        Args:
            do, words, finish: see :class:`Work`.
            ticket: one that the caller chose; empty for one of our own, should it be needed.
        """
        work = Work(do, words, finish)
        if ticket:
            self._tickets[ticket] = work
        if self._thread is None:
            # A daemon: when Excel goes, the server must go, finished or not.
            self._thread = threading.Thread(target=self._run, name="xlfv-work", daemon=True)
            self._thread.start()
        self._queue.put(work)
        return work

    def ticket(self, work: Work) -> str:
        """A ticket to ask for the work by."""
        for ticket, known in self._tickets.items():
            if known is work:
                return ticket
        self._count += 1
        ticket = str(self._count)
        self._tickets[ticket] = work
        return ticket

    def find(self, ticket: str) -> Work | None:
        """The work of a ticket; None when it was collected long ago, or never was."""
        return self._tickets.get(ticket) or self._collected.get(ticket)

    def collect(self, work: Work) -> None:
        """Forget finished work, but for the last few."""
        for ticket in [ticket for ticket, known in self._tickets.items() if known is work]:
            self._collected[ticket] = self._tickets.pop(ticket)
        while len(self._collected) > KEPT:
            self._collected.popitem(last=False)

    def _run(self) -> None:
        while True:
            self._queue.get().run()
