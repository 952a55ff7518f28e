r"""``%LOCALAPPDATA%\xlfv\xlfv.conf``: what the add-in must know to start Python, one ``key=value`` a line.

VBA reads it, and passes what it reads to Windows, in the ANSI code page: a path with letters that the code page lacks is
written in its 8.3 form.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from xlfv.excel.install.machine import Machine
from xlfv.tables import Fault, Refused

LOCALE = (
    "Windows Settings > Language > Administrative language settings > Change system locale: choose the language of "
    "that name"
)


@dataclass(frozen=True)
class Settings:
    """The lines of the file; empty where one is missing.

    Attributes:
        interpreter: the Python that Excel starts.
        dll64: the DLL of xlwings for 64-bit Excel.
        dll32: the same for 32-bit Excel.
        version: of the package that wrote the file.
    """

    interpreter: str = ""
    dll64: str = ""
    dll32: str = ""
    version: str = ""

    def encoded(self, ansi: str) -> bytes:
        """The file's content; every value must be plain in the code page (see :func:`plain_path`)."""
        return "".join(f"{key}={value}\r\n" for key, value in asdict(self).items()).encode(ansi)


def read_settings(content: bytes, ansi: str) -> Settings:
    """The settings in a file's content; lines that are none of ours are passed over."""
    lines = content.decode(ansi, errors="replace").splitlines()
    pairs = {key.strip().lower(): value.strip() for key, sign, value in (line.partition("=") for line in lines) if sign}
    return Settings(**{key: pairs.get(key, "") for key in asdict(Settings())})


def is_plain(text: str, ansi: str) -> bool:
    """True when the code page has every letter of a text."""
    try:
        text.encode(ansi)
    except UnicodeEncodeError:
        return False
    return True


def plain_path(machine: Machine, path: Path) -> str:
    """A path as VBA can hand it on: itself, or with its folder in 8.3 form.

    The file keeps its name, since VBA asks for the DLL by it.

    Raises:
        Refused: the code page lacks letters of it, and Windows keeps no 8.3 form.
    """
    if is_plain(str(path), machine.ansi):
        return str(path)
    short = machine.short_path(path.parent) / path.name
    if is_plain(str(short), machine.ansi):
        return str(short)
    raise Refused(
        Fault(
            f"Excel's macros cannot pass on {path}: this Windows has no letters of that name in its code page",
            todo=f"install Python and xlfv in a folder with a plain name, like C:\\xlfv; or {LOCALE}",
        )
    )


def settings_for(machine: Machine) -> Settings:
    """The settings that make Excel start this Python.

    Raises:
        Refused: a path cannot be written in the code page.
    """
    dlls = machine.package.dlls
    return Settings(
        interpreter=plain_path(machine, interpreter(machine)),
        dll64=plain_path(machine, dlls[64]) if 64 in dlls else "",
        dll32=plain_path(machine, dlls[32]) if 32 in dlls else "",
        version=machine.package.version,
    )


def interpreter(machine: Machine) -> Path:
    """``pythonw.exe`` beside the Python that runs: it opens no window of its own. Some have ``python.exe`` only."""
    windowless = machine.python.executable.with_name("pythonw.exe")
    return windowless if windowless.exists() else machine.python.executable
