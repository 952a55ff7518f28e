"""A copy of a workbook that the in-process engine can recalculate.

Array formulas keep their first cell only (the values written beside it would stop the result from spilling), formulas
that a sheet shares are written out, and calls of ours say where they stand (see :mod:`xlfv.excel.hosts.sites`).
Sheets without either are passed on untouched.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, range_boundaries

from xlfv.excel.hosts.sites import PREFIX, Sites, Tokenize
from xlfv.tables import Fault, Refused
from xlfv.tables.unpacking import open_parts

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"


@dataclass(frozen=True)
class Copy:
    """The copy: its bytes, the calls found in it, the formula cells of each sheet, and whether it has tables."""

    content: bytes
    sites: Sites
    formulas: list[tuple[str, int, int]]
    has_tables: bool


def copy_workbook(content: bytes, book: str, tokenize: Tokenize) -> Copy:
    """Make the copy.

    Args:
        content: the bytes of an .xlsx or .xlsm file.
        book: its name, for addresses.
        tokenize: see :class:`~xlfv.excel.hosts.sites.Sites`.

    Raises:
        Refused: it is no such file, or unpacks to more than a workbook may.
    """
    try:
        with open_parts(io.BytesIO(content), book) as source:
            return _copy(source, book, tokenize)
    except Refused:
        raise
    except Exception as problem:  # whatever a damaged file makes the readers raise, it is the file's fault
        raise not_a_workbook(book, problem) from None


def not_a_workbook(book: str, problem: Exception) -> Refused:
    """The refusal of a file that cannot be read."""
    return Refused(Fault(f"{book} is not a workbook: {problem}", todo="save it again as .xlsx"))


def _copy(source: zipfile.ZipFile, book: str, tokenize: Tokenize) -> Copy:
    workbook = ElementTree.fromstring(source.read("xl/workbook.xml"))
    sites = Sites(tokenize, _defined_names(workbook), book)
    sheets = dict(_sheets(source, workbook))
    formulas: list[tuple[str, int, int]] = []
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        for item in source.infolist():
            part = source.read(item)
            name = sheets.get(item.filename)
            if name is not None and b"<f" in part:
                part = _copy_sheet(part, name, sites, formulas)
            copy.writestr(item.filename, part)
    has_tables = any(item.startswith("xl/tables/") for item in source.namelist())
    return Copy(target.getvalue(), sites, formulas, has_tables)


def _defined_names(workbook: ElementTree.Element) -> dict[str, str]:
    found = workbook.iter(_MAIN + "definedName")
    return {name.get("name", "").casefold(): (name.text or "").strip() for name in found}


def _sheets(source: zipfile.ZipFile, workbook: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Part name and sheet name of every worksheet."""
    relations = ElementTree.fromstring(source.read("xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id"): each.get("Target", "") for each in relations.iter(_PACKAGE + "Relationship")}
    for sheet in workbook.iter(_MAIN + "sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        yield part, sheet.get("name", "")


def _copy_sheet(part: bytes, name: str, sites: Sites, formulas: list[tuple[str, int, int]]) -> bytes:
    """One worksheet's XML rewritten."""
    for prefix, uri in re.findall(rb'xmlns(?::(\w+))?="([^"]+)"', part):
        if not re.fullmatch(rb"ns\d+", prefix):
            ElementTree.register_namespace(prefix.decode(), uri.decode())
    sheet = ElementTree.fromstring(part)
    shared: dict[str, tuple[str, str]] = {}
    padding: list[tuple[tuple[int, int], tuple[int, int, int, int]]] = []
    for cell in sheet.iter(_MAIN + "c"):
        formula = cell.find(_MAIN + "f")
        if formula is None:
            continue
        row, column = _position(cell.get("r", ""))
        _spell_out(formula, cell.get("r", ""), shared)
        if formula.get("t") == "array":
            padding.append(((row, column), _bounds(formula.get("ref", ""))))
            formula.set("ref", cell.get("r", ""))
        formula.text = sites.rewrite(formula.text or "", name, row, column)
        formulas.append((name, row, column))
    _drop_padding(sheet, padding)
    return ElementTree.tostring(sheet, encoding="utf-8", xml_declaration=True)


def _position(reference: str) -> tuple[int, int]:
    letters, row = coordinate_from_string(reference)
    return row, column_index_from_string(letters)


def _bounds(reference: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(reference)
    return int(top or 1), int(left or 1), int(bottom or 1), int(right or 1)


def _spell_out(formula: ElementTree.Element, reference: str, shared: dict[str, tuple[str, str]]) -> None:
    """Write a shared formula out in full; only ours need it, as each call must say where it stands."""
    if formula.get("t") != "shared":
        return
    key = formula.get("si", "")
    if formula.text:
        shared[key] = (formula.text, reference)
    text, origin = shared.get(key, ("", reference))
    if PREFIX not in text.upper():
        return
    formula.text = Translator("=" + text, origin).translate_formula(reference)[1:]
    for attribute in ("t", "si", "ref"):
        formula.attrib.pop(attribute, None)


def _drop_padding(sheet: ElementTree.Element, padding: list[tuple[tuple[int, int], tuple[int, int, int, int]]]) -> None:
    """Delete the cells that array formulas wrote beside their first cell."""
    if not padding:
        return
    for line in sheet.iter(_MAIN + "row"):
        for cell in list(line):
            if cell.tag == _MAIN + "c" and cell.find(_MAIN + "f") is None:
                row, column = _position(cell.get("r", ""))
                if any(_inside(row, column, bounds) for _, bounds in padding):
                    line.remove(cell)


def _inside(row: int, column: int, bounds: tuple[int, int, int, int]) -> bool:
    top, left, bottom, right = bounds
    return top <= row <= bottom and left <= column <= right
