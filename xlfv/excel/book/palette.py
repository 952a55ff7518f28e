"""Every look that a cell of the book can have, numbered: how a book with buttons notes what each of its cells looks like.

A look is painted onto a cell of an open workbook by copying it from a sample, which stands on the sheet Layout. So
the samples are the same in every month, whatever the month needs of them.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from xlfv.excel.book.styles import BOLD, HEAD, NOTE, NUMBERS, OWN, RIGHT, SECTION, TEXT, Style, properties

_INPUT = Style(role="input")
_LINK = Style(role="link")


def _looks() -> Iterator[Style]:
    yield Style()
    yield from (Style(role="title"), SECTION, Style("check", role="section", align="left"), NOTE)
    yield from (HEAD, HEAD.but(indent=1), RIGHT, Style(role="group"), OWN)
    yield from (Style(number) for number in NUMBERS)
    yield from (TEXT.but(indent=1), TEXT.but(align="right"), TEXT.but(wrap=True), Style(role="shrink"))
    yield from (TEXT.but(wrap=True, indent=1), BOLD.but(top=True, indent=1))
    yield from (Style(role="small", wrap=True), Style(role="small", wrap=True, bold=True))
    yield from (Style(number, align="right") for number in ("count", "date", "dollars", "plain", "rate", "years"))
    yield from (Style(number, align="left") for number in ("check", "date"))
    yield from (BOLD, *(Style(number, bold=True) for number in ("flow", "thousands", "dollars")))
    yield from (Style(number, bold=True, top=True) for number in ("text", "dollars", "thousands", "rate", "price"))
    yield from (Style("thousands", role="note"), Style("dollars", role="note"))
    yield from (_LINK.but(number=number) for number in ("text", "dollars", "rate", "thousands"))
    yield from (_LINK.but(bold=True), _LINK.but(indent=1), _LINK.but(number="dollars", bold=True))
    yield from (_LINK.but(number="thousands", bold=True, top=top) for top in (False, True))
    yield from (_INPUT.but(number=number) for number in NUMBERS)
    yield from (_INPUT.but(wrap=wrap, indent=indent) for wrap in (False, True) for indent in (0, 1))
    yield from (_INPUT.but(number="date", align=align) for align in ("left", "right"))
    yield from (_INPUT.but(number=number, align="left", indent=indent) for number in ("", "plain") for indent in (0, 1))
    yield from (_INPUT.but(align="left", bold=True), _INPUT.but(number="dollars", bold=True))


def _key(style: Style) -> str:
    """Two styles of one key look the same."""
    return repr(sorted(properties(style).items()))


def _distinct(looks: Iterable[Style]) -> tuple[Style, ...]:
    found: dict[str, Style] = {}
    for style in looks:
        found.setdefault(_key(style), style)
    return tuple(found.values())


PALETTE = _distinct(_looks())
"""The looks by number, from 0; the first is that of an empty cell of the book."""

_NUMBERED = {_key(style): number for number, style in enumerate(PALETTE)}
PALETTE_KEY = hashlib.sha256("\n".join(_NUMBERED).encode()).hexdigest()[:12]
"""Tells books whose looks are numbered alike."""


@functools.cache
def numbered(style: Style) -> int:
    """The number of a look; where the palette lacks it, that of the nearest one."""
    for near in (style, *_nearer(style)):
        number = _NUMBERED.get(_key(near))
        if number is not None:
            return number
    return 0


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[int, Any] = {}

    def get(self, style: Style) -> Any:
        """The workbook's format of a style."""
        number = numbered(style)
        if number not in self._made:
            self._made[number] = self._workbook.add_format(properties(PALETTE[number]))
        return self._made[number]


def _nearer(style: Style) -> Iterator[Style]:
    """The look with less and less of what makes it special; its number format and its role go last."""
    for changes in (
        {"indent": 0},
        {"wrap": False},
        {"align": ""},
        {"top": False},
        {"bold": False},
        {"role": "formula"},
    ):
        style = replace(style, **changes)  # type: ignore[arg-type]
        yield style


def words(style: Style) -> str:
    """A look in words."""
    parts = [style.role, style.number or "general"]
    parts += [name for name in ("bold", "wrap", "top") if getattr(style, name)]
    parts += [f"{style.align} aligned"] if style.align else []
    parts += [f"indent {style.indent}"] if style.indent else []
    return ", ".join(parts)
