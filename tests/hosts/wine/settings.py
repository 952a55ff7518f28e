"""The user that the client plays: folders with blanks and accents in their names, and the add-in's settings in them.

Runs in Windows Python only.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ANALYST = r"C:\users\Zoë de Vries"


def log_in(home: str = ANALYST) -> None:
    """Be the user of that home folder, who keeps handles in memory only."""
    folders = {"USERPROFILE": "", "LOCALAPPDATA": r"\AppData\Local", "APPDATA": r"\AppData\Roaming"}
    os.environ.update({name: home + below for name, below in folders.items()}, XLFV_CACHE="off", COLUMNS="250")


@contextmanager
def logged_in(home: str) -> Iterator[Path]:
    """While it lasts, be a new user of that home folder; then the analyst again."""
    shutil.rmtree(home, ignore_errors=True)
    log_in(home)
    try:
        yield Path(home)
    finally:
        log_in()


def xlfv(*words: str) -> tuple[int, str]:
    """A command of ours in a command window: its exit code, and what it said."""
    from xlfv.cli import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(words)
    return code, said.getvalue()
