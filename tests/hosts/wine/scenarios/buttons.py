"""Buttons: the workbook itself goes along as an object, and the server reads it through COM."""

from __future__ import annotations

from typing import Any

from tests.hosts.wine.excel import Excel
from tests.hosts.wine.plain import address
from tests.hosts.wine.workbook import Workbook

_VALUE = -2146826273  # #VALUE! as a number, which is how pywin32 hands errors over
BOOK, SHEET = "Büro.xlsx", "My sheet"


def run(excel: Excel) -> dict[str, Any]:
    """What the message box shows after each."""
    book = Workbook(
        BOOK,
        {
            SHEET: {(1, 1): ("6", 6.0), (1, 2): ("=XLFV_SMM(A1)", _VALUE), (2, 2): ("=SUM(B1)", _VALUE)},
            "Other": {(1, 1): ("a text", "a text")},
        },
    )
    served = book.served()
    excel.answer("XLFV_SMM", 6.0, places=[address(BOOK, SHEET, 1, 1)], cell=address(BOOK, SHEET, 1, 2))
    told = {"picture": excel.press("explain_cell", served)}
    for name, sheet, row, column in (("error", SHEET, 1, 2), ("sum", SHEET, 2, 2), ("text", "Other", 1, 1)):
        book.select(sheet, row, column)
        told[name] = excel.press("explain_cell", served)
    told |= {button: excel.press(button, served) for button in ("refresh", "load_month", "fire")}
    return told
