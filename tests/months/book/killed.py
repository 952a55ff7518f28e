"""A process that works on a book until it is killed, and says before and after each act what it does and what came of it."""

from __future__ import annotations

import random
from multiprocessing.connection import Connection

from tests.months.book.small import pieces, run, signature
from xlfv.months.book.backup import backup
from xlfv.months.book.file import writing
from xlfv.months.book.pieces import Piece
from xlfv.months.book.write import Writer

MONTHS = ("2009-11", "2009-12")


def work(path: str, seed: int, told: Connection) -> None:
    """Load, correct, lock, unlock, value, sign and back up, until killed.

    Sends ``("begin", lines)`` before each act, ``("done", lines, head)`` after it: how many lines the log has.
    """
    draw = random.Random(seed)
    with writing(path, "worker") as book:
        lines = len(book.lines())
    while True:
        told.send(("begin", lines))
        if draw.random() < 0.25:
            backup(path)
        else:
            with writing(path, "worker") as book:
                for _ in range(draw.choice((1, 2, 4))):
                    act(book, draw)
                    head = book.last_line()
                    assert head is not None
                    lines = head.number
                    told.send(("done", lines, head.hash))


def _some(draw: random.Random) -> list[Piece]:
    return pieces(draw.randrange(10**6), draw.choice((3, 3, 400)), ("T-1",))[: draw.choice((1, 3))]


def act(book: Writer, draw: random.Random) -> None:
    """One act that writes one line."""
    month = draw.choice(MONTHS)
    if month not in book.months():
        book.commit(month, _some(draw))
    elif book.locked(month):
        book.unlock(month, "to go on")
    else:
        kind = draw.choice(("load", "load", "lock", "run", "sign"))
        if kind == "load":
            book.commit(month, _some(draw), why="another")
        elif kind == "lock":
            book.lock(month)
        elif kind == "run":
            book.record(**run((1,), draw.randrange(10**6), month))
        else:
            book.sign(signature(f"item {draw.random()}", month))
