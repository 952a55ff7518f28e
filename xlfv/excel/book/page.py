"""One sheet: a pen that writes texts as texts and formulas with the values they had when last calculated."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlfv.excel.book import styles
from xlfv.excel.book.styles import HEAD, NOTE, SECTION, TEXT, Style
from xlfv.excel.codec import cell_name, serial
from xlfv.tables import ErrorCell

if TYPE_CHECKING:
    from xlfv.excel.book.frame import Book

FIRST = 6  # rows (from 0) above hold the title
LONGEST = 32_000
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Exact(float):
    """A number that is written with all its digits; XlsxWriter's own 16 do not always read back the same."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def clean(text: str) -> str:
    """A text that any spreadsheet can hold: no control characters, not too long, never taken for markup."""
    text = _UNWRITABLE.sub(" ", text)[:LONGEST]
    return text + " " if text.startswith("<r>") and text.endswith("</r>") else text


class Page:
    """A sheet being written. Rows and columns count from 0 here; :meth:`ref` gives them as a sheet names them."""

    def __init__(self, book: Book, sheet: Any, name: str) -> None:
        self.book = book
        self.sheet = sheet
        self.name = name
        self.check_cells: list[str] = []
        self._wrapped: dict[int, list[tuple[int, str, Style]]] = {}

    # Where things stand

    def ref(self, row: int, column: int, last_row: int | None = None, last_column: int | None = None) -> str:
        """``'Sheet'!$A$1`` or ``'Sheet'!$A$1:$B$9``."""
        return f"{quoted(self.name)}!{span(row, column, last_row, last_column)}"

    def name_range(
        self, name: str, row: int, column: int, last_row: int | None = None, last_column: int | None = None
    ) -> None:
        """Give a range a name."""
        self.book.workbook.define_name(name, "=" + self.ref(row, column, last_row, last_column))

    # Cells

    def text(self, row: int, column: int, text: object, style: Style = TEXT) -> None:
        """A text, always as a text: ``=1+1`` stays what it is."""
        words = clean(str(text))
        if style.wrap or style.role == "head":
            self._wrapped.setdefault(row, []).append((column, words, style))
        if words:
            self.sheet.write_string(row, column, words, self.book.styles.get(style))
        else:
            self.sheet.write_blank(row, column, None, self.book.styles.get(style))

    def value(self, row: int, column: int, value: Any, style: Style = TEXT) -> None:
        """A value of any kind of cell."""
        form = self.book.styles.get(style)
        if value is None:
            self.sheet.write_blank(row, column, None, form)
        elif isinstance(value, bool):
            self.sheet.write_boolean(row, column, value, form)
        elif isinstance(value, dt.date):
            self.sheet.write_number(row, column, float(serial(value)), form)
        elif isinstance(value, (int, float)):
            self.sheet.write_number(row, column, Exact(value), form)
        else:
            self.text(row, column, value, style)

    def formula(self, row: int, column: int, formula: str, style: Style = TEXT) -> None:
        """A formula for one cell, with its value."""
        value = self.book.answer(self.name, row, column)
        if self.book.plain:
            self.value(row, column, value, style)
            return
        self.sheet.write_formula(row, column, formula, self.book.styles.get(style), _cached(value))

    def spill(
        self, row: int, column: int, formula: str, height: int, width: int, looks: Sequence[Style], head: Style = HEAD
    ) -> None:
        """A formula whose result fills a range, with all its values.

        Args:
            row, column: its first cell.
            formula: the formula.
            height, width: size of the result, header included.
            looks: the look of each column's body.
            head: that of its first row.
        """
        known = self.book.answered
        last = (row + height - 1, column + width - 1) if known else (row, column)
        if not self.book.plain:
            first = _cached(self.book.answer(self.name, row, column))
            form = self.book.styles.get(head)
            self.sheet.write_dynamic_array_formula(row, column, *last, formula, form, first)
        for r in range(row, last[0] + 1):
            for c in range(column, last[1] + 1):
                if (r, c) != (row, column) or self.book.plain:
                    style = head if r == row else looks[c - column]
                    self.value(r, c, self.book.answer(self.name, r, c), style)

    def column_spill(self, row: int, column: int, formula: str, height: int, look: Style, head: Style = HEAD) -> None:
        """A formula whose result fills one column."""
        self.spill(row, column, formula, height, 1, [look], head)

    def link(self, row: int, column: int, sheet: str, text: str | None = None, cell: str = "A1") -> None:
        """A link to another sheet."""
        form = self.book.styles.get(Style(role="link"))
        self.sheet.write_url(row, column, f"internal:{quoted(sheet)}!{cell}", form, clean(text or sheet))

    # Parts of a page

    def section(self, row: int, title: str, width: int, column: int = 0) -> None:
        """A section's title with a line under it."""
        self.text(row, column, title, SECTION)
        for k in range(1, width):
            self.sheet.write_blank(row, column + k, None, self.book.styles.get(SECTION))

    def note(self, row: int, column: int, text: str) -> None:
        """A remark in small grey letters."""
        self.text(row, column, text, NOTE)

    def heads(self, row: int, column: int, titles: Sequence[str], numbers_from: int = 1) -> None:
        """A row of headers; those from ``numbers_from`` on stand over numbers."""
        for k, title in enumerate(titles):
            self.text(row, column + k, title, styles.RIGHT if k >= numbers_from else HEAD)

    def check(self, row: int, column: int, what: str, passes: str, detail: int = 1) -> None:
        """A check of this sheet: 0 where the condition ``passes`` holds, else 1; its words stand ``detail`` cells right."""
        self.formula(row, column, f"=IF(ISERROR({passes}),1,IF({passes},0,1))", Style("check", align="left"))
        self.text(row, column + detail, what)
        self.colour_checks(row, column)
        self.check_cells.append(cell_name(row + 1, column + 1))
        self.book.add_check(self, what, row, column)

    def colour_checks(self, row: int, column: int, last_row: int | None = None) -> None:
        """Green where a check is 0, red where it is not."""
        last = row if last_row is None else last_row
        for criteria, colour in (("==", styles.GOOD), ("!=", styles.BAD)):
            form = self.book.workbook.add_format({"font_color": colour, "bold": True})
            rule = {"type": "cell", "criteria": criteria, "value": 0, "format": form}
            self.sheet.conditional_format(row, column, last, column, rule)

    # The whole page

    def heading(self, what: str, scope: str, units: str) -> None:
        """The first rows of every sheet: what it shows, of when, of whom, in which units, who signs, its checks.

        Args:
            what: one sentence.
            scope: which trusts; a text, or a formula's expression where it starts with ``=``.
            units: of the amounts.
        """
        shown = scope[1:] if scope.startswith("=") else '"' + scope.replace('"', '""') + '"'
        self.text(0, 0, self.name, Style(role="title"))
        self.note(1, 0, what)
        facts = f'="As of "&TEXT(as_of,"yyyy-mm-dd")&"   |   "&{shown}&"   |   {units}   |   status: "&status'
        self.formula(2, 0, facts)
        blank = "________________"
        signed = [
            f'{w}: "&IF({n}_by="","{blank}",{n}_by)'
            for w, n in (("Prepared by", "prepared"), ("reviewed by", "reviewed"))
        ]
        self.formula(3, 0, f'="{signed[0]}&"  on ____________     {signed[1]}&"  on ____________"')
        cells = ",".join(self.check_cells)
        self.formula(4, 0, f"=SUM({cells})" if cells else "=0", Style("check", align="left"))
        self.text(4, 1, "of this sheet's checks fail (0 = fine); all checks stand on Control", NOTE)
        self.colour_checks(4, 0)

    def _set_heights(self, widths: Sequence[float]) -> None:
        """Rows with wrapped texts as tall as these need: not every spreadsheet finds out by itself."""
        for row, texts in self._wrapped.items():
            most = max(
                _lines(text, widths[column] if column < len(widths) else 9.0, style) for column, text, style in texts
            )
            small = all(style.role == "small" for _, _, style in texts)
            if most > 1 or small:
                self.sheet.set_row(row, most * (10.6 if small else 12.9) + 3.0)

    def layout(
        self, widths: Sequence[float], freeze: tuple[int, int], repeat: tuple[int, int] | None, *, tall: int = 0
    ) -> None:
        """Column widths, frozen panes, and how it prints: landscape, one page wide.

        Args:
            widths: of columns A, B, ...; in characters.
            freeze: first row and column that move.
            repeat: rows printed on top of each page.
            tall: pages to fit it on; 0 for as many as it takes.
        """
        for k, width in enumerate(widths):
            self.sheet.set_column(k, k, width, self.book.styles.get(Style()))
        self._set_heights(widths)
        self.sheet.freeze_panes(*freeze)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(1)
        self.sheet.set_margins(0.5, 0.5, 0.5, 0.7)
        self.sheet.fit_to_pages(1, tall)
        self.sheet.set_zoom(85)
        if repeat:
            self.sheet.repeat_rows(*repeat)
        as_of = f"{self.book.as_of:%Y-%m-%d}"
        self.sheet.set_footer(f"&L&8&A, as of {as_of}&C&8page &P of &N&R&8printed &D")


def _lines(text: str, width: float, style: Style) -> int:
    """Lines that a text takes in a column: letters are narrower than digits on the whole, bold ones wider."""
    size = 1.3 if style.role == "small" else 1.0
    room = max(int((width - style.indent - 0.5) * size * (1.03 if style.bold or style.role == "head" else 1.12)), 1)
    return sum(max(len(textwrap.wrap(line, room)), 1) for line in text.split("\n"))


def quoted(sheet: str) -> str:
    """A sheet's name as formulas write it."""
    return "'" + sheet.replace("'", "''") + "'"


def span(row: int, column: int, last_row: int | None = None, last_column: int | None = None) -> str:
    """``$A$1`` or ``$A$1:$B$9`` of rows and columns from 0."""
    first = _absolute(row, column)
    if last_row is None or last_column is None:
        return first
    return f"{first}:{_absolute(last_row, last_column)}"


def _absolute(row: int, column: int) -> str:
    name = cell_name(row + 1, column + 1)
    letters = name.rstrip("0123456789")
    return f"${letters}${name[len(letters) :]}"


def at(row: int, column: int) -> str:
    """``A1`` of a row and column from 0."""
    return cell_name(row + 1, column + 1)


def quote_text(text: str) -> str:
    """A text as formulas write it."""
    return '"' + clean(text).replace('"', '""') + '"'


def _cached(value: Any) -> Any:
    """A value as XlsxWriter keeps it beside a formula."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return serial(value)
    if isinstance(value, ErrorCell):
        return str(value)
    return clean(value) if isinstance(value, str) else value
