"""Our VBA, really run: the modules of the add-in in pyOpenVBA's Excel, with a stand-in for the COM server.

What stands in: the module that loads the DLL gives a server object of ours, which hands values on as COM and pywin32
do; ``Application.Caller`` is the cell a test chooses. Attribute lines inside procedures are left out, and the class
module too, as this interpreter runs neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._model import Application
from pyopenvba.exceptions import VBARuntimeError
from pyopenvba.interpreter._objects import VBAObject, member, method, setter
from pyopenvba.interpreter._values import EMPTY, MISSING, NOTHING, VBAArray, VBAErrorValue, VBAInt

from addin.builder import package
from xlfv.excel.codec import ERROR_NUMBERS
from xlfv.excel.codec import MISSING as LEFT_OUT
from xlfv.excel.hosts import xlwings as host

_SCODE = -2146828288
_CODES = {number: code for code, number in ERROR_NUMBERS.items()}
BRIDGE = """Option Explicit
Public stand As Object
Public Function XlfvConnect() As Object
    Set XlfvConnect = stand.Connected()
End Function
"""
ESCAPE = 18


class Excel(Application):
    """Excel with the members that our VBA needs and the interpreter lacks."""

    calling: Any = None

    @member
    def Caller(self) -> object:  # noqa: N802
        return self.calling if self.calling is not None else VBAErrorValue(2023)

    @member
    def EnableCancelKey(self) -> object:  # noqa: N802
        return VBAInt(1, "Long")

    @setter("EnableCancelKey")
    def set_cancel_key(self, value: object) -> None:
        """Noted by nobody."""


class Server(VBAObject):
    """xlwings' COM object: ``CallUDF`` into our module."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @method(name="CallUDF")
    def call_udf(
        self, script: object, name: object, args: object, book: object = MISSING, cell: object = MISSING
    ) -> object:
        assert script == "xlfv.excel.hosts.xlwings"
        assert book is NOTHING
        assert cell is NOTHING
        return to_vba(self.desk.called(str(name), from_vba(args)))


class Stand(VBAObject):
    """What the stand-in for the DLL's module asks for a server."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @method(name="Connected")
    def connected(self) -> object:
        self.desk.starts += 1
        if self.desk.refuses:
            raise VBARuntimeError(1001, self.desk.refuses)
        return Server(self.desk)


class Desk:
    """One Excel with our add-in.

    Attributes:
        app: the application.
        calls: the calls that reached Python: name and arguments.
        starts: how often a server was started.
        refuses: why no server starts; empty when one does.
        before: called with the name of each call before it is done; may raise as COM or the user would.
    """

    def __init__(self) -> None:
        self.app = ExcelApplication()
        self.app.application.__class__ = Excel
        self.app.add_workbook()
        self.calls: list[tuple[str, Any]] = []
        self.starts = 0
        self.refuses = ""
        self.before: Callable[[str], None] = lambda name: None
        self.told: list[str] = []
        for module in package.addin_modules():
            if module.kind == "bas":
                source = BRIDGE if module.name == "XlfvBridge" else runnable(module.text)
                self.app.add_module(source, name=module.name)
        bridge = self.app.interpreter.modules["xlfvbridge"]
        bridge.initialise()
        bridge.variables["stand"].set(Stand(self))

    def called(self, name: str, args: Any) -> Any:
        """A call as the server of xlwings does it: one row flattened, one cell alone."""
        self.calls.append((name, args))
        self.told.append(str(self.app.application.status_bar))
        self.before(name)
        grid = getattr(host, name)(*args)
        if len(grid) == 1:
            return grid[0][0] if len(grid[0]) == 1 else grid[0]
        return grid

    def fall(self, name: str = "", how: Callable[[], None] | None = None) -> None:
        """The server is lost once: at the next call of that name (of any where none is given).

        Args:
            name: of the call.
            how: what happens then; the connection breaks where nothing is given.
        """
        fallen: list[bool] = []

        def lost(called: str) -> None:
            if called.startswith(name) and not fallen:
                fallen.append(True)
                (how or _break)()

        self.before = lost

    def cell(self, address: str) -> Any:
        """A cell or range of the first sheet, as a formula hands it over."""
        return self.app.application.vba_get("Range", [address])

    def run(self, name: str, *args: Any) -> Any:
        """A function's result as VBA hands it to Excel, in Python: errors as their codes."""
        return plain(self.app.interpreter.run(name, list(args)))


def _break() -> None:
    raise VBARuntimeError(462, "The remote server machine does not exist or is unavailable")


def runnable(source: str) -> str:
    """A module without what the interpreter does not run."""
    return re.sub(r"^Attribute .*$", "", source, flags=re.MULTILINE)


def from_vba(value: Any) -> Any:
    """A Variant as pywin32 hands it to Python."""
    if isinstance(value, VBAArray):
        return _rows(value, from_vba)
    if isinstance(value, VBAErrorValue):
        return _SCODE + value.number
    if value is MISSING:
        return LEFT_OUT
    if value is EMPTY:
        return None
    return int(value) if isinstance(value, VBAInt) else value


def plain(value: Any) -> Any:
    """A Variant as a test reads it."""
    if isinstance(value, VBAArray):
        return [list(row) if isinstance(row, tuple) else row for row in _rows(value, plain)]
    if isinstance(value, VBAErrorValue):
        return _CODES[value.number]
    return None if value is EMPTY else value


def _rows(array: VBAArray, each: Callable[[Any], Any]) -> tuple[Any, ...]:
    if array.dimensions == 1:
        (lower, upper) = array.bounds[0]
        return tuple(each(array.get([k])) for k in range(lower, upper + 1))
    (top, bottom), (left, right) = array.bounds
    return tuple(tuple(each(array.get([r, c])) for c in range(left, right + 1)) for r in range(top, bottom + 1))


def to_vba(value: Any) -> Any:
    """A result of Python as COM hands it to VBA: lists as arrays from 0."""
    if not isinstance(value, list):
        return EMPTY if value is None else value
    if not value or not isinstance(value[0], list):
        return VBAArray([(0, len(value) - 1)], items=[to_vba(cell) for cell in value])
    wide = len(value[0])
    array = VBAArray([(0, len(value) - 1), (0, wide - 1)])
    for r, row in enumerate(value):
        for c, cell in enumerate(row):
            array.set([r, c], to_vba(cell))
    return array
