"""Calc's formulas spelled as Excel spells them, both ways, by Calc's own parser. Runs inside LibreOffice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.hosts.libreoffice.formulas import Formulas, in_excel

_IN_FILES = 3  # com.sun.star.sheet.AddressConvention.XL_OOX: as files of Excel spell formulas


class Spelled:
    """The formulas of a document."""

    def __init__(self, document: Any, book: str) -> None:
        self._document = document
        self._parser = document.createInstance("com.sun.star.sheet.FormulaParser")
        self._parser.CompileEnglish = True
        self._parser.FormulaConvention = _IN_FILES
        self._home = document.Sheets.getByIndex(0).getCellByPosition(0, 0).CellAddress
        self._formulas = Formulas(book, _Names(self), {})
        self._known: dict[str, str] = {}

    def tokens(self, formula: str, home: Any = None) -> Any:
        """Calc's tokens of a formula that already is as Calc can bind it."""
        return self._parser.parseFormula(formula.removeprefix("="), home or self._home)

    def tokens_of(self, formula: str, cell: Any, *, array: bool = False) -> Any:
        """Calc's tokens of a formula as Excel has it, for a cell."""
        home = cell.CellAddress
        sheet, row, column = cell.Spreadsheet.Name, home.Row + 1, home.Column + 1
        bound = self._formulas.of_cell(formula.removeprefix("="), sheet, row, column, array=array)
        return self.tokens(bound, home)

    def text_of(self, tokens: Any, home: Any = None) -> str:
        """The formula of tokens as Excel has it."""
        return "=" + in_excel(self._parser.printFormula(tokens, home or self._home))

    def formula(self, area: Any, row: int, column: int, theirs: str) -> str:
        """A cell's formula as Excel has it.

        Args:
            area: a range.
            row, column: the cell in it, from 0.
            theirs: the cell's formula as Calc tells it; equal ones are looked up once.
        """
        if theirs not in self._known:
            cell = area.getCellByPosition(column, row)
            tokens = cell.getTokens() if theirs.startswith("=") else _array_of(cell).getArrayTokens()
            self._known[theirs] = self.text_of(tokens, cell.CellAddress)
        return self._known[theirs]


def _array_of(cell: Any) -> Any:
    """The range of the array formula that a cell is part of."""
    cursor = cell.Spreadsheet.createCursorByRange(cell)
    cursor.collapseToCurrentArray()
    return cursor


class _Names(Mapping[str, str]):
    """The document's names as they are now: small letters -> what they refer to."""

    def __init__(self, spelled: Spelled) -> None:
        self._spelled = spelled

    def _found(self) -> dict[str, Any]:
        ranges = self._spelled._document.NamedRanges
        return {name.casefold(): ranges.getByName(name) for name in ranges.ElementNames}

    def __getitem__(self, name: str) -> str:
        ranges = self._spelled._document.NamedRanges
        known = next((each for each in ranges.ElementNames if each.casefold() == name), None)
        if known is None:
            raise KeyError(name)
        return self._spelled.text_of(ranges.getByName(known).getTokens()).removeprefix("=")

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())
