"""A copy of an .xlsx or .xlsm whose formulas LibreOffice 7.4 can bind; nothing but formulas is altered.

What is altered in them, and why, stands in :mod:`tests.hosts.libreoffice.formulas`.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl.utils.cell import column_index_from_string

from tests.hosts.libreoffice.formulas import Formulas

_CELL = re.compile(r'(<c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<f\b([^>]*)(?<!/)>)([^<]*)(?=</f>)')
_ELSEWHERE = re.compile(r"(<(?:definedName|formula[12]?|xm:f|c:f)\b[^>]*(?<!/)>)([^<]*)(?=</)")


def prepare(source: Path | bytes, target: Path) -> Path:
    """Write the copy to ``target``, whose name is the book's name in addresses."""
    content = io.BytesIO(source if isinstance(source, bytes) else source.read_bytes())
    with zipfile.ZipFile(content) as book, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        sheets = _sheets(book)
        text = {name: book.read(name).decode() for name in book.namelist() if _holds_formulas(name)}
        rooms = {(sheets[part].casefold(), cell): area for part in sheets for cell, area in _arrays(text[part])}
        formulas = Formulas(target.name, _names(text["xl/workbook.xml"]), rooms)
        for item in book.infolist():
            part = book.read(item)
            if item.filename in text:
                part = _rewrite(text[item.filename], sheets.get(item.filename, ""), formulas).encode()
            copy.writestr(item, part)
    if isinstance(source, Path):
        _bring_data(source.parent / "sample", target.parent)
    return target


def _bring_data(data: Path, folder: Path) -> None:
    """The shipped workbook reads its tapes from a folder beside it; so does its copy."""
    if data.is_dir() and not (folder / data.name).exists():
        (folder / data.name).symlink_to(data.resolve())


def _holds_formulas(name: str) -> bool:
    return name == "xl/workbook.xml" or bool(re.match(r"xl/(worksheets|charts|tables)/[^/]+\.xml$", name))


def _sheets(book: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name of each worksheet's part."""
    relations = book.read("xl/_rels/workbook.xml.rels").decode()
    targets = {_of(each, "Id"): _of(each, "Target") for each in re.findall(r"<Relationship\b[^>]*>", relations)}
    found = {}
    for sheet in re.findall(r"<sheet\b[^>]*>", book.read("xl/workbook.xml").decode()):
        target = targets[_of(sheet, "r:id")]
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        found[part] = _of(sheet, "name")
    return found


def _of(element: str, attribute: str) -> str:
    found = re.search(rf'\b{attribute}="([^"]*)"', element)
    assert found, (element, attribute)
    return unescape(found[1])


def _names(workbook: str) -> dict[str, str]:
    found = re.findall(r'<definedName\b[^>]*?\bname="([^"]+)"[^>]*>([^<]*)<', workbook)
    return {unescape(name).casefold(): unescape(text) for name, text in found}


def _arrays(sheet: str) -> list[tuple[str, str]]:
    """First cell and range of every array formula."""
    areas = [_of(each, "ref") for each in re.findall(r'<f\b[^>]*\bt="array"[^>]*>', sheet)]
    return [(area.partition(":")[0], area) for area in areas]


def _rewrite(part: str, sheet: str, formulas: Formulas) -> str:
    """A part's text with its formulas rewritten: those of cells with their sites, others with their names alone."""

    def of_cell(match: re.Match[str]) -> str:
        formula, spot = unescape(match[5]), (int(match[3]), column_index_from_string(match[2]))
        if 't="shared"' in match[4]:  # one text for many cells: it cannot say where it stands
            return match[1] + escape(formulas.elsewhere(formula, sheet))
        return match[1] + escape(formulas.of_cell(formula, sheet, *spot, array='t="array"' in match[4]))

    def elsewhere(match: re.Match[str]) -> str:
        return match[1] + escape(formulas.elsewhere(unescape(match[2]), sheet))

    return _ELSEWHERE.sub(elsewhere, _CELL.sub(of_cell, part) if sheet else part)
