"""The Windows stand-in as Linux sees it: where it lies, how a program runs in it, how it is ended."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MARK = "RESULT"
"""Programs print it, and then their result as JSON."""


def default_folder() -> Path:
    """``XLFV_WINE``, or a folder in the user's cache."""
    named = os.environ.get("XLFV_WINE")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named).absolute() if named else cache / "xlfv-tests" / "wine"


class Hung(Exception):
    """A program under Wine did not end in time, or ended without a result."""


@dataclass(frozen=True)
class Stand:
    """A prepared folder.

    Attributes:
        folder: everything lies in it, Wine's prefix too.
    """

    folder: Path

    @property
    def home(self) -> Path:
        """Python's folder; with a blank and an accent in its name, as users have them."""
        return self.folder / "Données Python"

    @property
    def python(self) -> Path:
        """The interpreter."""
        return self.home / "python.exe"

    @property
    def site(self) -> Path:
        """Its packages."""
        return self.home / "Lib" / "site-packages"

    @property
    def prefix(self) -> Path:
        """Wine's C: drive and registry; nobody else's."""
        return self.folder / "prefix"

    def environment(self, **more: str) -> dict[str, str]:
        """Variables for Wine: its own prefix, no window, no look for .NET or a browser, file names in UTF-8."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
        return kept | {
            "WINEPREFIX": str(self.prefix), "WINEARCH": "win64", "WINEDEBUG": "-all", "DISPLAY": "", "LC_ALL": "C.UTF-8",
            "WINEDLLOVERRIDES": "mscoree,mshtml=", **more,
        }  # fmt: skip

    def wine(self, *words: str, seconds: float, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a Windows program to its end.

        Args:
            words: the command line.
            seconds: after which it is killed.
            more: environment variables.

        Raises:
            Hung: it did not end in time; all of Wine was ended.
        """
        # Through pipes: a plain file as output kills Windows Python under Wine.
        try:
            return subprocess.run(
                ["wine", *words], env=self.environment(**more), cwd=self.folder, stdin=subprocess.DEVNULL, timeout=seconds,
                capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as expired:
            self.end()
            said = b"".join(filter(None, (expired.stdout, expired.stderr))).decode("utf-8", "replace")
            raise Hung(f"{' '.join(words)} did not end within {seconds:.0f} s; it said:\n{said[-3000:]}") from None

    def run(self, *words: str, seconds: float, **more: str) -> subprocess.CompletedProcess[str]:
        """Run Windows Python (arguments as :meth:`wine` takes them)."""
        return self.wine(str(self.python), "-B", *words, seconds=seconds, **more)

    def result(self, *words: str, seconds: float, **more: str) -> Any:
        """What a Python program printed as its result.

        Raises:
            Hung: it did not end in time, or without a result.
        """
        ran = self.run(*words, seconds=seconds, **more)
        before, mark, after = ran.stdout.rpartition(MARK)
        if not mark or ran.returncode:
            raise Hung(f"{' '.join(words)} ended with {ran.returncode}:\n{(before + after + ran.stderr)[-6000:]}")
        return json.loads(after)

    def end(self) -> None:
        """End every program of this prefix."""
        subprocess.run(["wineserver", "-k"], env=self.environment(), timeout=30, capture_output=True, check=False)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While it lasts no other process uses this folder; afterwards every program of the prefix is ended."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield
            finally:
                self.end()


def windows(path: Path) -> str:
    """A path as Windows programs see it."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


def say(words: str) -> None:
    """A line of progress."""
    print(words, file=sys.stderr, flush=True)
