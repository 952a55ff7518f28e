"""How much is read at most. Whatever is larger is refused whole, in words, before it fills the memory.

A trust is some thousands of loans; the limits stand far above any real month and far below what a machine cannot hold.
"""

from __future__ import annotations

from typing import Final

MOST_ROWS: Final = 1_048_576
"""Rows of a table: those of a sheet in Excel."""

MOST_COLUMNS: Final = 16_384
"""Columns of a table: those of a sheet in Excel."""

MOST_CELLS: Final = 10_000_000
"""Cells of a table, up to the last one filled in each row: a tape of 100,000 loans with 100 columns. They take about 1 GB."""

LONGEST_CELL: Final = 32_767
"""Characters of a cell: those of a cell in Excel."""

LONGEST_LINE: Final = 1 << 22
"""Characters of a line of CSV: 16,384 columns of 256 characters each."""

LONGEST_PATH: Final = 4_096
"""Characters of a path: what Linux takes; Windows takes 260 unless told otherwise."""

MOST_FILE: Final = 256 << 20
"""Bytes of a file as it lies on disk: 10 million cells of CSV are about 150 MB."""

MOST_UNPACKED: Final = 512 << 20
"""Bytes of a .gz or a workbook unpacked: 10 million cells are about 400 MB of a sheet's XML."""

MOST_PART: Final = 256 << 20
"""Bytes of one part of a workbook unpacked, the sheet's own aside: texts and styles are held in memory whole."""

MOST_RATIO: Final = 200
"""Times that a file may grow unpacked: tapes shrink to a fifth or a fiftieth, a bomb to a thousandth."""

RATIO_FROM: Final = 32 << 20
"""Bytes unpacked below which the ratio does not matter: a column of one number shrinks to a thousandth too, and harms nobody."""

MOST_MEMBERS: Final = 10_000
"""Packed parts of a .gz, one after another: 500 MB packed in blocks of 64 kB have 8,000."""

MOST_PARTS_BYTES: Final = 1 << 20
"""Bytes of the list of a workbook's parts: some 10,000 parts, of which a large workbook has 100."""

LONGEST_PROLOG: Final = 1 << 16
"""Bytes of a part before its first element: a workbook has a line there."""


def megabytes(size: int) -> str:
    """A limit as messages say it."""
    return f"{size >> 20:,} MB"
