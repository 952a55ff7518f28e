"""What the registry says of Excel on this machine."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from xlfv.excel.install.machine import Machine

VERSIONS = ("16.0", "15.0", "14.0")
NEWEST = VERSIONS[0]  # Excel 2016 and all since

_HOME = r"HKLM\SOFTWARE\Microsoft\Office"
_HOME_32 = r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Office"  # what 32-bit programs see on 64-bit Windows
_CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
_APP_PATH = r"\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_PACKAGES = (
    r"HKCU\Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion\AppModel\Repository\Packages"
)
_BITS = {"x86": 32, "x64": 64}
_MACHINES = {0x014C: 32, 0x8664: 64, 0xAA64: 64}


@dataclass(frozen=True)
class Office:
    """Excel as installed.

    Attributes:
        version: ``16.0``.
        bits: 64 or 32; None where nothing says so.
        folder: where EXCEL.EXE is; empty where not known.
        store: True for the edition of the Microsoft Store.
    """

    version: str
    bits: int | None
    folder: str
    store: bool


def find_office(machine: Machine) -> Office | None:
    """Excel for Windows; None where the registry knows none."""
    found = _installed(machine)
    app = _text(machine, "HKLM" + _APP_PATH, "") or _text(machine, "HKCU" + _APP_PATH, "")
    if found is None and not app:
        return None
    version, folder = found or (NEWEST, str(PureWindowsPath(app.strip('"')).parent))
    return Office(version, _bits(machine, version, folder), folder, _from_store(machine, folder, app))


def version_in_use(machine: Machine) -> str:
    """The version under which Excel keeps its settings; the newest where Excel is not found."""
    office = find_office(machine)
    return office.version if office else NEWEST


def program_bits(program: Path) -> int | None:
    """Bitness of an ``.exe`` or ``.dll``, from its header; None when it cannot be read or is no such file."""
    try:
        with program.open("rb") as stream:
            head = stream.read(4096)
        if head[:2] != b"MZ":
            return None
        (at,) = struct.unpack_from("<I", head, 0x3C)
        signature, kind = struct.unpack_from("<4sH", head, at)
    except (OSError, struct.error):
        return None
    return _MACHINES.get(kind) if signature == b"PE\0\0" else None


def _installed(machine: Machine) -> tuple[str, str] | None:
    """Version and folder of the newest Excel."""
    for version in VERSIONS:
        for home in (_HOME, _HOME_32):
            folder = _text(machine, rf"{home}\{version}\Excel\InstallRoot", "Path")
            if folder:
                return version, folder
    return None


def _bits(machine: Machine, version: str, folder: str) -> int | None:
    """From the program itself where it can be read, else from what the several installers write."""
    said = (
        _text(machine, _CLICK_TO_RUN, "Platform"),
        _text(machine, rf"{_HOME}\{version}\Outlook", "Bitness"),
        _text(machine, rf"{_HOME_32}\{version}\Outlook", "Bitness"),
    )
    read = program_bits(Path(folder) / "EXCEL.EXE") if folder else None
    return read or next((_BITS[word.lower()] for word in said if word.lower() in _BITS), None)


def _from_store(machine: Machine, folder: str, app: str) -> bool:
    """The Store keeps programs in a folder of its own, and a list of them."""
    places = (PureWindowsPath(folder), PureWindowsPath(app.strip('"')))
    if any(part.lower() == "windowsapps" for place in places for part in place.parts):
        return True
    return any(name.lower().startswith("microsoft.office.desktop_") for name in machine.registry.keys(_PACKAGES))


def _text(machine: Machine, key: str, name: str) -> str:
    value = machine.registry.value(key, name)
    return value if isinstance(value, str) else ""
