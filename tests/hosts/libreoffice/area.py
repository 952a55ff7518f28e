"""A range of the engine of xlwings over LibreOffice. Runs inside LibreOffice."""

from __future__ import annotations

from typing import Any

from openpyxl.utils import get_column_letter
from xlwings import base_classes as bc

from tests.hosts.libreoffice import reading
from xlfv.tables import ErrorCell
from xlfv.tables.table import ERROR_CODES

_CONTENTS = 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: values, dates, texts, formulas
_FORMULAS = 16
_POINT = 2540 / 72  # hundredths of a millimetre
_PIXEL = 2540 / 96
_DIGIT, _MARGIN = 7, 5  # pixels of a digit, and of a column beside its digits
_LOOKS = (
    "CellBackColor", "CharColor", "CharFontName", "CharHeight", "CharPosture", "CharUnderline", "CharWeight",
    "HoriJustify", "IsTextWrapped", "NumberFormat", "ParaIndent", "ShrinkToFit", "VertJustify", "TopBorder",
    "BottomBorder", "LeftBorder", "RightBorder",
)  # fmt: skip

_copied: list[Any] = []


class Range(bc.Range):
    """A range."""

    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: Any, area: Any) -> None:
        self._sheet, self._area = sheet, area
        self._spelled = sheet.book.spelled
        self.options = None

    api = property(lambda self: self._area)
    sheet = property(lambda self: self._sheet)
    row = property(lambda self: self.api.RangeAddress.StartRow + 1)
    column = property(lambda self: self.api.RangeAddress.StartColumn + 1)
    coords = property(lambda self: (self.sheet.name, self.row, self.column, *self.shape))

    @property
    def shape(self) -> tuple[int, int]:
        where = self.api.RangeAddress
        return where.EndRow - where.StartRow + 1, where.EndColumn - where.StartColumn + 1

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __call__(self, row: int, column: int | None = None) -> Range:
        if column is None:
            row, column = divmod(row - 1, self.shape[1])
            row, column = row + 1, column + 1
        return self.sheet.range((self.row + row - 1, self.column + column - 1))

    @property
    def address(self) -> str:
        first, last = (self.row, self.column), (self.row + self.shape[0] - 1, self.column + self.shape[1] - 1)
        return ":".join(f"${get_column_letter(column)}${row}" for row, column in dict.fromkeys((first, last)))

    # What cells hold

    @property
    def raw_value(self) -> Any:
        rows = tuple(tuple(_cell(cell) for cell in row) for row in reading.grid(self.api))
        return rows[0][0] if len(self) == 1 else rows

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        for r, row in enumerate(self._rows(data)):
            for c, value in enumerate(row):
                _type(self.api.getCellByPosition(c, r), value)

    @property
    def formula(self) -> Any:
        values, spots = self.api.getDataArray(), self._formula_spots()
        rows = tuple(
            tuple(self._formula(r, c, text, values[r][c], (r, c) in spots) for c, text in enumerate(row))
            for r, row in enumerate(self.api.getFormulaArray())
        )
        return rows[0][0] if len(self) == 1 else rows

    @formula.setter
    def formula(self, data: Any) -> None:
        for r, row in enumerate(self._rows(data)):
            for c, text in enumerate(row):
                cell = self.api.getCellByPosition(c, r)
                if text.startswith("="):
                    cell.setTokens(self._spelled.tokens_of(text, cell))
                else:
                    _type(cell, text)

    def _formula_spots(self) -> set[tuple[int, int]]:
        """The cells that hold formulas: a text may look like one."""
        top, left = self.row - 1, self.column - 1
        areas = [each.RangeAddress for each in self.api.queryContentCells(_FORMULAS)]
        return {
            (row - top, column - left)
            for area in areas
            for row in range(area.StartRow, area.EndRow + 1)
            for column in range(area.StartColumn, area.EndColumn + 1)
        }

    def _formula(self, row: int, column: int, text: str, value: Any, is_formula: bool) -> str:
        """A cell's formula as Excel has it; of a constant, that constant in words."""
        if is_formula:
            return self._spelled.formula(self.api, row, column, text)
        return value if isinstance(value, str) else text

    @property
    def formula_array(self) -> str:
        return self.formula if len(self) == 1 else self.formula[0][0]

    @formula_array.setter
    def formula_array(self, text: str) -> None:
        first = self.api.getCellByPosition(0, 0)
        self.api.setArrayTokens(self._spelled.tokens_of(text, first, array=True))

    def _rows(self, data: Any) -> Any:
        rows = data if isinstance(data, (list, tuple)) else [[data]]
        assert (len(rows), len(rows[0])) == self.shape, "a block of another size"
        return rows

    def clear_contents(self) -> None:
        self.api.clearContents(_CONTENTS)

    # What they look like

    def copy(self, destination: Any = None) -> None:
        assert destination is None
        _copied[:] = [self.api.getPropertyValues(_LOOKS)]

    def paste(self, paste: str, **_: Any) -> None:
        assert paste == "formats"
        self.api.setPropertyValues(_LOOKS, _copied[0])

    @property
    def row_height(self) -> float:
        return round(self.api.Rows.getByIndex(0).Height / _POINT, 2)

    @row_height.setter
    def row_height(self, points: float) -> None:
        self.api.Rows.Height = round(points * _POINT)

    @property
    def column_width(self) -> float:
        return round((self.api.Columns.getByIndex(0).Width / _PIXEL - _MARGIN) / _DIGIT, 2)

    @column_width.setter
    def column_width(self, digits: float) -> None:
        self.api.Columns.Width = round((digits * _DIGIT + _MARGIN) * _PIXEL)


def _cell(cell: Any) -> Any:
    return ErrorCell(cell["error"]) if isinstance(cell, dict) else cell


def _type(cell: Any, value: Any) -> None:
    """Put a value into a cell as one types it: a text behind an apostrophe stays a text whatever it looks like."""
    if value is None:
        cell.clearContents(_CONTENTS)
    elif not isinstance(value, str):
        cell.setValue(float(value))
    elif value in ERROR_CODES:
        cell.setFormula(f"={value}" if value != "#N/A" else "=NA()")
    elif value.startswith("'"):
        cell.setString(value[1:])
    else:
        cell.setFormula(value)
