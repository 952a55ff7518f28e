"""One sheet of a file: a pen that writes texts as texts and formulas with the values they had when last calculated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlfv.excel.book.sketch import Content, Formula, Sketch, clean
from xlfv.excel.book.styles import HEAD, NOTE, TEXT, Style
from xlfv.excel.codec import cell_name, serial
from xlfv.tables import ErrorCell

if TYPE_CHECKING:
    from xlfv.excel.book.frame import Book

FIRST = 6  # rows (from 0) above hold the title
LINK = Style(role="link")


class Exact(float):
    """A number that is written with all its digits; XlsxWriter's own 16 do not always read back the same."""

    def __format__(self, spec: str) -> str:
        return repr(float(self))


class Page(Sketch):
    """A sheet being written. Rows and columns count from 0 here; :meth:`ref` gives them as a sheet names them.

    Attributes:
        book, sheet: where it is written.
        check_cells: its checks.
        footer: the left part of what is printed at the foot of each page.
    """

    def __init__(self, book: Book, sheet: Any, name: str) -> None:
        super().__init__(name)
        self.book = book
        self.sheet = sheet
        self.check_cells: list[str] = []
        self.footer = ""

    # Where things stand

    def ref(self, row: int, column: int, last_row: int | None = None, last_column: int | None = None) -> str:
        """``'Sheet'!$A$1`` or ``'Sheet'!$A$1:$B$9``."""
        return f"{quoted(self.name)}!{span(row, column, last_row, last_column)}"

    def name_range(
        self, name: str, row: int, column: int, last_row: int | None = None, last_column: int | None = None
    ) -> None:
        """Give a range a name."""
        self.book.define(name, self.ref(row, column, last_row, last_column))

    # Cells

    def put(self, row: int, column: int, content: Content, style: Style) -> None:
        """Set a cell, in the sketch and in the file."""
        super().put(row, column, content, style)
        form = self.book.styles.get(style)
        if isinstance(content, Formula):
            value = _cached(self.book.answer(self.name, row, column))
            self.sheet.write_formula(row, column, content.text, form, value)
        elif isinstance(content, bool):
            self.sheet.write_boolean(row, column, content, form)
        elif isinstance(content, float):
            self.sheet.write_number(row, column, Exact(content), form)
        elif isinstance(content, str):
            self.sheet.write_string(row, column, content, form)
        else:
            self.sheet.write_blank(row, column, None, form)

    def formula(self, row: int, column: int, formula: str, style: Style = TEXT) -> None:
        """A formula for one cell, with its value."""
        if self.book.plain:
            self.value(row, column, self.book.answer(self.name, row, column), style)
        else:
            self.put(row, column, Formula(formula), style)

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
            self.spread(row, column, looks[:width], height)
            Sketch.put(self, row, column, Formula(formula, (height, width)), head)
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
        """A link to another sheet; a formula, so that it is nothing but a cell."""
        target = quote_text(f"#{quoted(sheet)}!{cell}")
        self.formula(row, column, f"=HYPERLINK({target},{quote_text(text or sheet)})", LINK)

    # Parts of a page

    def check(self, row: int, column: int, what: str, passes: str, detail: int = 1) -> None:
        """A check of this sheet: 0 where the condition ``passes`` holds, else 1; its words stand ``detail`` cells right."""
        self.formula(row, column, f"=IF(ISERROR({passes}),1,IF({passes},0,1))", Style("check", align="left"))
        self.text(row, column + detail, what)
        self.check_cells.append(cell_name(row + 1, column + 1))
        self.book.add_check(self, what, row, column)

    def draw(self, chart: Any, row: int, column: int, place: dict[str, Any], *drawn: object) -> None:
        """A chart, with its first cell and what else settles what it draws and where."""
        self.sheet.insert_chart(row, column, chart, place)
        self.book.draws(self.name, "chart", row, column, place, *drawn)

    def allow(self, row: int, column: int, rule: dict[str, Any]) -> None:
        """Which values may be typed in a cell."""
        self.sheet.data_validation(row, column, row, column, rule)
        self.book.draws(self.name, "rule", row, column, rule)

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

    def layout(
        self,
        widths: Sequence[float],
        freeze: tuple[int, int],
        repeat: tuple[int, int] | None,
        *,
        tall: int = 0,
        ledger: bool = False,
    ) -> None:
        """Column widths, frozen panes, and how it prints: landscape, one page wide.

        Args:
            widths: of columns A, B, ...; in characters.
            freeze: first row and column that move.
            repeat: rows printed on top of each page.
            tall: pages to fit it on; 0 for as many as it takes.
            ledger: on paper of 11 by 17 inches, for registers with many columns.
        """
        self.measure(widths)
        for k, width in enumerate(self.widths):
            self.sheet.set_column(k, k, width, self.book.styles.get(Style()))
        for row, height in self.heights.items():
            self.sheet.set_row(row, height)
        self.sheet.freeze_panes(*freeze)
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(3 if ledger else 1)
        self.sheet.set_margins(0.5, 0.5, 0.5, 0.7)
        self.sheet.fit_to_pages(1, tall)
        self.sheet.set_zoom(85)
        if repeat:
            self.sheet.repeat_rows(*repeat)
        self.footer = f"&8&A, as of {self.book.as_of:%Y-%m-%d}"
        self.sheet.set_footer(f"&L{self.footer}&C&8page &P of &N&R&8printed &D")
        self.book.draws(self.name, "panes", freeze, repeat, tall, ledger)


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
