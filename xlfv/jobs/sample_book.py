"""The sample's thirteen months in a book of their own: loaded, valued and rolled forward, all but the last closed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from xlfv.tables import Fault, Refused


def make_sample_book(path: Path, data: Path, tell: Callable[[str], None], user: str = "sample") -> Path:
    """Make the book.

    Args:
        path: its file, which must not be there.
        data: the folder of the sample's months.
        tell: told each month.
        user: who is said to have done it.

    Raises:
        Refused: something stands there.
    """
    from xlfv.months.book.file import create, reading, writing
    from xlfv.months.intake.stage import accept, stage
    from xlfv.months.runs import ROLL, VALUE, value_and_record
    from xlfv.months.source import months_of

    if path.exists():
        raise Refused(Fault(f"{path} stands there already", todo="take it away, or name another folder with --out"))
    create(path, user)
    months = months_of(data)
    for month in months:
        tell(month)
        with reading(path) as known:
            staged = stage(data, month, known)
        with writing(path, user) as book:
            book.commit(month, staged.pieces, accepted=accept(staged, {"all": "the sample is made so"}))
        value_and_record(path, month, kind=VALUE if month == months[0] else ROLL, user=user)
    with writing(path, user) as book:
        for month in months[:-1]:
            book.lock(month)
    return path
