"""The COM server as VBA gets and calls it: the DLL of xlwings, and IDispatch without any help of pywin32.

Runs in Windows Python only.
"""

from __future__ import annotations

import ctypes
from typing import Any, ClassVar

from tests.hosts.wine.variants import DISPATCH, TEXT, Variant, clear, fill, read

_CALL, _CALL_UDF = 1 | 2, "CallUDF"  # a method or property, as late-bound VBA asks
_EXCEPTION, _UNKNOWN_NAME = 0x80020009, 0x80020006
_ENGLISH = 0x409


class Lost(Exception):
    """The call failed: ``Err`` in VBA, with its number and description."""

    def __init__(self, number: int, description: str) -> None:
        super().__init__(f"{number & 0xFFFFFFFF:#010x} {description}".strip())
        self.number = number


class _Arguments(ctypes.Structure):
    _fields_ = [
        ("values", ctypes.POINTER(Variant)), ("names", ctypes.c_void_p),
        ("count", ctypes.c_uint), ("named", ctypes.c_uint),
    ]  # fmt: skip


class _Exception(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_uint16), ("reserved", ctypes.c_uint16), ("source", ctypes.c_void_p),
        ("description", ctypes.c_void_p), ("help", ctypes.c_void_p), ("context", ctypes.c_uint32),
        ("pointer", ctypes.c_void_p), ("defer", ctypes.c_void_p), ("scode", ctypes.c_int32),
    ]  # fmt: skip


class _Guid(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_byte * 16)]


_P = ctypes.c_void_p
_ids = ctypes.WINFUNCTYPE(  # type: ignore[attr-defined]
    ctypes.c_long, ctypes.POINTER(_Guid), ctypes.POINTER(ctypes.c_wchar_p), ctypes.c_uint, ctypes.c_uint, ctypes.POINTER(ctypes.c_long)
)(5, "GetIDsOfNames")  # fmt: skip
_invoke = ctypes.WINFUNCTYPE(  # type: ignore[attr-defined]
    ctypes.c_long, ctypes.c_long, ctypes.POINTER(_Guid), ctypes.c_uint, ctypes.c_ushort, ctypes.POINTER(_Arguments),
    ctypes.POINTER(Variant), ctypes.POINTER(_Exception), _P,
)(6, "Invoke")  # fmt: skip
_release = ctypes.WINFUNCTYPE(ctypes.c_ulong)(2, "Release")  # type: ignore[attr-defined]


class Server:
    """``Object`` of VBA: a pointer to IDispatch, released when it is let go."""

    def __init__(self, pointer: int) -> None:
        self.pointer = pointer
        self._id: int | None = None

    def call_udf(self, module: str, name: str, args: list[Any]) -> Any:
        """``server.CallUDF(module, name, Array(args...), Nothing, Nothing)``.

        Raises:
            Lost: what VBA sees as an error of that line.
        """
        values = (Variant * 5)()  # COM wants them backwards
        values[0].kind = values[1].kind = DISPATCH
        for place, value in ((2, args), (3, name), (4, module)):
            fill(values[place], value)
        try:
            return self._invoke(_Arguments(values, None, 5, 0))
        finally:
            for value in values:
                clear(value)

    def _invoke(self, arguments: _Arguments) -> Any:
        result, problem = Variant(), _Exception()
        nothing = ctypes.byref(_Guid())
        code = _invoke(
            ctypes.c_void_p(self.pointer), self._call_udf(), nothing, _ENGLISH, _CALL, ctypes.byref(arguments), ctypes.byref(result),
            ctypes.byref(problem), None,
        )  # fmt: skip
        if code:
            described = problem.description if code & 0xFFFFFFFF == _EXCEPTION else None
            raise Lost(code, ctypes.wstring_at(described) if described else "")
        try:
            return read(result)
        finally:
            clear(result)

    def knows(self, method: str) -> bool:
        """True when the object has a method of that name."""
        return self._number(method) is not None

    def _call_udf(self) -> int:
        """The number of the method, asked once, as VBA remembers it."""
        if self._id is None:
            self._id = self._number(_CALL_UDF)
        assert self._id is not None
        return self._id

    def _number(self, method: str) -> int | None:
        number, name = ctypes.c_long(), ctypes.c_wchar_p(method)
        code = _ids(ctypes.c_void_p(self.pointer), _Guid(), ctypes.byref(name), 1, _ENGLISH, ctypes.byref(number))
        if code and code & 0xFFFFFFFF != _UNKNOWN_NAME:
            raise Lost(code, "")
        return None if code else number.value

    def __del__(self) -> None:
        if self.pointer:
            _release(ctypes.c_void_p(self.pointer))


class Dll:
    """The DLL of xlwings, by its full path as VBA loads it."""

    _loaded: ClassVar[dict[str, Any]] = {}

    def __init__(self, path: str) -> None:
        ctypes.oledll.ole32.CoInitialize(None)  # type: ignore[attr-defined]
        if path not in self._loaded:
            self._loaded[path] = ctypes.WinDLL(path)  # type: ignore[attr-defined]
        self._activate = self._loaded[path].XLPyDLLActivateAuto
        self._activate.argtypes = [ctypes.POINTER(Variant), ctypes.c_char_p, ctypes.c_int]

    def start(self, launch: str) -> Server:
        """The server of that command line, started if it does not run.

        Raises:
            Lost: Python did not start, with what the DLL says.
        """
        result = self._call(launch, 1)
        assert result.kind == DISPATCH, result.kind
        return Server(int(result.of.pointer))

    def end(self, launch: str) -> None:
        """End the server of that command line."""
        self._call(launch, -1)

    def _call(self, launch: str, mode: int) -> Variant:
        result = Variant()
        code = self._activate(ctypes.byref(result), launch.encode("mbcs"), mode)  # VBA hands texts over as ANSI
        if code:
            raise Lost(code, str(read(result)) if result.kind == TEXT else "")
        return result
