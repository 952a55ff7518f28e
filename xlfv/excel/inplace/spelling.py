"""How a formula is spelled: in a file, in a cell, and for comparison; and the pieces of a call.

A file marks functions younger than its format (``_xlfn.``), writes ``ANCHORARRAY(A1)`` where a cell shows ``A1#``, and
``SINGLE(A1)`` where it shows ``@A1``. Excel writes ``Control!A1`` where a file may write ``'Control'!A1``, and puts an
``@`` before functions in formulas of old files.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from xlfv.excel.book.areas import Area, parse_area
from xlfv.excel.hosts.sites import unprefixed

_PIECES = re.compile(r'("(?:[^"]|"")*")|(\'(?:[^\']|\'\')+\'!)')
_YOUNG = re.compile(r"_xlfn\.(?:_xlws\.)?|_xlws\.", re.IGNORECASE)
_ARRAY_CALLS = (("ANCHORARRAY", "{}#"), ("SINGLE", "@{}"))
_CALL = re.compile(r"=\s*([A-Za-z_][A-Za-z0-9_.]*)\(")
_NAME = re.compile(r"[A-Za-z_\\][\w.\\]*")


def in_cell(formula: str) -> str:
    """A formula as a cell shows it, from how a file spells it."""
    formula = "".join(piece if kept else _YOUNG.sub("", piece) for piece, kept in _pieces(formula))
    for name, form in _ARRAY_CALLS:
        formula = _unwrapped(formula, name, form)
    return formula


def _pieces(formula: str) -> Iterator[tuple[str, bool]]:
    """The formula in pieces: texts and quoted sheet names are to be kept as they are."""
    end = 0
    for match in _PIECES.finditer(formula):
        yield formula[end : match.start()], False
        yield match[0], True
        end = match.end()
    yield formula[end:], False


def _unwrapped(formula: str, name: str, form: str) -> str:
    """``NAME(x)`` put in another form, wherever it stands outside texts."""
    while (start := _find(formula, name + "(")) >= 0:
        inner = start + len(name) + 1
        end = _closing(formula, inner)
        formula = formula[:start] + form.format(formula[inner:end]) + formula[end + 1 :]
    return formula


def _find(formula: str, words: str) -> int:
    """Where the words stand outside texts; -1 where nowhere."""
    at = 0
    for piece, kept in _pieces(formula):
        found = -1 if kept else piece.upper().find(words)
        if found >= 0 and not (found and (piece[found - 1].isalnum() or piece[found - 1] in "_.")):
            return at + found
        at += len(piece)
    return -1


def _closing(formula: str, start: int) -> int:
    """Where the parenthesis is closed that was opened before ``start``; the end where it is not."""
    return next((end for end, _ in _splits(formula, start) if formula[end] == ")"), len(formula))


def _splits(formula: str, start: int) -> Iterator[tuple[int, int]]:
    """Places of the commas and of the closing parenthesis of the call whose arguments begin at ``start``."""
    depth, k = 0, start
    while k < len(formula):
        letter = formula[k]
        if letter in "\"'":
            match = _PIECES.match(formula, k)
            k = match.end() if match else k + 1
            continue
        if letter in "([{":
            depth += 1
        elif letter in ")]}" and depth:
            depth -= 1
        elif letter == ")" or (letter == "," and depth == 0):
            yield k, depth
            if letter == ")":
                return
        k += 1


@functools.lru_cache(maxsize=65_536)
def comparable(formula: str) -> str:
    """Equal for formulas that mean the same and differ in spelling alone."""
    formula = in_cell(formula)
    parts = [_plain_sheet(piece) if kept else piece.upper().replace("@", "") for piece, kept in _pieces(formula)]
    return "".join(parts)


def _plain_sheet(piece: str) -> str:
    """A quoted sheet name without quotes where it needs none, in capitals; a text as it is."""
    if piece.startswith('"'):
        return piece
    name = piece[1:-2]
    return f"{name}!".upper() if _NAME.fullmatch(name) else piece.upper()


@dataclass(frozen=True)
class Call:
    """A function's call: its name in capitals, and the texts of its arguments (one left out is empty)."""

    function: str
    arguments: tuple[str, ...]


def outer_call(formula: str) -> Call | None:
    """The call that a formula is, as in ``=XLFV_PV(A1:A9, B1)``; None where it is anything else."""
    formula = unprefixed(formula)
    formula = formula.replace("=@", "=", 1) if formula.startswith("=@") else formula
    match = _CALL.match(formula)
    call = _call_at(formula, match.end()) if match else None
    if match is None or call is None or formula[call[1] + 1 :].strip():
        return None
    return Call(match[1].upper(), call[0])


def calls_of(formula: str, prefix: str) -> list[Call]:
    """Every call in a formula of a function whose name begins so, from left to right."""
    found = []
    for match in re.finditer(rf"(?<![\w.]){prefix}[A-Z0-9_]*\(", formula, re.IGNORECASE):
        if not _in_text(formula, match.start()):
            call = _call_at(formula, match.end())
            if call:
                found.append(Call(match[0][:-1].upper(), call[0]))
    return found


def _in_text(formula: str, at: int) -> bool:
    return any(match.start() < at < match.end() for match in _PIECES.finditer(formula))


def _call_at(formula: str, start: int) -> tuple[tuple[str, ...], int] | None:
    """The arguments of a call, and where it is closed; None where it is not."""
    arguments, begin = [], start
    for end, _ in _splits(formula, start):
        arguments.append(formula[begin:end].strip())
        begin = end + 1
        if formula[end] == ")":
            return (() if arguments == [""] else tuple(arguments)), end
    return None


def reference(text: str) -> tuple[str, Area] | None:
    """Sheet (empty for the formula's own) and area of ``A1``, ``Sheet!$A$1:$B$9``, ``='My sheet'!A1``; else None."""
    text = text.strip().removeprefix("=").removeprefix("@").removesuffix("#")
    sheet, mark, cells = text.rpartition("!")
    if sheet.startswith("'") and sheet.endswith("'"):
        sheet = sheet[1:-1].replace("''", "'")
    elif mark and not re.fullmatch(r"[\w.]+", sheet):
        return None
    area = parse_area(cells)
    if area is None or (mark and not sheet) or "[" in sheet:
        return None
    return sheet, area


_REFERENCE = re.compile(
    r"(?:'(?:[^']|'')+'!|[A-Za-z_][\w.]*!)?\$?[A-Za-z]{1,3}\$?[1-9]\d*(?::\$?[A-Za-z]{1,3}\$?[1-9]\d*)?(?![\w.(])"
    r"|[A-Za-z_\\][\w.]*(?![\w.(!])"
)


def references(formula: str) -> list[str]:
    """The texts in a formula that may be references or defined names, from left to right; texts in quotes are none."""
    bare = re.sub(r'"(?:[^"]|"")*"', '""', formula)
    return list(dict.fromkeys(match[0] for match in _REFERENCE.finditer(bare)))
