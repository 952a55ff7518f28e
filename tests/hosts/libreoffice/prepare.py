"""A copy of an .xlsx or .xlsm whose formulas LibreOffice 7.4 can bind; nothing but formulas is altered.

- Our functions are called by the add-in's own names, the only ones that Calc's import of .xlsx looks up:
  ``XLFV_PV(`` becomes ``ORG.XLFV.CALCADDIN.XLFVPV(``, and so do ``_xll.XLFV_PV(``, ``[1]!XLFV_PV(`` and
  ``'...xlfv.xlam'!XLFV_PV(``, as Excel may write them.
- Each call says first where it stands, as Calc does not tell (see :mod:`tests.hosts.libreoffice.site`).
- ``XLFV_WHY(A1)`` becomes ``XLFV_WHY(IF(ISERROR(A1),"Sheet!A1",A1))``: an error never reaches an add-in's function in
  Calc, its address does.
- An array formula ``XLFV_TABLE(A1:C9)`` becomes ``IF(ISTEXT(XLFV_TABLE(A1:C9)),XLFV_TABLE(A1:C9)&"",XLFV_TABLE(A1:C9))``:
  7.4 shows the texts that an add-in puts into an array, but finds them equal to no other text until it has joined them
  itself (mended in later releases).
- ``D11#`` (``_xlfn.ANCHORARRAY(D11)``) becomes the range in which the array formula of D11 was saved: 7.4 knows no
  results that spill.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl.formula import Tokenizer
from openpyxl.utils.cell import column_index_from_string

from tests.hosts.libreoffice.names import in_file
from tests.hosts.libreoffice.site import address_of, write_site
from xlfv.excel import registry
from xlfv.excel.hosts.sites import MARK, Sites, Token

_CELL = re.compile(r'(<c\b[^>]*?\br="([A-Z]+)(\d+)"[^>]*>\s*<f\b([^>]*)(?<!/)>)([^<]*)(?=</f>)')
_ELSEWHERE = re.compile(r"(<(?:definedName|formula[12]?|xm:f|c:f)\b[^>]*(?<!/)>)([^<]*)(?=</)")
_FOREIGN = re.compile(r"(?:\[\d+\]!|'[^']*\.xla[ms]?'!|_xll\.|_xludf\.)(?=XLFV_)", re.IGNORECASE)
_OURS = re.compile(r"\bXLFV(?:_[A-Z0-9]+)+(?=\()", re.IGNORECASE)
_SHEET = r"(?:'(?:[^']|'')*'|[\w.]+)!"
_ANCHOR = re.compile(rf"(?:_xlfn\.)?ANCHORARRAY\(\s*({_SHEET})?(\$?[A-Z]+\$?\d+)\s*\)")
_ASKED = re.compile(rf'(XLFV_WHY\("{MARK}(\d+)",)\s*((?:{_SHEET})?\$?[A-Z]+\$?\d+)\s*\)', re.IGNORECASE)
_KEY = re.compile(rf'"{MARK}(\d+)"')
_KINDS = {
    ("FUNC", "OPEN"): "open", ("FUNC", "CLOSE"): "close", ("PAREN", "OPEN"): "open", ("PAREN", "CLOSE"): "close",
    ("ARRAY", "OPEN"): "open", ("ARRAY", "CLOSE"): "close", ("SEP", "ARG"): "comma", ("OPERAND", "RANGE"): "range",
    ("OPERAND", "TEXT"): "text",
}  # fmt: skip


def prepare(source: Path | bytes, target: Path) -> Path:
    """Write the copy to ``target``, whose name is the book's name in addresses."""
    content = io.BytesIO(source if isinstance(source, bytes) else source.read_bytes())
    with zipfile.ZipFile(content) as book, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy:
        sheets = _sheets(book)
        text = {name: book.read(name).decode() for name in book.namelist() if _holds_formulas(name)}
        sites = Sites(_tokenize, _names(text["xl/workbook.xml"]), target.name)
        rooms = {(sheets[part].casefold(), cell): area for part in sheets for cell, area in _arrays(text[part])}
        for item in book.infolist():
            part = book.read(item)
            if item.filename in text:
                part = _rewrite(text[item.filename], sheets.get(item.filename, ""), sites, rooms).encode()
            copy.writestr(item, part)
    return target


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


def _rewrite(part: str, sheet: str, sites: Sites, rooms: dict[tuple[str, str], str]) -> str:
    """A part's text with its formulas rewritten: those of cells with their sites, others with their names alone."""

    def of_cell(match: re.Match[str]) -> str:
        formula = _plain(unescape(match[5]))
        if 't="shared"' not in match[4]:  # a shared formula is one text for many cells: it cannot say where it stands
            formula = _with_sites(formula, sites, sheet, int(match[3]), column_index_from_string(match[2]))
        if 't="array"' in match[4] and _OURS.match(formula):
            formula = f'IF(ISTEXT({formula}),{formula}&"",{formula})'
        return match[1] + escape(_finish(formula, sheet, rooms))

    def elsewhere(match: re.Match[str]) -> str:
        return match[1] + escape(_finish(_plain(unescape(match[2])), sheet, rooms))

    return _ELSEWHERE.sub(elsewhere, _CELL.sub(of_cell, part) if sheet else part)


def _plain(formula: str) -> str:
    return _outside_texts(lambda piece: _FOREIGN.sub("", piece), formula)


def _with_sites(formula: str, sites: Sites, sheet: str, row: int, column: int) -> str:
    keyed = sites.rewrite(formula, sheet, row, column)

    def asked(match: re.Match[str]) -> str:
        address = address_of(sites.found[int(match[2])].places[0])
        return f'{match[1]}IF(ISERROR({match[3]}),"{address}",{match[3]}))' if address else match[0]

    def site(match: re.Match[str]) -> str:
        return '"' + write_site(sites.found[int(match[1])]).replace('"', '""') + '"'

    return _KEY.sub(site, _ASKED.sub(asked, keyed))


def _finish(formula: str, sheet: str, rooms: dict[tuple[str, str], str]) -> str:
    """Names as the add-in has them, and the ranges of what spills."""

    def spilled(match: re.Match[str]) -> str:
        head = match[1] or ""
        where = head[:-1].strip("'").replace("''", "'") or sheet
        area = rooms.get((where.casefold(), match[2].replace("$", "")))
        return head + area if area else match[0]

    def named(match: re.Match[str]) -> str:
        return in_file(match[0]) if registry.find(match[0]) else match[0]

    return _outside_texts(lambda piece: _OURS.sub(named, piece), _ANCHOR.sub(spilled, formula))


def _outside_texts(change: Callable[[str], str], formula: str) -> str:
    pieces = re.split(r'("(?:[^"]|"")*")', formula)
    return "".join(piece if k % 2 else change(piece) for k, piece in enumerate(pieces))


def _tokenize(formula: str) -> list[Token]:
    tokens = [
        Token(item.value, _KINDS.get((item.type, item.subtype), _other(item))) for item in Tokenizer(formula).items
    ]
    # A formula whose pieces do not join to itself is left alone rather than altered.
    return tokens if "=" + "".join(t.text for t in tokens) == formula else [Token(formula[1:], "other")]


def _other(item: object) -> str:
    return "space" if getattr(item, "type", "") == "WHITE-SPACE" else "other"
