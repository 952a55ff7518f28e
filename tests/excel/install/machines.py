"""Machines in any state: real files in a temporary folder, everything else of Windows made up."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from xlfv.excel.install import compiled
from xlfv.excel.install.machine import Machine, NoRegistry, Package, Process, Python

VERSION = "1.2.3"
XLWINGS = "0.37.8"
UPDATED = dt.datetime(2024, 3, 1, 12)
KERNELS = "kernels-0123456789abcdef"
OFFICE = r"HKLM\SOFTWARE\Microsoft\Office"
EXCEL = r"HKCU\Software\Microsoft\Office\16.0\Excel"
POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0"
SHELL = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
X64, X86 = 0x8664, 0x014C


class MadeUpRegistry:
    """A registry in a dictionary: key -> name -> value."""

    def __init__(self, content: Mapping[str, Mapping[str, Any]]) -> None:
        self.content: dict[str, dict[str, Any]] = {}
        for key, values in content.items():
            self.content.setdefault(key.lower(), {}).update(values)

    def value(self, key: str, name: str) -> Any:
        found = {each.lower(): value for each, value in self.values(key).items()}
        return found.get(name.lower())

    def values(self, key: str) -> Mapping[str, Any]:
        return self.content.get(key.lower(), {})

    def keys(self, key: str) -> Sequence[str]:
        below = [each[len(key) + 1 :] for each in self.content if each.startswith(key.lower() + "\\")]
        return sorted({each.partition("\\")[0] for each in below})


REGISTRY: dict[str, dict[str, Any]] = {
    rf"{OFFICE}\16.0\Excel\InstallRoot": {"Path": "C:\\Program Files\\Microsoft Office\\root\\Office16\\"},
    rf"{OFFICE}\ClickToRun\Configuration": {"Platform": "x64"},
}


def program(machine: int = X64) -> bytes:
    """The header of a DLL or program of that machine."""
    return b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x80) + bytes(0x40) + struct.pack("<4sH", b"PE\0\0", machine)


def addin(version: str = VERSION) -> bytes:
    """An add-in of that version."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr(zipfile.ZipInfo("xl/vbaProject.bin"), "macros of " + version)
        package.writestr(
            zipfile.ZipInfo("docProps/core.xml"),
            f"<cp:coreProperties><cp:version>{version}</cp:version></cp:coreProperties>",
        )
    return target.getvalue()


def write(path: Path, content: bytes) -> Path:
    """A file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def make_package(site: Path, env: Path) -> Package:
    """xlfv as pip installs it, with the add-in, xlwings' DLLs and compiled kernels."""
    folder = site / "xlfv"
    write(folder / "kernels" / "loans.py", b"def roll(): ...")
    cache = folder / "kernels" / "__pycache__"
    write(cache / KERNELS / "kernels_77" / "loans.roll-1.py311.nbi", b"index")
    compiled.note(cache / KERNELS / "kernels_77", folder / "kernels")
    dlls = {bits: env / f"xlwings{bits}-{XLWINGS}.dll" for bits in (64, 32)}
    for bits, dll in dlls.items():
        write(dll, program(X64 if bits == 64 else X86))
    return Package(
        version=VERSION, folder=folder, updated=UPDATED, addin=write(folder / "addin" / "xlfv.xlam", addin()),
        xlwings=XLWINGS, dlls=dlls, compiled=(cache,), kernels=KERNELS, handles=None,
    )  # fmt: skip


def windows(tmp_path: Path, user: str = "Zoë Müller") -> Machine:
    """A healthy Windows machine of a user whose name has a space and accents; nothing is installed yet."""
    home = tmp_path / "Users" / user
    env = home / "my env"
    python = write(env / "Scripts" / "python.exe", program())
    write(env / "Scripts" / "pythonw.exe", program())
    package = make_package(env / "Lib" / "site-packages", env)
    local = home / "AppData" / "Local"
    (home / "AppData" / "Roaming" / "Microsoft").mkdir(parents=True)
    local.mkdir()
    handles = local / "xlfv" / "handles"
    return Machine(
        system="Windows",
        name="Windows 11",
        environment={"APPDATA": str(home / "AppData" / "Roaming"), "LocalAppData": str(local)},
        home=home,
        python=Python(python, env, Path("C:/Python311"), "3.11.9", 64),
        package=replace(package, handles=handles),
        ansi="cp1252",
        registry=MadeUpRegistry(REGISTRY),
        network_drives=frozenset({"H:"}),
        processes=lambda: [],
        importing=lambda module: "",
        load_library=lambda path: "",
        short_path=lambda path: path,
        run=lambda command, environment: (0, f"a warning\nxlfv {VERSION} in {package.folder}\n"),
    )


def linux(tmp_path: Path) -> Machine:
    """The same user on Linux."""
    machine = windows(tmp_path)
    return replace(machine, system="Linux", name="Linux 6", environment={}, registry=NoRegistry(), ansi="utf-8")


def registered(machine: Machine, *keys: tuple[str, Mapping[str, Any]]) -> Machine:
    """The machine with more in its registry."""
    content = {key: dict(values) for key, values in REGISTRY.items()}
    for key, values in keys:
        content.setdefault(key, {}).update(values)
    return replace(machine, registry=MadeUpRegistry(content))


def running(machine: Machine, *processes: Process) -> Machine:
    """The machine with processes running."""
    return replace(machine, processes=lambda: list(processes))


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every folder (None) and file (its content) below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }  # fmt: skip


def environment_of(machine: Machine, variables: Mapping[str, str]) -> Machine:
    """The machine with these environment variables."""
    return replace(machine, environment=dict(variables))
