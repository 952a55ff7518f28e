"""Where months come from: a folder of files, or the book. Everything that values a month asks here."""

from __future__ import annotations

from pathlib import Path

from xlfv.months import folder
from xlfv.months.folder import Month, Progress
from xlfv.tables.files import is_file


def months_of(source: Path) -> list[str]:
    """All months that any trust has there, ascending.

    Args:
        source: the folder of all months, or the book.

    Raises:
        Refused: it cannot be read.
    """
    if is_file(source):
        from xlfv.months.book import months  # here, not above: a session without a book starts sooner

        return months.months_of(source)
    return folder.months_of(source)


def read_month(source: Path, month: str, progress: Progress | None = None) -> Month:
    """All trusts of a month, and the company's own tables, read and checked.

    Args:
        source: the folder of all months, or the book.
        month: ``YYYY-MM``.
        progress: told the name of each trust before it is read.

    Raises:
        Refused: with every fault of every trust; nothing is half read.
    """
    if is_file(source):
        from xlfv.months.book import months

        return months.read_month(source, month, progress)
    return folder.read_month(source, month, progress)
