"""Files that unpack to more than they seem, made small and soon."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
SHEET = "xl/worksheets/sheet1.xml"


def workbook() -> bytes:
    """A sound workbook with one table."""
    book = openpyxl.Workbook()
    book.active.title = "loans"
    for row in (["loan_id", "balance"], ["a", 1.5], ["b", 2.5]):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_parts(**changed: bytes | None) -> bytes:
    """The workbook with parts replaced or added; ``__`` in a name stands for ``/``, and ``.xml`` is added."""
    wanted = {f"{name.replace('__', '/')}.xml": content for name, content in changed.items()}
    source, target = zipfile.ZipFile(io.BytesIO(workbook())), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as parts:
        for name in source.namelist():
            if name not in wanted:
                parts.writestr(name, source.read(name))
        for name, content in wanted.items():
            if content is not None:
                parts.writestr(name, content)
    return target.getvalue()


def sheet(rows: bytes, before: bytes = b"") -> bytes:
    """The XML of a sheet with those rows."""
    return (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        + before + b"<sheetData>" + rows + b"</sheetData></worksheet>"
    )  # fmt: skip


def claiming(content: bytes, part: str, size: int) -> bytes:
    """A zip whose list says that a part unpacks to so many bytes."""
    raw, at = bytearray(content), 0
    while (at := raw.find(b"PK\x01\x02", at)) >= 0:
        length = struct.unpack_from("<H", raw, at + 28)[0]
        if bytes(raw[at + 46 : at + 46 + length]).decode() == part:
            struct.pack_into("<I", raw, at + 24, size)
            return bytes(raw)
        at += 4
    raise AssertionError(f"there is no part {part}")


def deflated(block: bytes, times: int) -> bytes:
    """A packed stream that unpacks to a block over and over, without packing it so often."""
    press = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = press.compress(block) + press.flush(zlib.Z_FULL_FLUSH)
    return head * times


def gzip_bomb(path: Path, block: bytes, times: int) -> Path:
    """A .gz that unpacks to a block over and over; its end is missing, which nobody should live to see."""
    path.write_bytes(_GZIP_HEAD + deflated(block, times))
    return path


def gzip_members(path: Path, content: bytes, times: int) -> Path:
    """A .gz of very many packed parts."""
    path.write_bytes(gzip.compress(content, mtime=0) * times)
    return path
