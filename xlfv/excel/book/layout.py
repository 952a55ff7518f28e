"""Layout: which cells belong to the book (all others are the reader's own), what each looks like, and a sample of each look.

It is what lets a button bring an open book from one month to the next: it tells what was the book's, cell by cell, and
it holds the samples from which looks are copied. Everything it says can be read back (:func:`read_record`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlfv import __version__
from xlfv.excel.book.areas import area_name, box, parse_area, rectangles, spots_of
from xlfv.excel.book.frame import LAYOUT, Book
from xlfv.excel.book.page import FIRST, Page, quoted, span
from xlfv.excel.book.palette import PALETTE, PALETTE_KEY, numbered, words
from xlfv.excel.book.sketch import Sketch, Spot
from xlfv.excel.book.styles import Style
from xlfv.tables.table import letters

WIDTHS = (20, 14, 104, 40, 30)
RECORD, LOOKS, FACTS = "layout", "layout_looks", "layout_facts"
_SMALL = Style(role="small", wrap=True)
_TITLES = ("Sheet", "Rows", "Its cells, by the number of their look", "Heights of rows", "Widths of columns")
_OWN_HEIGHT = 40.0  # of the row about this sheet itself, which cannot depend on what it says
_NAMES = "(names)"


@dataclass(frozen=True)
class SheetRecord:
    """What a book notes of one of its sheets.

    Attributes:
        looks: the number of the look of each of its cells.
        heights: rows with a height of their own, in points.
        widths: of its columns, in characters.
    """

    looks: Mapping[Spot, int]
    heights: Mapping[int, float]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Record:
    """What a book notes of itself.

    Attributes:
        version: of the xlfv that made it.
        palette: tells books whose looks are numbered alike.
        frame: tells books that are alike in all but cells.
        drawn: months that its charts draw.
        names: the names that are the book's.
        sheets: by name.
        sizes: the formula that holds the area of each sheet; a spreadsheet changes it where rows come or go.
    """

    version: str
    palette: str
    frame: str
    drawn: int
    names: tuple[str, ...]
    sheets: Mapping[str, SheetRecord]
    sizes: Mapping[str, str]


def record_of(sheet: Sketch) -> SheetRecord:
    """The record of a sheet as sketched."""
    looks = {spot: numbered(style) for spot, style in sheet.looks.items()}
    return SheetRecord(looks, dict(sheet.heights), sheet.widths)


def size_formula(sheet: str, looks: Mapping[Spot, int]) -> str:
    """The formula that counts the rows of a sheet's part that is the book's."""
    return f"=ROWS({quoted(sheet)}!{span(*box(looks))})"


def write_layout(book: Book) -> None:
    """Write the sheet; last, as it tells of all others."""
    page = book.pages[LAYOUT]
    page.heading(
        "Which cells are the book's own and what they look like. All other cells are yours: no button touches them.",
        "all sheets",
        "rows and columns",
    )
    facts = (("xlfv", __version__), ("Looks", PALETTE_KEY), ("Frame", book.frame), ("Months drawn", str(book.drawn)))
    for k, (title, fact) in enumerate(facts):
        page.text(FIRST + k, 0, title)
        page.text(FIRST + k, 1, fact)
    page.name_range(FACTS, FIRST, 1, FIRST + len(facts) - 1, 1)
    head = FIRST + len(facts) + 1
    page.heads(head, 0, _TITLES, numbers_from=len(_TITLES))
    for column in range(len(_TITLES)):
        page.text(head + 1 + len(book.pages), column, "", _SMALL)
    page.text(head + 1 + len(book.pages), 0, _NAMES, _SMALL)
    _samples(page, head + 3 + len(book.pages))
    page.name_range(RECORD, head + 1, 0, head + 1 + len(book.pages), len(_TITLES) - 1)
    page.text(head + 1 + len(book.pages), 2, " ".join(sorted(book.names)), _SMALL)
    _sheets(page, head)


def _sheets(page: Page, head: int) -> None:
    """A row a sheet; the one of this sheet last, once everything else on it stands."""
    names = list(page.book.pages)
    for k, name in enumerate(names):
        for column in range(len(_TITLES)):
            page.text(head + 1 + k, column, name if column == 0 else "", _SMALL)
        if name != page.name:
            other = page.book.pages[name]
            record = record_of(other)
            page.formula(head + 1 + k, 1, size_formula(name, record.looks), Style("count", align="right"))
            _write_record(page, head + 1 + k, record)
    own = head + 1 + names.index(page.name)
    page.heights[own] = _OWN_HEIGHT
    page.layout(WIDTHS, (head + 1, 1), (head, head))
    page.sheet.print_area(0, 0, head - 1, len(_TITLES) - 1)  # the record is for the buttons, not for paper
    _write_record(page, own, record_of(page))
    page.sheet.set_row(own, _OWN_HEIGHT)


def _write_record(page: Page, row: int, record: SheetRecord) -> None:
    for column, text in enumerate((looks_text(record.looks), heights_text(record.heights), widths_text(record.widths))):
        page.text(row, 2 + column, text, _SMALL)


def _samples(page: Page, row: int) -> None:
    """Every look with its number, and in words."""
    page.section(row, "Samples of all looks, from which the buttons paint", 3)
    page.heads(row + 1, 0, ("Number", "Sample", "Look"), numbers_from=3)
    for number, style in enumerate(PALETTE):
        page.value(row + 2 + number, 0, number, Style("count", align="right"))
        page.value(row + 2 + number, 1, _sample(style), style)
        page.text(row + 2 + number, 2, words(style))
    page.name_range(LOOKS, row + 2, 1, row + 1 + len(PALETTE), 1)


def _sample(style: Style) -> Any:
    if style.number in ("rate", "rate3", "rate4", "change"):
        return 0.0625
    if style.number == "check":
        return 0
    if style.number == "date":
        return 40178
    return 1234.5 if style.number not in ("", "text", "plain") else "Text"


# The record as text, and back


def looks_text(looks: Mapping[Spot, int]) -> str:
    """``0 A1:B9 C3; 4 D1``: the cells by the number of their look."""
    by_number: dict[int, list[Spot]] = {}
    for spot, number in looks.items():
        by_number.setdefault(number, []).append(spot)
    parts = [f"{number} {' '.join(map(area_name, rectangles(by_number[number])))}" for number in sorted(by_number)]
    return "; ".join(parts)


def read_looks(text: str) -> dict[Spot, int] | None:
    """What :func:`looks_text` wrote; None where the text is something else."""
    looks: dict[Spot, int] = {}
    for part in filter(None, text.split("; ")):
        number, *areas = part.split(" ")
        parsed = [parse_area(area) for area in areas]
        if not number.isdigit() or int(number) >= len(PALETTE) or None in parsed:
            return None
        for area in parsed:
            looks.update({spot: int(number) for spot in spots_of(area)} if area else {})
    return looks


def heights_text(heights: Mapping[int, float]) -> str:
    """``7:24.5 9-12:15.9``: rows, counted from 1 as people do, with their heights."""
    by_height: dict[float, list[Spot]] = {}
    for row, height in heights.items():
        by_height.setdefault(height, []).append((row, 0))
    runs = [(a, b, height) for height, rows in by_height.items() for a, _, b, _ in rectangles(rows)]
    return " ".join(f"{a + 1}{'' if a == b else f'-{b + 1}'}:{height:g}" for a, b, height in sorted(runs))


def read_heights(text: str) -> dict[int, float] | None:
    """What :func:`heights_text` wrote; None where the text is something else."""
    heights: dict[int, float] = {}
    for part in text.split():
        match = re.fullmatch(r"(\d+)(?:-(\d+))?:([\d.]+)", part)
        if not match:
            return None
        for row in range(int(match[1]), int(match[2] or match[1]) + 1):
            heights[row - 1] = float(match[3])
    return heights


def widths_text(widths: Sequence[float]) -> str:
    """``A:26 B:13``."""
    return " ".join(f"{letters(k + 1)}:{width:g}" for k, width in enumerate(widths))


def read_widths(text: str) -> tuple[float, ...] | None:
    """What :func:`widths_text` wrote; None where the text is something else."""
    found = [re.fullmatch(r"[A-Z]+:([\d.]+)", part) for part in text.split()]
    return None if None in found else tuple(float(match[1]) for match in found if match)


def read_record(facts: Sequence[str], rows: Sequence[Sequence[str]], sizes: Sequence[str]) -> Record | None:
    """The record from the cells of the sheet; None where they are not what the sheet was written with.

    Args:
        facts: the texts of the range :data:`FACTS`.
        rows: the texts of the range :data:`RECORD`.
        sizes: the formulas of its second column.
    """
    if len(facts) != 4 or not facts[3].isdigit() or not rows or rows[-1][0] != _NAMES:
        return None
    sheets = {}
    for name, _, *texts in rows[:-1]:
        looks, heights, widths = read_looks(texts[0]), read_heights(texts[1]), read_widths(texts[2])
        if looks is None or heights is None or widths is None:
            return None
        sheets[name] = SheetRecord(looks, heights, widths)
    formulas = dict(zip(sheets, sizes, strict=False))
    return Record(facts[0], facts[1], facts[2], int(facts[3]), tuple(rows[-1][2].split()), sheets, formulas)
