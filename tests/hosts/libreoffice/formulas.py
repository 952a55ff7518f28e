"""Formulas as LibreOffice 7.4 can bind them, and back again as Excel has them.

- Our functions are called by the add-in's own names, the only ones that Calc looks up in formulas spelled as files spell
  them: ``XLFV_PV(`` becomes ``ORG.XLFV.CALCADDIN.XLFVPV(``, and so do ``_xll.XLFV_PV(``, ``[1]!XLFV_PV(`` and
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

import re
from collections.abc import Callable, Mapping

from openpyxl.formula import Tokenizer

from tests.hosts.libreoffice.names import in_file
from tests.hosts.libreoffice.site import address_of, write_site
from xlfv.excel import registry
from xlfv.excel.hosts.sites import MARK, Sites, Token

_FOREIGN = re.compile(r"(?:\[\d+\]!|'[^']*\.xla[ms]?'!|_xll\.|_xludf\.)(?=XLFV_)", re.IGNORECASE)
_OURS = re.compile(r"\bXLFV(?:_[A-Z0-9]+)+(?=\()", re.IGNORECASE)
_SHEET = r"(?:'(?:[^']|'')*'|[\w.]+)!"
_CELL = rf"(?:{_SHEET})?\$?[A-Z]+\$?\d+"
_ANCHOR = re.compile(rf"(?:_xlfn\.)?ANCHORARRAY\(\s*({_SHEET})?(\$?[A-Z]+\$?\d+)\s*\)")
_ASKED = re.compile(rf'(XLFV_WHY\("{MARK}(\d+)",)\s*({_CELL})\s*\)', re.IGNORECASE)
_KEY = re.compile(rf'"{MARK}(\d+)"')
_TEXTS = re.compile(r'("(?:[^"]|"")*")')
_EMPTY, _LEFT_OUT = '"xlfv-empty"', '""'  # an empty text that was written; what stands for an argument left out
_KINDS = {
    ("FUNC", "OPEN"): "open", ("FUNC", "CLOSE"): "close", ("PAREN", "OPEN"): "open", ("PAREN", "CLOSE"): "close",
    ("ARRAY", "OPEN"): "open", ("ARRAY", "CLOSE"): "close", ("SEP", "ARG"): "comma", ("OPERAND", "RANGE"): "range",
    ("OPERAND", "TEXT"): "text",
}  # fmt: skip

_BACK = {in_file(name): name for name in registry.functions()}
_THEIRS = re.compile("|".join(rf"{re.escape(name)}(?=\()" for name in sorted(_BACK, key=len, reverse=True)))
_SITED = re.compile(rf'(XLFV_[A-Z0-9_]+\()"{MARK}(?:[^"]|"")*",?')
_ANSWERED = re.compile(rf'XLFV_WHY\(IF\(ISERROR\(({_CELL})\),"(?:[^"]|"")*",\1\)\)')


class Formulas:
    """The formulas of a workbook, without their ``=``."""

    def __init__(self, book: str, names: Mapping[str, str], rooms: Mapping[tuple[str, str], str]) -> None:
        """Know the workbook.

        Args:
            book: its name, for addresses.
            names: defined name (small letters) -> what it refers to, as ``Sheet!$A$1:$B$9``.
            rooms: range of each array formula, by its sheet (small letters) and first cell.
        """
        self._sites = Sites(_tokenize, names, book)
        self._rooms = rooms

    def of_cell(self, formula: str, sheet: str, row: int, column: int, *, array: bool) -> str:
        """A cell's formula as Calc can bind it."""
        formula = self._with_sites(_outside_texts(lambda piece: _FOREIGN.sub("", piece), formula), sheet, row, column)
        if array and _OURS.match(formula):
            formula = _wrapped(formula)
        return self._finish(formula, sheet)

    def elsewhere(self, formula: str, sheet: str) -> str:
        """A formula that stands in no cell, of a defined name or of a condition."""
        return self._finish(_outside_texts(lambda piece: _FOREIGN.sub("", piece), formula), sheet)

    def _with_sites(self, formula: str, sheet: str, row: int, column: int) -> str:
        found = self._sites.found

        def asked(match: re.Match[str]) -> str:
            address = address_of(found[int(match[2])].places[0])
            return f'{match[1]}IF(ISERROR({match[3]}),"{address}",{match[3]}))' if address else match[0]

        def site(match: re.Match[str]) -> str:
            return '"' + write_site(found[int(match[1])]).replace('"', '""') + '"'

        keyed = self._sites.rewrite(formula, sheet, row, column)
        if keyed == formula:
            return formula
        instead = {_LEFT_OUT: "", _EMPTY: _LEFT_OUT}
        keyed = "".join(instead.get(piece, piece) for piece in _TEXTS.split(keyed))
        return _KEY.sub(site, _ASKED.sub(asked, keyed))

    def _finish(self, formula: str, sheet: str) -> str:
        """Names as the add-in has them, and the ranges of what spills."""

        def spilled(match: re.Match[str]) -> str:
            head = match[1] or ""
            where = head[:-1].strip("'").replace("''", "'") or sheet
            area = self._rooms.get((where.casefold(), match[2].replace("$", "")))
            return head + area if area else match[0]

        def named(match: re.Match[str]) -> str:
            return in_file(match[0]) if registry.find(match[0]) else match[0]

        return _outside_texts(lambda piece: _OURS.sub(named, piece), _ANCHOR.sub(spilled, formula))


def in_excel(formula: str) -> str:
    """A formula that was made for Calc, as it was before."""
    formula = _outside_texts(lambda piece: _THEIRS.sub(lambda name: _BACK[name[0]], piece), formula)
    formula = _ANSWERED.sub(r"XLFV_WHY(\1)", _SITED.sub(r"\1", formula))
    inner = formula[len("IF(ISTEXT(") :][: (len(formula) - len(_wrapped(""))) // 3]
    return inner if formula == _wrapped(inner) else formula


def _wrapped(formula: str) -> str:
    return f'IF(ISTEXT({formula}),{formula}&"",{formula})'


def _outside_texts(change: Callable[[str], str], formula: str) -> str:
    return "".join(piece if k % 2 else change(piece) for k, piece in enumerate(_TEXTS.split(formula)))


def _tokenize(formula: str) -> list[Token]:
    tokens = [
        Token(item.value, _KINDS.get((item.type, item.subtype), _other(item))) for item in Tokenizer(formula).items
    ]
    # A formula whose pieces do not join to itself is left alone rather than altered.
    if "=" + "".join(t.text for t in tokens) != formula:
        return [Token(formula[1:], "other")]
    return [Token(_EMPTY, t.kind) if t.text == _LEFT_OUT else t for t in tokens]


def _other(item: object) -> str:
    return "space" if getattr(item, "type", "") == "WHITE-SPACE" else "other"
