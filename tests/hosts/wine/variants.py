"""Cells as COM variants, made as Excel and VBA make them. Runs in Windows Python only.

pywin32 cannot do this: as a client it sends every error as "argument left out". So the memory is laid out here, byte by
byte, and OLEAUT32 owns it.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

EMPTY, NULL, I2, I4, R4, R8, CURRENCY, DATE, TEXT, DISPATCH, ERROR, BOOL, VARIANT = range(13)
DECIMAL, ARRAY, BYREF = 14, 0x2000, 0x4000
_OLE_ERROR = 0x800A0000  # Excel adds its error number
_NOT_FOUND = 0x80020004  # DISP_E_PARAMNOTFOUND


@dataclass(frozen=True)
class Error:
    """An error cell, by its number as ``CVErr`` takes it."""

    number: int


class Missing:
    """An optional argument that the formula leaves out."""


@dataclass(frozen=True)
class Block:
    """The ``Value2`` of a range of several cells: two dimensions, counted from 1. A list is VBA's ``Array(...)``."""

    rows: list[list[Any]]


class Dispatch:
    """An object that goes along in an argument, such as the workbook: what pywin32 wrapped for COM."""

    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped  # kept, so that the pointer stays good
        address = re.search(r"with obj at 0x([0-9A-Fa-f]+)", repr(wrapped))
        assert address, wrapped
        self.pointer = int(address[1], 16)


class _Value(ctypes.Union):
    _fields_ = [
        ("number", ctypes.c_double), ("long", ctypes.c_int32), ("short", ctypes.c_int16), ("code", ctypes.c_uint32),
        ("single", ctypes.c_float), ("money", ctypes.c_int64), ("pointer", ctypes.c_void_p),
    ]  # fmt: skip


class Variant(ctypes.Structure):
    """VARIANT of 64-bit Windows: 24 bytes."""

    _fields_ = [
        ("kind", ctypes.c_uint16),
        ("reserved", ctypes.c_uint16 * 3),
        ("of", _Value),
        ("record", ctypes.c_void_p),
    ]


class _Bound(ctypes.Structure):
    _fields_ = [("count", ctypes.c_uint32), ("first", ctypes.c_int32)]


_ole = ctypes.WinDLL("oleaut32")  # type: ignore[attr-defined]
_ole.SysAllocStringLen.restype = ctypes.c_void_p
_ole.SysAllocStringLen.argtypes = [ctypes.c_wchar_p, ctypes.c_uint]
_ole.SysStringLen.argtypes = [ctypes.c_void_p]
_ole.SysFreeString.argtypes = [ctypes.c_void_p]
_ole.SafeArrayCreate.restype = ctypes.c_void_p
_ole.SafeArrayCreate.argtypes = [ctypes.c_uint16, ctypes.c_uint, ctypes.POINTER(_Bound)]
_ole.SafeArrayAccessData.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)]
_ole.SafeArrayUnaccessData.argtypes = [ctypes.c_void_p]
_ole.SafeArrayGetDim.argtypes = [ctypes.c_void_p]
_ole.SafeArrayGetLBound.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(ctypes.c_long)]
_ole.SafeArrayGetUBound.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(ctypes.c_long)]
_ole.VariantClear.argtypes = [ctypes.POINTER(Variant)]

_add_reference = ctypes.WINFUNCTYPE(ctypes.c_ulong)(1, "AddRef")  # type: ignore[attr-defined]


def clear(variant: Variant) -> None:
    """Free what a variant holds."""
    _ole.VariantClear(ctypes.byref(variant))


def fill(variant: Variant, value: Any) -> None:
    """Put a value into an empty variant.

    Raises:
        TypeError: no cell holds such a thing.
    """
    if type(value) is float:  # nearly every cell
        variant.kind, variant.of.number = R8, value
    elif value is None:
        variant.kind = EMPTY
    elif isinstance(value, bool):
        variant.kind, variant.of.short = BOOL, -1 if value else 0
    elif isinstance(value, int):
        variant.kind, variant.of.long = I4, value
    elif isinstance(value, str):
        variant.kind, variant.of.pointer = TEXT, _ole.SysAllocStringLen(value, len(value.encode("utf-16-le")) // 2)
    elif isinstance(value, Error):
        variant.kind, variant.of.code = ERROR, _OLE_ERROR + value.number
    elif value is Missing:
        variant.kind, variant.of.code = ERROR, _NOT_FOUND
    elif isinstance(value, Decimal):
        variant.kind, variant.of.money = CURRENCY, int(value * 10_000)
    elif isinstance(value, Block):
        variant.kind, variant.of.pointer = ARRAY | VARIANT, _block(value.rows)
    elif isinstance(value, Dispatch):
        _add_reference(ctypes.c_void_p(value.pointer))  # clearing the variant lets go of it
        variant.kind, variant.of.pointer = DISPATCH, value.pointer
    elif isinstance(value, list):
        variant.kind, variant.of.pointer = ARRAY | VARIANT, _array([value], [_Bound(len(value), 0)])
    else:
        raise TypeError(f"a cell cannot hold {value!r}")


def _block(rows: list[list[Any]]) -> int:
    # An array's memory runs down the columns: the first index moves fastest.
    columns = list(map(list, zip(*rows, strict=True)))
    return _array(columns, [_Bound(len(rows), 1), _Bound(len(columns), 1)])


def _array(columns: list[list[Any]], bounds: list[_Bound]) -> int:
    array = _ole.SafeArrayCreate(VARIANT, len(bounds), (_Bound * len(bounds))(*bounds))
    assert array
    cells = _cells(array, sum(map(len, columns)))
    for place, value in enumerate(value for column in columns for value in column):
        fill(cells[place], value)
    _ole.SafeArrayUnaccessData(array)
    return int(array)


def _cells(array: int, count: int) -> Any:
    data = ctypes.c_void_p()
    assert _ole.SafeArrayAccessData(array, ctypes.byref(data)) == 0
    return (Variant * count).from_address(data.value) if count else []


def read(variant: Variant) -> Any:
    """A variant that came back as VBA sees it; an array of one dimension as a list, of two as a :class:`Block`.

    Raises:
        TypeError: VBA would not know what to do with it in a cell.
    """
    kind = variant.kind
    if kind == ARRAY | VARIANT:
        return _read_array(variant.of.pointer)
    if kind == TEXT:
        pointer = variant.of.pointer
        return ctypes.wstring_at(pointer, _ole.SysStringLen(pointer)) if pointer else ""
    if kind in (EMPTY, NULL):
        return None
    if kind in _SIMPLE:
        return _SIMPLE[kind](variant.of)
    raise TypeError(f"a variant of kind {kind} came back")


_SIMPLE = {
    R8: lambda of: of.number,
    R4: lambda of: of.single,
    I4: lambda of: of.long,
    I2: lambda of: of.short,
    BOOL: lambda of: bool(of.short),
    CURRENCY: lambda of: Decimal(of.money) / 10_000,
    ERROR: lambda of: Missing if of.code == _NOT_FOUND else Error(of.code - _OLE_ERROR),
}


def _read_array(array: int) -> Any:
    sizes = [_size(array, dimension + 1) for dimension in range(_ole.SafeArrayGetDim(array))]
    if len(sizes) > 2:
        raise TypeError(f"an array of {len(sizes)} dimensions came back")
    deep, wide = sizes[0], sizes[1] if len(sizes) == 2 else 1
    cells = _cells(array, deep * wide)
    values = [read(cells[place]) for place in range(deep * wide)]
    _ole.SafeArrayUnaccessData(array)
    return values if len(sizes) == 1 else Block([values[row::deep] for row in range(deep)])


def _size(array: int, dimension: int) -> int:
    first, last = ctypes.c_long(), ctypes.c_long()
    assert _ole.SafeArrayGetLBound(array, dimension, ctypes.byref(first)) == 0
    assert _ole.SafeArrayGetUBound(array, dimension, ctypes.byref(last)) == 0
    return last.value - first.value + 1
