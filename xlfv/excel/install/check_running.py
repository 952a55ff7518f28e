"""Checks of what runs and of what is kept: the server, compiled kernels, the handle store."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from xlfv.excel.install import compiled
from xlfv.excel.install.changes import remove_empty
from xlfv.excel.install.check_addin import installed_settings
from xlfv.excel.install.finding import Finding, note, ok, wrong
from xlfv.excel.install.machine import Machine, Process

SERVER = "xlfv.excel.hosts.server"
EXCEL = "excel.exe"


def servers(processes: Sequence[Process]) -> list[Process]:
    """The Python servers among the processes: of a launcher and the Python that it started, the latter."""
    found = [each for each in processes if SERVER in each.command and each.name.lower() != "cmd.exe"]
    parents = {each.parent for each in found}
    return [each for each in found if each.pid not in parents]


def excel_runs(machine: Machine) -> bool | None:
    """True when an Excel runs; None where the processes cannot be seen."""
    try:
        return any(each.name.lower() == EXCEL for each in machine.processes())
    except OSError:
        return None


def check_server(machine: Machine) -> Finding:
    """A server that began before the package was changed still answers with the old code."""
    try:
        processes = machine.processes()
    except OSError as problem:
        return note(
            f"the running processes cannot be seen ({problem})", "if in doubt, sign out of Windows and in again"
        )
    found = servers(processes)
    if not found:
        return ok("none is running")
    numbers = ", ".join(str(each.pid) for each in found)
    stop = f"close Excel; if it stays, end it in Task Manager > Details: {numbers}"
    if any(each.started and each.started < machine.package.updated for each in found):
        return wrong(f"an old server is still running: it began before xlfv was changed (process {numbers})", stop)
    if not _is_ours(machine, processes):
        return wrong(f"a server of another Python is running (process {numbers})", stop)
    if not any(each.name.lower() == EXCEL for each in processes):
        return wrong(f"a server is running without Excel (process {numbers})", stop)
    return ok(f"running, process {numbers}")


def _is_ours(machine: Machine, processes: Sequence[Process]) -> bool:
    """True when a server was started with the interpreter of the settings.

    In a virtual environment that is a launcher, which starts another: the interpreter stands in one command or the other.
    """
    settings = installed_settings(machine)
    interpreter = settings.interpreter.lower() if settings else ""
    return any(interpreter in each.command.lower() for each in processes if SERVER in each.command)


def check_kernels(machine: Machine) -> Finding:
    """Without compiled kernels the first calculation takes two minutes longer."""
    why = compiled.cold(machine)
    if why:
        return note(f"{why}: the first calculation takes two minutes longer", "run: xlfv warm")
    return ok("compiled")


def check_store(machine: Machine) -> Finding:
    """Handles are kept here so that a reopened workbook finds its things again."""
    folder = machine.package.handles
    if folder is None:
        return note("handles are kept in memory only (XLFV_CACHE is off): a reopened workbook calculates them again")
    trouble = unwritable(folder)
    if trouble:
        return wrong(
            f"{folder} cannot be written ({trouble})", "free the disk or its rights, or name a folder in XLFV_CACHE"
        )
    return ok(str(folder))


def unwritable(folder: Path) -> str:
    """Why nothing can be written into a folder; empty when it can. Nothing is left behind."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()][::-1]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, trial = tempfile.mkstemp(prefix=".doctor-", dir=folder)
        with contextlib.closing(os.fdopen(descriptor, "wb")) as stream:
            stream.write(b"xlfv")
        os.unlink(trial)
    except OSError as problem:
        return problem.strerror or str(problem)
    finally:
        remove_empty(missing)
    return ""
