"""The add-in as a file: its version, and the mark that Windows puts on what came from elsewhere."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

_VERSION = re.compile(rb"<cp:version>\s*([^<\s]+)\s*</cp:version>")
_MOST = 1 << 20
FOREIGN_ZONES = (3, 4)  # the internet, restricted sites


def version_of(content: bytes) -> str:
    """The version written in an add-in's document properties; empty when it is no add-in of ours, or damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package, package.open("docProps/core.xml") as properties:
            found = _VERSION.search(properties.read(_MOST))
    except (zipfile.BadZipFile, KeyError, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        return ""
    return found[1].decode("ascii", errors="replace") if found else ""


def mark_of(path: Path) -> Path:
    """The stream in which Windows notes that a file came from elsewhere (the "mark of the web")."""
    return path.with_name(path.name + ":Zone.Identifier")


def zone(path: Path) -> int:
    """The zone a file came from: 3 is the internet; 0 where no mark says so."""
    try:
        text = mark_of(path).read_bytes()
    except OSError:
        return 0
    found = re.search(rb"ZoneId\s*=\s*(\d)", text)
    return int(found[1]) if found else 0


def remove_mark(path: Path) -> None:
    """Take the mark off.

    Raises:
        OSError: it is there and cannot be removed.
    """
    if zone(path):
        mark_of(path).unlink()
