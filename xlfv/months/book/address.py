"""A table of the book as a cell names it: ``months.duckdb!ICMB-2005-A/2009-12/loans``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MONTH, _TABLE = re.compile(r"[0-9]{4}-[0-9]{2}"), re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Address:
    """A table of a book.

    Attributes:
        book: the path of its file.
        trust: its name, or that of tables that belong to no trust.
        month: ``YYYY-MM``.
        table: which one.
    """

    book: str
    trust: str
    month: str
    table: str

    def __str__(self) -> str:
        """As a cell holds it."""
        return f"{self.book}!{self.trust}/{self.month}/{self.table}"


def parse_address(text: str) -> Address | None:
    """The table that a text names; None where it names none of a book.

    Of several marks the first in the file's name counts: folders and trusts may hold one.
    """
    head, *rest = text.rsplit("/", 2)
    if len(rest) != 2 or not _MONTH.fullmatch(rest[0]) or not _TABLE.fullmatch(rest[1]):
        return None
    cut = max(head.rfind("/"), head.rfind("\\")) + 1
    file, mark, trust = head[cut:].partition("!")
    return Address(head[:cut] + file, trust, rest[0], rest[1]) if mark and file and trust else None
