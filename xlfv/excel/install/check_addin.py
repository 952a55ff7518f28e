"""Checks of the add-in's copy in Excel's start folder and of what it reads there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

from xlfv.excel.install import places
from xlfv.excel.install.addin_file import FOREIGN_ZONES, version_of, zone
from xlfv.excel.install.finding import AGAIN, Finding, note, ok, wrong
from xlfv.excel.install.machine import Machine
from xlfv.excel.install.office import find_office, version_in_use
from xlfv.excel.install.settings import LOCALE, Settings, is_plain, read_settings

INSTALL = "run: xlfv install"
_CLOSE = "close Excel and run: xlfv install"
_OFFICE = r"HKCU\Software\Microsoft\Office"
_ASK = (
    "import sys, xlfv, xlfv.excel.hosts.server, xlwings\n"
    "if sys.platform == 'win32': import pythoncom\n"
    "print('xlfv', xlfv.__version__, 'in', xlfv.__path__[0])"
)


def installed_addin(machine: Machine) -> Path:
    """Where the add-in's copy is, or should be."""
    return places.start_folder(machine, version_in_use(machine)) / places.ADDIN


def installed_settings(machine: Machine) -> Settings | None:
    """What the add-in reads; None where there is no file that can be read."""
    try:
        return read_settings(places.settings_file(machine).read_bytes(), machine.ansi)
    except OSError:
        return None


def check_package(machine: Machine) -> Finding:
    """The package brings the add-in, whole and of its own version."""
    source, version = machine.package.addin, machine.package.version
    try:
        found = version_of(source.read_bytes())
    except OSError:
        return wrong(f"{source} is missing (a virus scanner may have taken it)", AGAIN)
    if found != version:
        return wrong(f"{source} is damaged or of another version ({found or 'none'})", AGAIN)
    return ok(f"xlfv {version}, {machine.package.folder}")


def check_addin(machine: Machine) -> Finding:
    """The copy in the start folder is there, whole, and of the package's version."""
    copy, version = installed_addin(machine), machine.package.version
    try:
        found = version_of(copy.read_bytes())
    except FileNotFoundError:
        return wrong(f"not installed: there is no {copy}", INSTALL)
    except OSError as problem:
        return wrong(f"{copy} cannot be read ({problem.strerror or problem})", _CLOSE)
    if not found:
        return wrong(f"{copy} is damaged", _CLOSE)
    if found != version:
        return wrong(f"the add-in is of version {found}, the package of {version}", _CLOSE)
    return ok(f"{found}, {copy}")


def check_mark(machine: Machine) -> Finding | None:
    """Excel blocks the macros of a file that Windows marked as coming from the web."""
    copy = installed_addin(machine)
    if not copy.is_file():
        return None
    if zone(copy) in FOREIGN_ZONES:
        return wrong(
            "Windows has marked the add-in as coming from the web: Excel blocks it",
            f"{INSTALL} (or right-click the file > Properties > Unblock)",
        )
    return ok("not marked as coming from the web")


def check_twice(machine: Machine) -> Finding:
    """Two copies loaded by one Excel get in each other's way."""
    copy = installed_addin(machine)
    others = [path for path in _loaded(machine) if not _same(path, copy)]
    if others:
        return wrong(
            f"Excel loads a second copy of the add-in: {others[0]}",
            "File > Options > Add-ins > Manage Excel Add-ins > Go: clear it there, and delete that file",
        )
    return ok("loaded once")


def _loaded(machine: Machine) -> Iterator[str]:
    """Copies that Excel opens: those it was told to, and those in the start folders that everyone or this user chose."""
    office = find_office(machine)
    values = machine.registry.values(rf"{_OFFICE}\{version_in_use(machine)}\Excel\Options")
    yield from filter(None, map(_opened, values.items()))
    folders = [Path(office.folder) / "XLSTART"] if office and office.folder else []
    folders += [
        Path(places.expanded(machine, folder))
        for name, folder in values.items()
        if name.lower() == "altstartup" and isinstance(folder, str)
    ]
    yield from (str(folder / places.ADDIN) for folder in folders if (folder / places.ADDIN).is_file())


def _opened(value: tuple[str, object]) -> str:
    r"""The path of an add-in of ours that Excel was told to open: values OPEN, OPEN1 ... like ``/R "C:\...\xlfv.xlam"``."""
    name, text = value
    if not name.upper().startswith("OPEN") or not isinstance(text, str):
        return ""
    path = text.partition('"')[2].rpartition('"')[0] or text.rpartition(" ")[2]
    return path if PureWindowsPath(path).name.lower() == places.ADDIN else ""


def _same(path: str, copy: Path) -> bool:
    return str(PureWindowsPath(path)).lower() == str(PureWindowsPath(copy)).lower()


def check_disabled(machine: Machine) -> Finding:
    """After a crash Excel may put an add-in on a list of disabled items, and not say so again."""
    key = rf"{_OFFICE}\{version_in_use(machine)}\Excel\Resiliency\DisabledItems"
    for value in machine.registry.values(key).values():
        if isinstance(value, bytes) and places.ADDIN in _texts(value):
            return wrong(
                "Excel has disabled the add-in after a crash",
                "File > Options > Add-ins > Manage Disabled Items > Go > xlfv > Enable, then start Excel again",
            )
    return ok("Excel has not disabled it")


def _texts(value: bytes) -> str:
    """Three numbers, then path and description in UTF-16; read so that an odd length loses nothing."""
    return "\n".join(value[start:].decode("utf-16-le", errors="ignore") for start in (0, 1)).lower()


def check_settings(machine: Machine) -> Finding:
    """The file that tells the add-in which Python to start."""
    file = places.settings_file(machine)
    settings = installed_settings(machine)
    if settings is None:
        return wrong(f"there is no {file}, so Excel does not know which Python to start", INSTALL)
    missing = [key for key in ("interpreter", "version") if not getattr(settings, key)]
    if missing or not (settings.dll64 or settings.dll32):
        return wrong(f"{file} does not name: {', '.join(missing or ['dll64'])}", INSTALL)
    if settings.version != machine.package.version:
        return wrong(f"{file} is of xlfv {settings.version}, the package of {machine.package.version}", INSTALL)
    gone = [path for path in (settings.dll64, settings.dll32) if path and not Path(path).is_file()]
    if gone:
        return wrong(f"{file} names a DLL that is not there: {gone[0]}", INSTALL)
    return ok(str(file))


def check_interpreter(machine: Machine) -> Finding | None:
    """The Python named there exists, starts as Excel starts it, and has this xlfv."""
    settings = installed_settings(machine)
    if settings is None or not settings.interpreter:
        return None
    program = settings.interpreter
    if not Path(program).is_file():
        return wrong(f"the Python that Excel starts is gone: {program}", "in the environment to use, run: xlfv install")
    code, output = machine.run([program, "-P", "-B", "-c", _ASK], as_excel_starts_it(machine))
    last = output.strip().splitlines()[-1] if output.strip() else "no output"
    word, _, rest = last.partition(" ")
    if code != 0 or word != "xlfv":
        return wrong(f"the Python that Excel starts cannot load xlfv: {program} says: {last}", AGAIN)
    version, _, folder = rest.partition(" in ")
    if version != machine.package.version:
        return wrong(
            f"Excel starts another xlfv, version {version} in {folder}", "in the environment to use, run: xlfv install"
        )
    if os.path.realpath(folder) != os.path.realpath(machine.package.folder):
        return note(f"Excel starts the xlfv of another environment: {folder}", "to use this one, run: xlfv install")
    return ok(f"{program} starts, and loads xlfv {version}")


def as_excel_starts_it(machine: Machine) -> dict[str, str]:
    """The environment that Excel has: without what activating a virtual or conda environment adds."""
    roots = [
        PureWindowsPath(machine.variable(name)) for name in ("VIRTUAL_ENV", "CONDA_PREFIX") if machine.variable(name)
    ]
    kept = {
        name: value
        for name, value in machine.environment.items()
        if name.upper() != "VIRTUAL_ENV" and not name.upper().startswith("CONDA_")
    }
    for name, value in kept.items():
        if name.upper() == "PATH":
            folders = value.split(os.pathsep)
            outside = [
                each for each in folders if not any(PureWindowsPath(each).is_relative_to(root) for root in roots)
            ]
            kept[name] = os.pathsep.join(outside)
    return kept


def check_names(machine: Machine) -> Finding:
    """VBA reads the settings' folder and every path in the file in the ANSI code page."""
    folder = places.settings_folder(machine)
    if not is_plain(str(folder), machine.ansi):
        return wrong(f"Excel's macros cannot read {folder}: this Windows lacks letters of that name", LOCALE)
    settings = installed_settings(machine)
    program = settings.interpreter if settings else ""
    if program and not is_plain(str(machine.python.executable), machine.ansi):
        return note(f"the path of Python has letters that VBA lacks; its short form is used: {program}")
    return ok("Excel's macros can read the folders' names")
