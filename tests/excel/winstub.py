"""Just enough of pywin32 for the Windows code of xlwings to import and call functions here.

It shows decorators, argument and result conversion and the VBA that xlwings writes. It does not show COM itself.
Install it in a process of its own: it puts fakes into ``sys.modules``.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import sys
import types
from typing import Any, ClassVar

RANGE = "{00020846-0000-0000-C000-000000000046}"


class ComError(Exception):
    """pywintypes.com_error."""


class TimeType(dt.datetime):
    """pywintypes.TimeType: how COM hands a date over."""


class Dispatched:
    """What win32com wraps COM objects in."""


class Fake(types.ModuleType):
    """A module in which every name exists: classes for capitals, functions that do nothing for the rest."""

    __path__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value: Any = type(name, (), {}) if name[0].isupper() or name.startswith("Py") else (lambda *a, **k: None)
        setattr(self, name, value)
        return value


class _TypeInfo:
    iid = RANGE

    def GetTypeInfo(self, *_: Any) -> _TypeInfo:  # noqa: N802
        return self

    def GetTypeAttr(self) -> _TypeInfo:  # noqa: N802
        return self


def _app() -> types.SimpleNamespace:
    return types.SimpleNamespace(Hwnd=0, Version="16.0", Caller=None)


APP = _app()


class _NoSheets(list):
    Count = 0


BOOK = types.SimpleNamespace(Name="Book1.xlsm", Path="", Application=APP, Worksheets=_NoSheets(), Sheets=_NoSheets())


class FakeRange(Dispatched):
    """What Excel hands over for a reference."""

    def __init__(self, value: Any, row: int = 1, column: int = 1, sheet: str = "Data", areas: int = 1) -> None:
        self._oleobj_ = _TypeInfo()
        self.Value = self.Value2 = value
        self.Row, self.Column = row, column
        block = value if isinstance(value, tuple) else ((value,),)
        self.Rows = types.SimpleNamespace(Count=len(block))
        self.Columns = types.SimpleNamespace(Count=len(block[0]))
        self.Areas = types.SimpleNamespace(Count=areas)
        self.Application = APP
        self.Worksheet = types.SimpleNamespace(Name=sheet, Parent=BOOK, Application=APP)


class _Dll:
    def __getattr__(self, name: str) -> _Dll:
        return self

    def __call__(self, *_: Any) -> int:
        return 0


def _fakes() -> dict[str, Any]:
    names = (
        "pywintypes pythoncom win32api win32con win32gui win32process win32event win32timezone win32com win32com.client "
        "win32com.server win32com.server.util win32com.server.policy win32com.server.dispatcher win32com.server.exception"
    )
    fakes = {name: Fake(name) for name in names.split()}
    fakes["pywintypes"].__dict__.update(com_error=ComError, error=ComError, TimeType=TimeType, IID=str)
    fakes["pythoncom"].__dict__.update(
        com_error=ComError, ole_error=ComError, Missing=None, Empty=None, __file__="pythoncom.dll",
        TypeIIDs={"IDispatch": object}, IID_IDispatch="IDispatch",
    )  # fmt: skip
    fakes["win32com.client"].__dict__.update(
        CDispatch=Dispatched, DispatchBaseClass=type("D", (), {}), CoClassBaseClass=type("C", (), {}),
        Dispatch=lambda o, *a, **k: o,
    )  # fmt: skip
    fakes["win32com"].__dict__.update(client=fakes["win32com.client"], server=fakes["win32com.server"])
    for part in ("util", "policy", "dispatcher", "exception"):
        setattr(fakes["win32com.server"], part, fakes[f"win32com.server.{part}"])
    fakes["win32process"].__dict__["GetWindowThreadProcessId"] = lambda hwnd: (1, 4242)
    zone = type("TimeZoneInfo", (), {"utc": staticmethod(lambda: dt.UTC), "local": staticmethod(lambda: dt.UTC)})
    fakes["win32timezone"].__dict__["TimeZoneInfo"] = zone
    return fakes


def install() -> Any:
    """Put the fakes in place and give xlwings' module ``udfs``."""
    sys.modules.update(_fakes())
    ctypes.windll = ctypes.oledll = _Dll()  # type: ignore[attr-defined]
    ctypes.WINFUNCTYPE = ctypes.CFUNCTYPE  # type: ignore[attr-defined]
    load = ctypes.PyDLL
    ctypes.PyDLL = lambda name, *a, **k: _Dll() if name == "pythoncom.dll" else load(name, *a, **k)  # type: ignore
    import xlwings
    import xlwings._xlwindows as windows
    from xlwings.main import Engine

    if "excel" not in [engine.name for engine in xlwings.engines]:
        xlwings.engines.add(Engine(impl=windows.engine))
    import xlwings.udfs as udfs

    xlwings._xlwindows = windows
    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    return udfs
