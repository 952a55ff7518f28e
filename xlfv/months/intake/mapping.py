"""A sender's mapping: how one kind of file is read; a small TOML file that says their words and ours.

::

    sender = "Alpha Servicing"
    file = "alpha_loans_*.csv"        # a plain name; one * stands for what changes each month
    table = "loans"
    dates = "MM/DD/YYYY"
    percent = ["Note Rate"]           # 6.25 is read as 0.0625
    leave_out = ["Borrower"]
    since = "2009-01"

    [columns]                         # their header = our column; trust and as_of are read and checked
    "Deal" = "trust"
    "Loan No" = "loan_id"

    [codes.status]                    # their code = our word
    "C" = "current"

Nothing in it is ever executed; it names no folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from xlfv.tables.files import Layout

STAR = "*"
ENDING = ".toml"


@dataclass(frozen=True)
class Mapping:
    """How one kind of a sender's files is read.

    Attributes:
        sender: who sends it.
        file: its name, with one ``*`` at most.
        table: which of our tables it holds.
        sheet: of a workbook; blank: the first.
        layout: separator, encoding and row of headers.
        thousands, decimal: signs in numbers; ``thousands`` blank: none.
        dates: how dates are written, in YYYY, YY, MM, MON and DD, or ``excel`` for serial numbers; blank: 2009-12-31.
        date_forms: the same for single columns, by their header.
        trust: whose the file is; ``*``: what the star of ``file`` stands for; blank: a column says it.
        trusts: their name of a trust -> ours.
        columns: their header -> our column.
        percent: their headers of columns in percent.
        codes: our column -> their code -> our word.
        constants: our column -> what stands in all of its cells.
        leave_out: their headers that are not read.
        since, until: first and last month in which it holds; blank: always.
        name: the mapping's own file, for messages.
        remarks: what a guess is not sure of, by place, to be written beside it.
    """

    sender: str
    file: str
    table: str
    sheet: str = ""
    layout: Layout = field(default_factory=Layout)
    thousands: str = ""
    decimal: str = "."
    dates: str = ""
    date_forms: MappingOf[str, str] = field(default_factory=dict)
    trust: str = ""
    trusts: MappingOf[str, str] = field(default_factory=dict)
    columns: MappingOf[str, str] = field(default_factory=dict)
    percent: tuple[str, ...] = ()
    codes: MappingOf[str, MappingOf[str, str]] = field(default_factory=dict)
    constants: MappingOf[str, Any] = field(default_factory=dict)
    leave_out: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    name: str = ""
    remarks: MappingOf[str, str] = field(default_factory=dict)

    def fits(self, file: str, month: str) -> bool:
        """True for a file's name in a month in which the mapping holds."""
        return self.holds(month) and self.names(file)

    def holds(self, month: str) -> bool:
        """True for a month from ``since`` to ``until``."""
        return (not self.since or self.since <= month) and (not self.until or month <= self.until)

    def names(self, file: str) -> bool:
        """True for a file's name as the mapping has it, capitals or not."""
        return fnmatchcase(file.lower(), re.sub(r"([?\[])", r"[\1]", self.file.lower()))

    def starred(self, file: str) -> str:
        """What the star stands for in a file's name."""
        before, _, after = self.file.partition(STAR)
        return file[len(before) : len(file) - len(after)]


def mapping_files(folder: Path) -> list[Path]:
    """The mappings of a folder, by name; none where there is no such folder."""
    return sorted(folder.glob("*" + ENDING)) if folder.is_dir() else []
