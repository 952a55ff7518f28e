"""Functions: what each function does, written from its declaration."""

from __future__ import annotations

from xlfv.excel import reference
from xlfv.excel.book.frame import FUNCTIONS, Book
from xlfv.excel.book.page import FIRST
from xlfv.excel.book.styles import Style

_WIDTHS = (26, 40, 52, 30, 42, 24)
_TITLES = ("Function", "What it gives", "Arguments", "Result and errors", "Example and what it gives", "Source")
_BODY = Style("text", role="small", wrap=True)


def write_functions(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[FUNCTIONS]
    page.heads(FIRST, 0, _TITLES, numbers_from=len(_TITLES))
    row = FIRST
    family = ""
    for line in reference.rows()[1:]:
        kind, name, what, arguments, result, errors, source, example, gives = (str(cell) for cell in line)
        if kind != family:
            family, row = kind, row + 1
            page.section(row, kind.capitalize(), len(_TITLES))
        row += 1
        shown = _lines(f"={example}", f"gives  {gives}")
        for column, text in enumerate((name, what, arguments, _lines(result, errors), shown, source)):
            page.text(row, column, text, _BODY.but(bold=column == 0))
    page.layout(_WIDTHS, (FIRST + 1, 1), (FIRST, FIRST))
    page.heading(
        "Every function of xlfv, as declared in the code; XLFV_WHY(cell) says why a cell shows an error.",
        "all trusts",
        "as each says",
    )


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
