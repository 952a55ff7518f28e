"""A DLL that only passes a call on, written byte by byte: Wine 8 lacks one that programs in Rust ask for.

Windows has the random numbers of its ``bcryptprimitives.dll`` in ``advapi32.dll`` too, and so has Wine.
"""

from __future__ import annotations

import struct
from pathlib import Path

NAME = "bcryptprimitives.dll"
_FUNCTION, _TARGET = b"ProcessPrng", b"advapi32.SystemFunction036"
_AT, _FILE_STEP, _BASE = 0x1000, 0x200, 0x3_7A00_0000
_DOS, _COFF, _OPTIONAL, _SECTION = "<2s58xI", "<4sHHIIIHH", "<HBB5IQIIHHHHHHIIIIHHQQQQII", "<8s6IHHI"


def write(folder: Path) -> None:
    """Put the DLL beside the program that wants it."""
    exports = _exports()
    headers = _headers(len(exports))
    (folder / NAME).write_bytes(headers.ljust(_FILE_STEP, b"\0") + exports.ljust(_FILE_STEP, b"\0"))


def _exports() -> bytes:
    """The export directory: one name, whose address is the text that names the function meant."""
    tables = _AT + 40  # behind the directory: address, name and number of the function
    texts = tables + 10
    names = [NAME.encode() + b"\0", _FUNCTION + b"\0", _TARGET + b"\0"]
    dll, function, target = (texts + sum(map(len, names[:k])) for k in range(3))
    directory = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, dll, 1, 1, 1, tables, tables + 4, tables + 8)
    return directory + struct.pack("<IIH", target, function, 0) + b"".join(names)


def _headers(exported: int) -> bytes:
    dos = struct.pack(_DOS, b"MZ", 64)
    coff = struct.pack(_COFF, b"PE\0\0", 0x8664, 1, 0, 0, 0, 240, 0x2022)  # for x64, one section, a DLL
    optional = struct.pack(
        _OPTIONAL, 0x20B, 14, 0, 0, _FILE_STEP, 0, 0, _AT, _BASE, _AT, _FILE_STEP, 6, 0, 0, 0, 6, 0, 0, 2 * _AT, _FILE_STEP,
        0, 2, 0x100, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16,
    )  # fmt: skip
    directories = struct.pack("<II", _AT, exported).ljust(16 * 8, b"\0")
    section = struct.pack(_SECTION, b".edata", exported, _AT, _FILE_STEP, _FILE_STEP, 0, 0, 0, 0, 0x40000040)
    return dos + coff + optional + directories + section
