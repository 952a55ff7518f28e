"""Where things stand: Excel's start folder, our settings, and folders that are not what they seem."""

from __future__ import annotations

import re
from pathlib import Path, PureWindowsPath

from xlfv.excel.install.machine import Machine

ADDIN = "xlfv.xlam"
_GENERAL = r"HKCU\Software\Microsoft\Office\{version}\Common\General"
_SHELL_FOLDERS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"


def expanded(machine: Machine, text: str) -> str:
    """A text with its ``%VARIABLES%`` replaced; one that is not set stays as it is written."""
    return re.sub(r"%([^%]+)%", lambda found: machine.variable(found[1]) or found[0], text)


def roaming(machine: Machine) -> Path:
    """The user's folder for what programs keep, ``%APPDATA%``."""
    return Path(machine.variable("APPDATA") or machine.home / "AppData" / "Roaming")


def local(machine: Machine) -> Path:
    """The same for what stays on this machine, ``%LOCALAPPDATA%``."""
    return Path(machine.variable("LOCALAPPDATA") or machine.home / "AppData" / "Local")


def start_folder(machine: Machine, version: str) -> Path:
    """The user's folder whose files Excel opens at its start.

    Office keeps the folder's name in the registry, since some languages had names of their own for it.
    """
    named = machine.registry.value(_GENERAL.format(version=version), "Xlstart")
    name = expanded(machine, named) if isinstance(named, str) and named.strip() else "XLSTART"
    return roaming(machine) / "Microsoft" / "Excel" / name


def settings_folder(machine: Machine) -> Path:
    """Our own folder."""
    return local(machine) / "xlfv"


def settings_file(machine: Machine) -> Path:
    """What the add-in reads: which interpreter and which DLL."""
    return settings_folder(machine) / "xlfv.conf"


def record_file(machine: Machine) -> Path:
    """What was installed, for taking it away again."""
    return settings_folder(machine) / "installed.json"


def documents(machine: Machine) -> Path:
    """The user's Documents folder."""
    named = machine.registry.value(_SHELL_FOLDERS, "Personal")
    return Path(expanded(machine, named)) if isinstance(named, str) and named else machine.home / "Documents"


def in_onedrive(machine: Machine, path: Path) -> bool:
    """True for a path inside a folder that OneDrive keeps in step with the cloud."""
    roots = [machine.variable(name) for name in ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")]
    windows = PureWindowsPath(path)
    if any(root and windows.is_relative_to(PureWindowsPath(root)) for root in roots):
        return True
    return any(re.match(r"onedrive( -|$)", part, re.IGNORECASE) for part in windows.parts)


def on_network(machine: Machine, path: Path) -> bool:
    r"""True for a path on another machine: ``\\server\share`` or a drive letter that stands for one."""
    drive = PureWindowsPath(path).drive
    return drive.startswith("\\\\") or drive.upper() in machine.network_drives
