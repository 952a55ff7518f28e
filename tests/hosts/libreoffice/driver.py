"""One session of LibreOffice: read a job from standard input, do it in a soffice of its own, print what came out.

Runs under the system's Python, which has ``uno``, as ``python3 -m tests.hosts.libreoffice.driver``; the tests run in an
environment of their own and start it (see :mod:`tests.hosts.libreoffice.session`).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import uno

from tests.hosts.libreoffice import basic, buttons, extension, reading
from tests.hosts.libreoffice.office import Office

MARK = "RESULT"


def install(office: Office, oxt: str) -> str:
    """Install an extension into the profile; it works from the next start on."""
    return extension.install(office, oxt)


def grids(office: Office, book: str, areas: list[list[str]], bridge: str) -> list[Any]:
    """Recalculate a workbook and read areas of it, each ``[sheet, "A1:B2"]``."""
    greet(office, bridge)
    document = office.open(book)
    document.calculateAll()
    read = [reading.grid(document.Sheets.getByName(sheet).getCellRangeByName(area)) for sheet, area in areas]
    document.close(True)
    return read


def formulas(office: Office, book: str, bridge: str) -> dict[str, Any]:
    """Recalculate a workbook and read every formula cell, by sheet."""
    greet(office, bridge)
    document = office.open(book)
    document.calculateAll()
    read = {sheet.Name: reading.formulas(sheet) for sheet in document.Sheets}
    document.close(True)
    return read


def wizard(office: Office, bridge: str) -> dict[str, Any]:
    """What the function wizard shows of each function: its description, and name and help of its arguments."""
    greet(office, bridge)
    found = office.service("com.sun.star.sheet.FunctionDescriptions")
    each = [{part.Name: part.Value for part in found.getByIndex(k)} for k in range(found.Count)]
    return {
        f["Name"]: [f["Description"], [[arg.Name, arg.Description] for arg in f["Arguments"]]]
        for f in each
        if f["Name"].startswith("XLFV_")
    }


def compiled(office: Office, book: str, trials: list[dict[str, str]], bridge: str) -> dict[str, Any]:
    """Compile every VBA module of a book (see :mod:`tests.hosts.libreoffice.basic`)."""
    greet(office, bridge)
    return basic.compiled(office, book, trials)


def pressed(office: Office, book: str, steps: list[dict[str, Any]], bridge: str) -> dict[str, Any]:
    """Click buttons of a book (see :mod:`tests.hosts.libreoffice.buttons`).

    Returns:
        ``captions`` of the buttons by sheet, what came of each of the ``steps``, and every formula cell after the last.
    """
    greet(office, bridge)
    document = office.open(book)
    document.calculateAll()
    buttons.swap_caller(document)
    captions = buttons.captions(document)
    came = [buttons.do(document, step, lambda: ask(office, bridge, what="told")) for step in steps]
    read = {sheet.Name: reading.formulas(sheet) for sheet in document.Sheets}
    document.close(True)
    return {"captions": captions, "steps": came, "formulas": read}


def greet(office: Office, bridge: str) -> None:
    """Make the add-in ready.

    Raises:
        RuntimeError: it is not there, or cannot run in LibreOffice's Python.
    """
    told = ask(office, bridge, what="hello")
    if told:
        raise RuntimeError(told)


def ask(office: Office, bridge: str, **given: Any) -> str:
    """Ask the add-in's bridge to do something; empty, or what is wrong."""
    named = uno.getClass("com.sun.star.beans.NamedValue")
    service = office.service(bridge)
    if service is None:
        return "the add-in is not installed"
    return str(service.execute(tuple(named(name, value) for name, value in given.items())))


JOBS: dict[str, Callable[..., Any]] = {
    "install": install, "grids": grids, "formulas": formulas, "wizard": wizard, "compiled": compiled,
    "pressed": pressed,
}  # fmt: skip


def main() -> None:
    """Do the job."""
    job = json.load(sys.stdin)
    began = time.monotonic()
    with Office(job.pop("profile")) as office:
        result = JOBS[job.pop("do")](office, **job)
    print(MARK + json.dumps({"result": result, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
