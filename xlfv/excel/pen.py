"""A workbook of its own: sheets of formulas that keep the values they had when last calculated, written twice for that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

from xlfv.excel import handles
from xlfv.excel.book.buttons import macro_name, project_file
from xlfv.excel.book.page import Exact, at, quoted, span
from xlfv.excel.book.styles import FONT, HEAD, NOTE, RIGHT, SECTION, TEXT, Style, properties
from xlfv.excel.codec import serial
from xlfv.excel.hosts.headless import Recalculated, recalculate
from xlfv.tables import ErrorCell

CALCULATION = 191029  # the engine of today's Excel: an older number would have it recalculate on opening
FUNCTIONS = "XLFV_"
__all__ = ["HEAD", "NOTE", "RIGHT", "SECTION", "TEXT", "Pen", "Pens", "Style", "at", "quoted", "span", "written"]


class Pens:
    """The workbook being written.

    Attributes:
        answers: the values of its formulas; None while they are not known.
        plain: which formulas are written as values: none, those that call ``ours``, or ``all``.
    """

    def __init__(self, title: str, created: dt.date, answers: Recalculated | None, plain: str = "") -> None:
        self.answers, self.plain = answers, plain
        self._buffer = BytesIO()
        options = {"in_memory": True, "default_format_properties": {"font_name": FONT, "font_size": 10}}
        self.workbook = xlsxwriter.Workbook(self._buffer, options)
        self.workbook.set_properties(
            {"title": title, "author": "xlfv", "created": dt.datetime(created.year, created.month, created.day)}
        )
        self.workbook.set_calc_mode("auto", CALCULATION)
        self.workbook.calc_on_load = False  # opened without the functions, it must keep the numbers it was written with
        self._formats: dict[Style, Any] = {}

    def sheet(self, name: str) -> Pen:
        """A new sheet."""
        return Pen(self, self.workbook.add_worksheet(name), name)

    def style(self, style: Style) -> Any:
        """The workbook's format of a style, made once."""
        if style not in self._formats:
            self._formats[style] = self.workbook.add_format(properties(style))
        return self._formats[style]

    def name(self, name: str, refers_to: str) -> None:
        """Give a name to a range."""
        self.workbook.define_name(name, "=" + refers_to)

    def with_macros(self) -> None:
        """Carry the VBA project of the buttons, so that a sheet may have one."""
        self.workbook.add_vba_project(str(project_file()))
        self.workbook.set_vba_name("ThisWorkbook")

    def content(self) -> bytes:
        """Finish the workbook and give its bytes."""
        self.workbook.close()
        return self._buffer.getvalue()


class Pen:
    """A sheet being written; rows and columns count from 0."""

    def __init__(self, pens: Pens, sheet: Any, name: str) -> None:
        self.pens, self.sheet, self.title = pens, sheet, name

    def ref(self, row: int, column: int, last_row: int | None = None, last_column: int | None = None) -> str:
        """``'Sheet'!$A$1`` or ``'Sheet'!$A$1:$B$9``."""
        return f"{quoted(self.title)}!{span(row, column, last_row, last_column)}"

    def name(
        self, name: str, row: int, column: int, last_row: int | None = None, last_column: int | None = None
    ) -> None:
        """Give a range a name."""
        self.pens.name(name, self.ref(row, column, last_row, last_column))

    def answer(self, row: int, column: int) -> Any:
        """The value that a formula's cell had; None where it is blank or not known."""
        if self.pens.answers is None:
            return None
        found = self.pens.answers.value(self.title, row + 1, column + 1)
        return None if found == "" else found

    def put(self, row: int, column: int, value: Any, style: Style = TEXT) -> None:
        """A value: text, number, date, or nothing."""
        form = self.pens.style(style)
        if isinstance(value, dt.date):
            value = serial(value)
        if isinstance(value, ErrorCell):
            value = None if self.pens.plain == "all" and value == "#N/A" else str(value)
        if value is None:
            self.sheet.write_blank(row, column, None, form)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, value, form)
        else:
            self.sheet.write_number(row, column, Exact(value), form)

    def formula(self, row: int, column: int, formula: str, style: Style = TEXT) -> None:
        """A formula for one cell, with its value."""
        if self._as_value(formula):
            self.put(row, column, self.answer(row, column), style)
        else:
            self.sheet.write_formula(row, column, formula, self.pens.style(style), self._cached(row, column))

    def spill(
        self,
        row: int,
        column: int,
        formula: str,
        height: int,
        looks: Sequence[Style],
        head: Style | Sequence[Style] = RIGHT,
    ) -> None:
        """A formula whose result fills a range: ``height`` rows, its header among them, and a column a look.

        The header looks as ``head`` says: one look, or a column each.
        """
        heads = [head] * len(looks) if isinstance(head, Style) else head
        last = (row + height - 1, column + len(looks) - 1) if self.pens.answers is not None else (row, column)
        whole = not self._as_value(formula)
        if whole:
            form = self.pens.style(heads[0])
            self.sheet.write_dynamic_array_formula(row, column, *last, formula, form, self._cached(row, column))
        for r in range(row, last[0] + 1):
            for c in range(column, last[1] + 1):
                if (r, c) != (row, column) or not whole:
                    self.put(r, c, self.answer(r, c), heads[c - column] if r == row else looks[c - column])

    def _as_value(self, formula: str) -> bool:
        return self.pens.plain == "all" or (self.pens.plain == "ours" and FUNCTIONS in formula)

    def _cached(self, row: int, column: int) -> Any:
        value = self.answer(row, column)
        return "" if value is None else str(value) if isinstance(value, ErrorCell) else value

    def heads(self, row: int, column: int, titles: Sequence[str], numbers_from: int = 99) -> None:
        """Titles of columns; those from ``numbers_from`` stand over numbers."""
        for k, title in enumerate(titles):
            self.put(row, column + k, title, RIGHT if k >= numbers_from else HEAD)

    def section(self, row: int, words: str, width: int, column: int = 0) -> None:
        """A heading with a line under it."""
        for k in range(width):
            self.put(row, column + k, words if k == 0 else None, SECTION)

    def link(self, row: int, column: int, sheet: str, words: str | None = None, cell: str = "A1") -> None:
        """A link to a cell of another sheet."""
        self.formula(row, column, f'=HYPERLINK("#{quoted(sheet)}!{cell}","{words or sheet}")', Style(role="link"))

    def check(self, row: int, column: int, passes: str) -> None:
        """A check: 0 where the condition ``passes`` holds, else 1."""
        self.formula(row, column, f"=IF(ISERROR({passes}),1,IF({passes},0,1))", Style("check", align="center"))

    def button(self, row: int, column: int) -> None:
        """The button that explains the selected cell."""
        place = {
            "macro": macro_name("explain_cell"),
            "caption": "Explain cell",
            "width": 150,
            "height": 22,
            "x_offset": 2,
        }
        self.sheet.insert_button(row, column, place)

    def top(self, title: str, words: str) -> None:
        """Title and what the sheet shows."""
        self.put(0, 0, title, Style(role="title"))
        self.put(1, 0, words, NOTE)

    def layout(
        self, widths: Sequence[float], freeze: tuple[int, int], repeat: tuple[int, int] | None = None, *, tall: int = 0
    ) -> None:
        """Column widths, frozen panes, and how it prints: landscape, one page wide."""
        for k, width in enumerate(widths):
            self.sheet.set_column(k, k, width, self.pens.style(Style()))
        self.sheet.freeze_panes(*freeze)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(1)
        self.sheet.set_margins(0.5, 0.5, 0.5, 0.7)
        self.sheet.fit_to_pages(1, tall)
        self.sheet.set_zoom(85)
        if repeat:
            self.sheet.repeat_rows(*repeat)
        self.sheet.set_footer("&L&8&A&C&8page &P of &N")

    def pages(self, scale: int, breaks: Sequence[int]) -> None:
        """Print to a scale (percent) instead of one page wide, a new page before each of some rows."""
        self.sheet.set_print_scale(scale)
        self.sheet.set_h_pagebreaks(list(breaks))


def written(
    draft: Callable[[Recalculated | None, str], bytes], name: str, plain: str = "", folder: Path | None = None
) -> bytes:
    """A workbook written once to be calculated, and once more with the values that came out.

    Args:
        draft: writes it, given the values of its formulas and which of them stand as values.
        name: its name in addresses.
        plain: as in :class:`Pens`.
        folder: where files named by a relative path are looked for.
    """
    with handles.memory_only():
        answers = recalculate(draft(None, ""), book=name, folder=folder)
    return draft(answers, plain)
