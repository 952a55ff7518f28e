"""The functions as xlwings knows them: declared with ``@xw.func``, one attribute of this module each.

Importable anywhere; where xlwings finds no Windows its decorators do nothing. Cells pass through untouched (xlwings'
own conversion reads ``#REF!`` as blank and writes NaN as an empty cell), and our codec reads them.

An error goes back as a marked text, since COM hands no error value back from Python: the VBA wrapper turns
:data:`MARK` and a number into ``CVErr(number)``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import xlwings as xw
from xlwings.conversion import Accessor
from xlwings.conversion.framework import Pipeline

from xlfv.excel import registry
from xlfv.excel.arguments import Arg
from xlfv.excel.call import call
from xlfv.excel.codec import Cell, Grid, error_number
from xlfv.excel.explain import Address
from xlfv.excel.registry import Function
from xlfv.tables import ErrorCell, Place

MARK = "\x1aERR"  # no cell can be typed to begin with it

# Words that VBA keeps for itself; as an argument's name they get an underscore.
_VBA_WORDS = frozenset([
    "and", "as", "boolean", "byref", "byte", "byval", "call", "case", "close", "const", "currency", "date",
    "debug", "declare", "dim", "do", "double", "each", "else", "elseif", "empty", "end", "enum", "eqv", "erase",
    "error", "event", "exit", "false", "for", "friend", "function", "get", "global", "gosub", "goto", "if",
    "imp", "implements", "in", "input", "integer", "is", "let", "like", "lock", "long", "loop", "lset", "me",
    "mod", "new", "next", "not", "nothing", "null", "object", "on", "open", "option", "optional", "or",
    "paramarray", "preserve", "print", "private", "property", "public", "put", "raiseevent", "redim", "rem",
    "resume", "return", "rset", "seek", "select", "set", "single", "static", "step", "stop", "string", "sub",
    "tab", "then", "to", "true", "type", "until", "variant", "wend", "while", "with", "write", "xor",
])  # fmt: skip


class Seen:
    """An argument as Excel handed it over: its raw cells, and the range when it was one."""

    def __init__(self, raw: Any, area: Any = None) -> None:
        self.raw = raw
        self.area = area

    def place(self) -> Place | None:
        """Where it stands; costs a few calls back to Excel, so it is asked only for a message."""
        if self.area is None:
            return None
        return Place(self.area.sheet.name, int(self.area.row), int(self.area.column), "sheet")


class AsSeen(Accessor):  # type: ignore[misc]
    """Reads an argument as :class:`Seen`: all values of a range in one go, dates as serial numbers."""

    @staticmethod
    def _see(context: Any) -> None:
        area = context.range
        if area is None:
            context.value = Seen(context.value)
        elif area.api.Areas.Count > 1:  # only the first area's values would come
            context.value = Seen(ErrorCell("#VALUE!", "it has several areas: point to one block of cells"), area)
        else:
            context.value = Seen(area.api.Value2, area)

    @classmethod
    def reader(cls, options: Any) -> Any:
        """The pipeline of xlwings that ends in a :class:`Seen`."""
        pipeline: Any = Pipeline()
        return pipeline.append_stage(cls._see)


def vba_name(arg: Arg) -> str:
    """The argument's name where it must be an identifier of both Python and VBA."""
    return arg.name + "_" if arg.name in _VBA_WORDS else arg.parameter


def mark(cell: Cell) -> Cell:
    """A cell as it goes back to Excel: an error as a marked text, a blank as empty text (else it shows as 0)."""
    if isinstance(cell, ErrorCell):
        return f"{MARK}{error_number(cell)}"
    if isinstance(cell, str) and cell.startswith(MARK):  # a text from a file must not pose as an error
        return " " + cell[1:]
    return "" if cell is None else cell


def _caller() -> str | None:
    """The calling cell's address, asked of the Excel that calls."""
    cell = xw.Book.caller().app.api.Caller
    sheet = cell.Worksheet
    return str(Address(sheet.Parent.Name, sheet.Name, int(cell.Row), int(cell.Column)))


def _folder() -> str:
    """The folder of the calling cell's workbook; empty for one never saved."""
    return str(xw.Book.caller().app.api.Caller.Worksheet.Parent.Path)


def _answerer(name: str) -> Callable[..., Grid]:
    def answer(*args: Any) -> Grid:
        seen = [arg if isinstance(arg, Seen) else Seen(arg) for arg in args]
        places = [each.place if each.area is not None else None for each in seen]
        grid = call(name, *[each.raw for each in seen], caller=_caller, places=places, folder=_folder)
        return [[mark(cell) for cell in row] for row in grid]

    return answer


def declare(f: Function) -> Callable[..., Grid]:
    """The function of xlwings for one of ours: named arguments, help texts, raw cells in and out."""
    answer = _answerer(f.name)
    parameters = [
        inspect.Parameter(
            vba_name(arg),
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=inspect.Parameter.empty if arg.required else None,
        )
        for arg in f.args
    ]
    answer.__name__ = answer.__qualname__ = f.name
    answer.__doc__ = f.what
    answer.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    answer.__annotations__ = {}  # xlwings would convert by them
    udf: Any = answer
    for arg in f.args:
        udf = xw.arg(vba_name(arg), AsSeen, doc=arg.help)(udf)
    # Last, since xw.arg and xw.ret set the category back.
    udf = xw.func(category=f"xlfv {f.family}")(xw.ret("raw")(udf))
    return udf  # type: ignore[no-any-return]


for _function in registry.functions().values():
    globals()[_function.name] = declare(_function)
