"""Checks of this Python and of what xlwings brought for Excel."""

from __future__ import annotations

from pathlib import PureWindowsPath

from xlfv.excel.install.finding import AGAIN, Finding, first_of, note, ok, wrong
from xlfv.excel.install.machine import Machine
from xlfv.excel.install.office import find_office, program_bits

_LIBRARIES = ("numpy", "numba", "pandas", "openpyxl", "xlsxwriter")
_ANEW = "then: pip install xlfv, and: xlfv install"
_PYTHON_ORG = f"install Python from python.org (for yourself only, no admin rights needed), {_ANEW}"
_TEMPORARY = "install it to stay: uv tool install xlfv, or: pipx install xlfv; then: xlfv install"


def check_python(machine: Machine) -> Finding:
    """A Python that Excel can start, whenever it wants to."""
    python = machine.python
    found = first_of(_store(machine), _temporary(machine), _narrow(machine))
    return found or ok(f"{python.version}, {python.bits}-bit, {python.executable}")


def _store(machine: Machine) -> Finding | None:
    python = machine.python
    parts = [part.lower() for path in (python.base, python.executable) for part in PureWindowsPath(path).parts]
    if not python.sandboxed and "windowsapps" not in parts:
        return None
    return wrong("this Python is from the Microsoft Store: Excel does not see the files that it writes", _PYTHON_ORG)


def _temporary(machine: Machine) -> Finding | None:
    """uvx and pipx run make environments that are thrown away."""
    prefix = PureWindowsPath(machine.python.prefix)
    parts = [part.lower() for part in prefix.parts]
    of_uv = any(part.startswith(("archive-v", "environments-v", "builds-v")) for part in parts)
    of_pipx = any(tool == "pipx" and {"cache", ".cache"} & set(parts[k:]) for k, tool in enumerate(parts))
    scratch = {PureWindowsPath(machine.variable(name)) for name in ("TEMP", "TMP") if machine.variable(name)}
    if of_uv or of_pipx or any(prefix.is_relative_to(folder) for folder in scratch):
        return wrong(f"xlfv runs in an environment that will be thrown away: {prefix}", _TEMPORARY)
    return None


def _narrow(machine: Machine) -> Finding | None:
    if machine.python.bits == 64:
        return None
    return wrong("this Python is 32-bit; the numerical core needs a 64-bit one (Excel may be either)", _PYTHON_ORG)


def check_libraries(machine: Machine) -> Finding:
    """The libraries below xlfv can be loaded."""
    for name in _LIBRARIES:
        trouble = machine.importing(name)
        if trouble:
            return wrong(f"{name} cannot be loaded ({trouble})", AGAIN)
    return ok(f"{', '.join(_LIBRARIES)} load")


def check_pywin32(machine: Machine) -> Finding:
    """pywin32 carries the calls between Excel and Python."""
    trouble = machine.importing("pythoncom") or machine.importing("win32com.server.policy")
    if trouble:
        return wrong(f"pywin32 cannot be loaded ({trouble})", AGAIN)
    return ok("loads")


def check_bitness(machine: Machine) -> Finding | None:
    """Excel and Python need not have the same bitness: Python runs in a process of its own, beside Excel."""
    office = find_office(machine)
    if office is None:
        return None
    if office.bits is None:
        return note("nothing says whether Excel is 32-bit or 64-bit; the add-in finds out by itself")
    if office.bits == machine.python.bits:
        return ok(f"Excel and Python are both {office.bits}-bit")
    return ok(f"Excel is {office.bits}-bit, Python {machine.python.bits}-bit: they work together")


def check_dll(machine: Machine) -> Finding:
    """The DLL that Excel loads must be of Excel's bitness, of the version of xlwings that Python runs, and whole."""
    package = machine.package
    office = find_office(machine)
    bits = office.bits if office and office.bits else 64
    name = f"xlwings{bits}-{package.xlwings}.dll"
    dll = package.dlls.get(bits)
    if dll is None or not dll.is_file():
        return wrong(f"{name} is missing (a virus scanner may have taken it)", AGAIN)
    if dll.name != name:
        return wrong(f"{dll.name} does not belong to xlwings {package.xlwings}", AGAIN)
    if program_bits(dll) != bits:
        return wrong(f"{name} is damaged: it is no {bits}-bit DLL", AGAIN)
    trouble = machine.load_library(dll) if bits == machine.python.bits else ""
    if trouble:
        return wrong(f"{name} cannot be loaded ({trouble})", AGAIN)
    return ok(f"{name}" + (" loads" if bits == machine.python.bits else f" is there ({bits}-bit, not loaded here)"))
