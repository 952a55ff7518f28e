"""Where each call of ours stands in a workbook: formulas rewritten so that a host of values knows its cells.

A host that hands over values only cannot say which cell calls, nor where an argument stands. In a copy of the
workbook every call of ours is given one more argument in front, the key of its :class:`Site`::

    =XLFV_PV(Flows!B2:B361, A1)   becomes   =XLFV_PV("xlfv-site:17",Flows!B2:B361, A1)

Texts in formulas stay as they are, nested calls get a key each, and an argument left out becomes ``""`` (blank), since
the engine would hand it over as 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from xlfv.excel.explain import Address, parse_address
from xlfv.tables import Place

MARK = "xlfv-site:"
_KEY = re.compile(rf"{MARK}([0-9]{{1,7}})")
PREFIX = "XLFV_"


@dataclass(frozen=True)
class Token:
    """One piece of a formula: its text and what it is (``open``, ``close``, ``comma``, ``range``, ``text``, ...)."""

    text: str
    kind: str


Tokenize: TypeAlias = Callable[[str], list[Token]]


@dataclass(frozen=True)
class Site:
    """A call in a formula: the cell it stands in, and the places of its arguments (None where not a plain range)."""

    caller: str
    places: tuple[Place | None, ...]


@dataclass
class Sites:
    """All calls found in a workbook.

    Attributes:
        tokenize: splits a formula (with its ``=``) into tokens that join to the same text.
        names: defined name (small letters) -> what it refers to, as ``Sheet!$A$1:$B$9``.
        book: the workbook's name, for the addresses.
        called: names of the functions called.
    """

    tokenize: Tokenize
    names: Mapping[str, str]
    book: str
    found: list[Site] = field(default_factory=list)
    called: set[str] = field(default_factory=set)

    def get(self, argument: object) -> Site | None:
        """The site of a call's first argument; None when that is no key."""
        match = _KEY.fullmatch(argument) if isinstance(argument, str) else None
        return self.found[int(match[1])] if match and int(match[1]) < len(self.found) else None

    def rewrite(self, formula: str, sheet: str, row: int, column: int) -> str:
        """The formula (without ``=``) of a cell with a key in every call of ours."""
        if PREFIX not in formula.upper():
            return formula
        formula = unprefixed(formula)
        tokens = self.tokenize("=" + formula)
        text, end = self._join(tokens, 0, Address(self.book, sheet, row, column), top=True)
        return text if end == len(tokens) else formula

    def _join(self, tokens: list[Token], k: int, cell: Address, *, top: bool = False) -> tuple[str, int]:
        """Text of the tokens from ``k`` up to the comma or bracket that ends this argument."""
        out = []
        while k < len(tokens) and (top or tokens[k].kind not in ("comma", "close")):
            if tokens[k].kind == "open":
                text, k = self._call(tokens, k, cell)
                out.append(text)
            else:
                out.append(tokens[k].text)
                k += 1
        return "".join(out), k

    def _call(self, tokens: list[Token], k: int, cell: Address) -> tuple[str, int]:
        """Text of the call that opens at ``k``, and where it ends."""
        opening = tokens[k].text
        ours = opening.upper().startswith(PREFIX)
        arguments, places, k = [], [], k + 1
        while True:
            start = k
            text, k = self._join(tokens, k, cell)
            place, text = self._place(tokens[start:k], text, cell, opening)
            arguments.append(text if text.strip() or not ours else '""')
            places.append(place)
            if k >= len(tokens) or tokens[k].kind == "close":
                break
            k += 1
        end = tokens[k].text if k < len(tokens) else ""
        if not ours:
            return opening + ",".join(arguments) + end, k + 1
        if arguments == ['""'] and start == k:
            arguments, places = [], []
        self.called.add(opening[:-1].upper())
        self.found.append(Site(str(cell), tuple(places)))
        key = f'"{MARK}{len(self.found) - 1}"'
        return opening + ",".join([key, *arguments]) + end, k + 1

    def _place(self, tokens: list[Token], text: str, cell: Address, opening: str) -> tuple[Place | None, str]:
        """The place of an argument that is a plain range, and its text.

        An argument that holds a call of ours stands in the calling cell itself: its reason is kept there. The address
        in ``XLFV_WHY("Sheet!A1")`` becomes the reference itself, so that the engine calculates that cell first.
        """
        plain = [token for token in tokens if token.kind != "space"]
        if plain and plain[-1].text == "#":  # C1#: what spills from C1
            plain = plain[:-1]
        if len(plain) == 3 and plain[0].text.upper().endswith("ANCHORARRAY("):
            plain = plain[1:2]
        if any(token.kind == "open" and token.text.upper().startswith(PREFIX) for token in plain):
            return Place(cell.sheet, cell.row, cell.column, "sheet"), text
        if len(plain) != 1:
            return None, text
        if plain[0].kind == "range":
            return self._resolve(plain[0].text, cell.sheet), text
        if plain[0].kind == "text" and opening.upper() == "XLFV_WHY(":
            address = parse_address(plain[0].text[1:-1].replace('""', '"'))
            if address and address.book.casefold() in ("", self.book.casefold()):
                here = Address("", address.sheet, address.row, address.column)
                return Place(address.sheet, address.row, address.column, "sheet"), str(here)
        return None, text

    def _resolve(self, reference: str, sheet: str) -> Place | None:
        """The place of ``A1:B2``, ``Sheet!$A$1``, ``A:C`` or a defined name; None for anything else."""
        reference = self.names.get(reference.casefold(), reference)
        head, _, first = reference.partition(":")[0].rpartition("!")
        if re.fullmatch(r"\$?[A-Za-z]{1,3}", first):
            first += "1"
        address = parse_address(f"{head or _quoted(sheet)}!{first}")
        return Place(address.sheet, address.row, address.column, "sheet") if address else None


_TEXT_OR_ADDIN = re.compile(
    r'("(?:[^"]|"")*")|(?:\[\d+\]!|\'[^\']*xlfv\.xlam\'!|\bxlfv\.xlam!)(?=XLFV_)', re.IGNORECASE
)


def unprefixed(formula: str) -> str:
    """A formula whose calls of ours do not name the add-in: Excel saves them as ``[1]!XLFV_PV(...)``."""
    return _TEXT_OR_ADDIN.sub(lambda match: match[1] or "", formula)


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"
