"""Where the book lies: said, in XLFV_BOOK, beside the workbook, or in the user's config."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from pathlib import Path

from xlfv.tables import Fault, Refused
from xlfv.tables.paths import legible

NAME = "months.duckdb"
"""The book's file beside a workbook, when nothing else is said."""


def config_file() -> Path:
    """The user's config: ``xlfv/config.toml`` in APPDATA on Windows, in XDG_CONFIG_HOME or ``~/.config`` elsewhere."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "xlfv" / "config.toml"


def find_book(said: str | Path = "", beside: str | Path = "") -> Path:
    """The book that is meant; whether a file stands there is seen when it is opened.

    Args:
        said: a path; a relative one starts at ``beside``.
        beside: the folder of the workbook; empty for the current folder.

    Returns:
        what is said; else XLFV_BOOK; else ``months.duckdb`` beside, where there is one; else the config's; else ``months.duckdb``
        beside.

    Raises:
        Refused: the config cannot be read.
    """
    home = Path(beside)
    if str(said).strip():
        return home / str(said).strip()
    if named := os.environ.get("XLFV_BOOK", "").strip():
        return home / named
    near = home / NAME
    return near if near.is_file() else _configured() or near


def _configured() -> Path | None:
    file = config_file()
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused(
            Fault(f"the config cannot be read: {problem}", legible(str(file)), "mend it, or take it away")
        ) from None
    try:
        book = tomllib.loads(text).get("book", "")
    except tomllib.TOMLDecodeError as problem:
        todo = 'it holds one line: book = "PATH"; write it again with: xlfv book PATH'
        raise Refused(Fault(f"the config is damaged: {problem}", legible(str(file)), todo)) from None
    if not isinstance(book, str):
        raise Refused(Fault(f"the config's book is {book!r}", legible(str(file)), 'write it as text: book = "PATH"'))
    return Path(book) if book.strip() else None


def keep_book(path: Path) -> Path:
    """Note a book in the user's config, and give the config's file.

    Raises:
        Refused: it cannot be written.
    """
    file = config_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"book = {json.dumps(str(path.absolute()), ensure_ascii=False)}\n", encoding="utf-8")
    except OSError as problem:
        raise Refused(Fault(f"the config cannot be written: {problem.strerror}", legible(str(file)))) from None
    return file
