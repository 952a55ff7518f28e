"""The VBA modules as they stand in ``addin/vba``, with the constants of the protocol filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import requires
from pathlib import Path

from xlfv.excel.hosts.protocol import LAUNCH, MODULE

ADDIN = Path(__file__).resolve().parent.parent
LONGEST_LINE = 1023  # what the VBA editor takes


@dataclass(frozen=True)
class Module:
    """A VBA module.

    Attributes:
        name: as VBA knows it.
        kind: ``bas`` (procedures), ``cls`` (a class) or ``document`` (code behind the workbook).
        text: its source with CR LF, from its first line after the name.
    """

    name: str
    kind: str
    text: str


def xlwings_version() -> str:
    """The version of xlwings that the package pins: its DLL is named for it."""
    pins = [re.fullmatch(r"xlwings==([\d.]+).*", line) for line in requires("xlfv") or []]
    found = [pin[1] for pin in pins if pin]
    if len(found) != 1:
        raise ValueError("pyproject.toml must pin xlwings with ==, as the add-in names its DLL")
    return found[0]


def module(name: str, kind: str, text: str) -> Module:
    """A module of a text with line ends of any kind.

    Raises:
        ValueError: a line is too long, a letter is outside the code page, or Option Explicit is missing.
    """
    text = re.sub(r'^Attribute VB_Name = "[^"]*"\r?\n', "", text)
    text = "\r\n".join(text.splitlines()) + "\r\n"
    for number, line in enumerate(text.split("\r\n"), 1):
        if len(line) > LONGEST_LINE:
            raise ValueError(f"{name}, line {number}: {len(line)} characters; VBA takes {LONGEST_LINE}")
    text.encode("cp1252")
    if "Option Explicit\r\n" not in text:
        raise ValueError(f"{name} lacks Option Explicit")
    return Module(name, kind, text)


def read(folder: Path) -> list[Module]:
    """All modules of a folder, by name."""
    filled = {"@XLWINGS@": xlwings_version(), "@MODULE@": MODULE, "@LAUNCH@": LAUNCH.replace('"', '""')}
    found = []
    for file in sorted([*folder.glob("*.bas"), *folder.glob("*.cls")]):
        text = file.read_text(encoding="ascii")
        for place, value in filled.items():
            text = text.replace(place, value)
        kind = "document" if file.stem == "ThisWorkbook" else file.suffix[1:]
        found.append(module(file.stem, kind, text))
    return found
