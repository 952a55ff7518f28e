"""Which process serves, how it is killed, and how much memory it holds."""

from __future__ import annotations

import time

import win32api
import win32con
import win32process

from tests.hosts.wine.excel import Excel
from tests.hosts.wine.variants import Block


def server(excel: Excel) -> int:
    """The id of the server's process, as XLFV_ABOUT says it."""
    about = excel.answer("XLFV_ABOUT", places=[])
    assert isinstance(about, Block)
    facts = {row[0]: row[1] for row in about.rows}
    return int(str(facts["process"]).partition(",")[0])


def kill(process: int) -> None:
    """End a process as the task manager does, and wait until it is gone."""
    handle = win32api.OpenProcess(win32con.PROCESS_TERMINATE | win32con.SYNCHRONIZE, False, process)
    win32api.TerminateProcess(handle, 1)
    deadline = time.monotonic() + 10
    while alive(process) and time.monotonic() < deadline:
        time.sleep(0.02)


def alive(process: int) -> bool:
    """True while it runs."""
    return process in win32process.EnumProcesses()


def memory(process: int) -> dict[str, int]:
    """Its memory in bytes: in use now, and kept for it alone."""
    handle = win32api.OpenProcess(win32con.PROCESS_QUERY_INFORMATION | win32con.PROCESS_VM_READ, False, process)
    counts = win32process.GetProcessMemoryInfo(handle)
    return {"working set": counts["WorkingSetSize"], "private": counts["PagefileUsage"]}
