"""An open book as the bytes of a file, as it was read: to be recalculated in this process, beside what is open."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

from xlfv.excel import registry
from xlfv.excel.book.sketch import Formula, Spot, clean
from xlfv.excel.inplace.seen import Seen
from xlfv.excel.inplace.spelling import outer_call
from xlfv.tables import ErrorCell


def content_of(seen: Seen) -> bytes:
    """The book's sheets with their formulas and constants, and its names; without any look."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "use_future_functions": True})
    for name, read in seen.sheets.items():
        sheet = book.add_worksheet(name)
        for spot, cell in read.cells.items():
            _write(sheet, spot, cell)
    for name, refers_to in seen.names.items():
        if "#REF!" not in refers_to:
            book.define_name(name, refers_to)
    book.close()
    return buffer.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, spot: Spot, cell: object) -> None:
    if isinstance(cell, Formula):
        if _spills(cell):
            sheet.write_dynamic_array_formula(*spot, *spot, cell.text)
        else:
            sheet.write_formula(*spot, cell.text)
    elif isinstance(cell, ErrorCell):
        sheet.write_formula(*spot, f"={cell}" if cell != "#N/A" else "=NA()")
    elif isinstance(cell, bool):
        sheet.write_boolean(*spot, cell)
    elif isinstance(cell, float):
        sheet.write_number(*spot, cell)
    else:
        sheet.write_string(*spot, clean(str(cell)))


def _spills(cell: Formula) -> bool:
    call = outer_call(cell.text)
    function = registry.find(call.function) if call else None
    return cell.spill != (1, 1) or (function is not None and function.result == "grid")
