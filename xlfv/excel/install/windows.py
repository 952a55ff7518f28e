"""What only Windows can say: its registry, its processes, short paths, DLLs. Nothing is imported before it is asked."""

from __future__ import annotations

import ctypes
import datetime as dt
import importlib
import os
from pathlib import Path
from typing import Any

from xlfv.excel.install.machine import Process, RegistryValue

_REMOTE_DRIVE = 4
_PROCESSES = "SELECT * FROM Win32_Process"


class WindowsRegistry:
    """The registry, read only, always as 64-bit programs see it."""

    def __init__(self) -> None:
        self._winreg: Any = importlib.import_module("winreg")

    def _open(self, key: str) -> Any:
        hive, _, path = key.partition("\\")
        winreg = self._winreg
        root = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}[hive]
        return winreg.OpenKey(root, path, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY)

    def value(self, key: str, name: str) -> RegistryValue | None:
        """One value; None where it is not there or no text, number or bytes."""
        try:
            with self._open(key) as opened:
                found, _ = self._winreg.QueryValueEx(opened, name)
        except OSError:
            return None
        return found if isinstance(found, (str, int, bytes)) else None

    def values(self, key: str) -> dict[str, RegistryValue]:
        """All values of a key."""
        found: dict[str, RegistryValue] = {}
        try:
            with self._open(key) as opened:
                for k in range(self._winreg.QueryInfoKey(opened)[1]):
                    name, value, _ = self._winreg.EnumValue(opened, k)
                    if isinstance(value, (str, int, bytes)):
                        found[name] = value
        except OSError:  # not there, or changed while it was read
            pass
        return found

    def keys(self, key: str) -> list[str]:
        """Names of the keys below a key."""
        try:
            with self._open(key) as opened:
                return [self._winreg.EnumKey(opened, k) for k in range(self._winreg.QueryInfoKey(opened)[0])]
        except OSError:
            return []


def processes() -> list[Process]:
    """The running processes, as Windows' management service lists them.

    Raises:
        OSError: the service does not answer, or pywin32 is missing.
    """
    try:
        client: Any = importlib.import_module("win32com.client")
        rows = client.GetObject("winmgmts:").ExecQuery(_PROCESSES)
        found = [
            Process(
                int(_property(row, "ProcessId") or 0),
                int(_property(row, "ParentProcessId") or 0),
                str(_property(row, "Name") or ""),
                str(_property(row, "CommandLine") or ""),
                read_time(str(_property(row, "CreationDate") or "")),
            )
            for row in rows
        ]
    except Exception as problem:  # the errors of COM have a class of their own, which may not be importable here
        raise OSError(f"{type(problem).__name__}: {problem}") from problem
    if all(each.pid != os.getpid() for each in found):
        raise OSError("Windows' management service does not list them")
    return found


def _property(row: Any, name: str) -> Any:
    try:
        return row.Properties_.Item(name).Value
    except Exception:  # a property that this Windows does not have, or does not tell
        return None


def read_time(text: str) -> dt.datetime | None:
    """A time as the management service writes it, ``20240131093015.123456+060``; local time."""
    try:
        return dt.datetime.strptime(text[:14], "%Y%m%d%H%M%S")
    except ValueError:
        return None


def network_drives() -> frozenset[str]:
    """Drive letters that stand for folders of other machines."""
    kernel: Any = _kernel()
    return frozenset(f"{letter}:" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if _is_remote(kernel, letter))


def _is_remote(kernel: Any, letter: str) -> bool:
    return bool(kernel.GetDriveTypeW(f"{letter}:\\") == _REMOTE_DRIVE)


def short_path(path: Path) -> Path:
    """The 8.3 form of a path; the path itself where there is none."""
    buffer = ctypes.create_unicode_buffer(1024)
    length = _kernel().GetShortPathNameW(str(path), buffer, len(buffer))
    return Path(buffer.value) if 0 < length < len(buffer) else path


def load_library(path: Path) -> str:
    """Load a DLL of xlwings and look for its entry; an empty text, or what is wrong."""
    try:
        library: Any = getattr(ctypes, "WinDLL")(str(path))  # noqa: B009 - the name is known on Windows only
    except OSError as problem:
        return str(problem)
    return "" if hasattr(library, "XLPyDLLActivateAuto") else "it has no entry XLPyDLLActivateAuto"


def from_store() -> bool:
    """True in a process that Windows runs as an app of the Microsoft Store, with a private copy of AppData."""
    length = ctypes.c_uint32(0)
    ask = getattr(_kernel(), "GetCurrentPackageFullName", None)
    no_package = 15700  # APPMODEL_ERROR_NO_PACKAGE
    return ask is not None and ask(ctypes.byref(length), None) != no_package


def _kernel() -> Any:
    return getattr(ctypes, "WinDLL")("kernel32")  # noqa: B009
