"""A new user installs the add-in, calculates with it, asks the doctor, and takes it away again."""

from __future__ import annotations

import hashlib
import shutil
import winreg
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.hosts.wine.excel import Excel, setting
from tests.hosts.wine.plain import plain
from tests.hosts.wine.settings import logged_in, xlfv

HOME = r"C:\users\Åsa Öst"
_OFFICE = r"SOFTWARE\Microsoft\Office"


def run(excel: Excel) -> dict[str, Any]:
    """What each command said and left; the analyst's Excel is closed meanwhile."""
    excel.end()
    with logged_in(HOME) as home, _excel_installed():
        told: dict[str, Any] = {"doctor before": xlfv("doctor"), "install": xlfv("install"), "files": _files(home)}
        told["doctor"] = xlfv("doctor")
        told["settings"] = {key: setting(key) for key in ("interpreter", "dll64", "dll32", "version")}
        told |= _calculate()
        with _kernels_put_back():
            told["uninstall"], told["left"] = xlfv("uninstall"), _files(home)
            told["doctor after"], told["once more"] = xlfv("doctor"), xlfv("uninstall")
        return told


def _calculate() -> dict[str, Any]:
    """A session with what was installed."""
    excel = Excel()
    value = excel.answer("XLFV_SMM", 0.06, places=[""])
    about = plain(excel.answer("XLFV_ABOUT", places=[]))
    excel.end()
    return {"value": value, "about": about}


def _files(home: Path) -> dict[str, str]:
    """Every file of the user, with a hash of its content."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    return {path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@contextmanager
def _excel_installed() -> Iterator[None]:
    """While it lasts, the registry says what Microsoft 365 writes there."""
    root = r"C:\Program Files\Microsoft Office\root\Office16" + "\\"
    _write(rf"{_OFFICE}\16.0\Excel\InstallRoot", "Path", root)
    _write(rf"{_OFFICE}\ClickToRun\Configuration", "Platform", "x64")
    try:
        yield
    finally:
        for key in (rf"{_OFFICE}\16.0\Excel\InstallRoot", rf"{_OFFICE}\ClickToRun\Configuration"):
            winreg.DeleteKey(winreg.HKEY_LOCAL_MACHINE, key)


def _write(key: str, name: str, value: str) -> None:
    with winreg.CreateKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
        winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)


@contextmanager
def _kernels_put_back() -> Iterator[None]:
    """Compiled kernels are taken away with the add-in; the next test run wants them again."""
    import xlfv.kernels

    compiled = Path(xlfv.kernels.__file__).parent / "__pycache__"
    kept = Path(HOME).with_name("kernels kept")
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(compiled, kept)
    try:
        yield
    finally:
        shutil.copytree(kept, compiled, dirs_exist_ok=True)
        shutil.rmtree(kept)
