"""Unpacking .gz files and workbooks within limits: what they say of their size is checked, and what comes out is counted."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import IO
from xml.parsers import expat

from xlfv.tables.faults import Fault, Refused
from xlfv.tables.limits import (
    LONGEST_PROLOG,
    MOST_MEMBERS,
    MOST_PART,
    MOST_PARTS_BYTES,
    MOST_RATIO,
    MOST_UNPACKED,
    RATIO_FROM,
    megabytes,
)

_CHUNK = 1 << 16
_GZIP = 31  # zlib's word for a gzip stream with its header and checksum
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x07"  # records at the end of a zip, the second of one for over 4 GB
_IN_64 = 0xFFFFFFFF  # stands where the number is in the second record
_CHECK = "check what it is; a sound table can be given as plain CSV"


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a stream, piece by piece."""
    return iter(lambda: stream.read(_CHUNK), b"")


def unzipped(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """The bytes of a gzip stream unpacked, piece by piece; no piece is empty.

    Raises:
        Refused: it is made of too many parts.
        zlib.error: it is damaged.
        EOFError: it is cut off.
    """
    inflate, members, waiting = zlib.decompressobj(_GZIP), 1, b""
    while packed := waiting or stream.read(_CHUNK):
        if unpacked := inflate.decompress(packed, _CHUNK):
            yield unpacked
        waiting = inflate.unconsumed_tail
        if inflate.eof:
            # Another member may follow; some writers fill up with zeros.
            waiting = inflate.unused_data.lstrip(b"\0") or stream.read(_CHUNK).lstrip(b"\0")
            if not waiting:
                return
            inflate, members = zlib.decompressobj(_GZIP), members + 1
            if members > MOST_MEMBERS:
                raise Refused(Fault(f"{name} is made of over {MOST_MEMBERS:,} packed parts", todo=_CHECK))
    raise EOFError("it is cut off")


class Counted(io.BufferedIOBase):
    """Pieces of a text in bytes as a stream, counted; more than a file may hold are refused.

    Attributes:
        name: what messages call it.
        count: bytes given so far.
    """

    def __init__(self, pieces: Iterator[bytes], packed: int, name: str) -> None:
        self._pieces = pieces
        self._packed = packed
        self.name = name
        self.count = 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def read1(self, size: int = -1, /) -> bytes:
        """The next piece, whatever its size.

        Raises:
            Refused: there are too many bytes, or one of them is a NUL, which no text holds.
        """
        found = next(self._pieces, b"")
        self.count += len(found)
        _check_size(self.name, self.count, self._packed)
        if b"\0" in found:
            at = self.count - len(found) + found.index(b"\0")
            what = f"{self.name} is not UTF-8 text (byte {at} is NUL)"
            raise Refused(Fault(what, todo="export it again as CSV UTF-8"))
        return found


def _check_size(name: str, unpacked: int, packed: int) -> None:
    if unpacked > MOST_UNPACKED:
        raise Refused(Fault(f"{name} unpacks to over {megabytes(MOST_UNPACKED)}", todo=_CHECK))
    if unpacked > RATIO_FROM and unpacked > MOST_RATIO * packed:
        raise Refused(Fault(f"{name} unpacks to over {MOST_RATIO} times its size", todo=_CHECK))


def open_parts(stream: IO[bytes], name: str) -> zipfile.ZipFile:
    """Open a workbook's parts, once they are known to be of ordinary number and size and to declare nothing.

    Args:
        stream: the file's bytes.
        name: what messages call it.

    Raises:
        Refused: it would unpack to too much, or a part of it declares a document type.
        zipfile.BadZipFile: it is no zip.
    """
    if list_size(stream) > MOST_PARTS_BYTES:
        raise Refused(Fault(f"{name} has too many parts for a workbook", todo=_CHECK))
    parts = zipfile.ZipFile(stream)
    _check_parts(parts.infolist(), name)
    for part in parts.infolist():
        _refuse_declarations(parts, part, name)
    return parts


def list_size(stream: IO[bytes]) -> int:
    """Bytes of the list of parts, as the end of the zip says; 0 where there is no such end.

    A comment may hold a false end: whichever of the ends a reader takes, none may be too large.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(size - (1 << 17), 0))
    tail = stream.read()
    stream.seek(0)
    sizes = [0]
    for end in (found.start() for found in re.finditer(re.escape(_END), tail)):
        sizes.append(int.from_bytes(tail[end + 12 : end + 16], "little"))
        if end >= 76 and tail[end - 20 : end - 16] == _END_64:
            sizes.append(int.from_bytes(tail[end - 36 : end - 28], "little"))
    return max(size for size in sizes if size != _IN_64)


def _check_parts(parts: Iterable[zipfile.ZipInfo], name: str) -> None:
    """Check the sizes that the list of parts gives: the reader of zips unpacks no more of a part than stands there."""
    total = packed = 0
    for part in parts:
        total, packed = total + part.file_size, packed + part.compress_size
        _check_size(f"{name}: {part.filename[:80]}", part.file_size, part.compress_size)
        if part.file_size > MOST_PART and "worksheets/" not in part.filename:
            what = f"{name}: {part.filename[:80]} unpacks to over {megabytes(MOST_PART)}"
            raise Refused(Fault(what, todo=_CHECK))
    _check_size(name, total, packed)


class _RootError(Exception):
    """The first element was reached."""


def _refuse_declarations(parts: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Refuse a part with a document type: no workbook has one, and entities (bombs, other files) come by nothing else."""

    def declared(*_: object) -> None:
        what = f"{name}: {part.filename[:80]} declares a document type, as no workbook does"
        raise Refused(Fault(what, todo="save it again as .xlsx"))

    def root(*_: object) -> None:
        raise _RootError

    with parts.open(part) as stream:
        prolog = stream.read(LONGEST_PROLOG)
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = declared, root
    try:
        parser.Parse(prolog, len(prolog) < LONGEST_PROLOG)
    except (_RootError, expat.ExpatError):  # what is not XML (a picture) is for the reader of the workbook to judge
        return
    if len(prolog) == LONGEST_PROLOG:
        raise Refused(Fault(f"{name}: {part.filename[:80]} has no beginning", todo="save it again as .xlsx"))
