"""A table of the book as a cell names it: ``months.duckdb!ICMB-2005-A/2009-12/loans``."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Of several marks the first counts after which a trust, a month and a table follow: folders and trusts may hold one.
_ADDRESS = re.compile(r"(.+?)!([^/\\]+)/([0-9]{4}-[0-9]{2})/([a-z][a-z0-9_]*)", re.DOTALL)


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
    """The table that a text names; None where it names none of a book."""
    match = _ADDRESS.fullmatch(text)
    return Address(match[1], match[2], match[3], match[4]) if match else None
