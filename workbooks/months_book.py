"""The workbook over the sample's book of months: ``python -m workbooks.months_book`` writes it, ``python -m workbooks.build`` too.

The book itself is not kept here: ``xlfv demo --months`` makes it, and this workbook reads it where it lies beside.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from xlfv.excel.monthly import content, plan_of
from xlfv.jobs.sample_book import make_sample_book
from xlfv.months.book import log
from xlfv.months.book.where import NAME

SAMPLE = Path("workbooks/sample")
BOOK = Path("workbooks/months.xlsm")
PICTURE = Path("workbooks/months.png")
AT = dt.datetime(2010, 1, 11, 9, 0, tzinfo=dt.UTC)  # when the sample is said to be loaded


@contextmanager
def sample_book() -> Iterator[Path]:
    """The sample's book in a folder of its own, its times those of the sample; the same in every build."""
    with tempfile.TemporaryDirectory() as place, mock.patch.object(log, "utc_now", return_value=AT):
        yield make_sample_book(Path(place) / NAME, SAMPLE, print)


def contents() -> tuple[bytes, bytes]:
    """The workbook, and a copy with values alone to be drawn."""
    with sample_book() as book:
        plan = plan_of(book, "", book.parent)
        return content(plan, BOOK.name, book.parent), content(plan, BOOK.name, book.parent, "all")


def main() -> bytes:
    """Write the workbook; gives the copy with values alone."""
    whole, plain = contents()
    BOOK.write_bytes(whole)
    return plain


if __name__ == "__main__":
    main()
