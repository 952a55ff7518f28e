"""Form buttons of a document, really clicked, and what came of it.

Runs under the system's Python, which has ``uno``.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.hosts.libreoffice import reading

CALLER = "XlfvCaller"
STANDIN = Path(__file__).with_name(f"{CALLER}.bas")
_PATIENCE = 90.0  # seconds for one button's work


def swap_caller(document: Any) -> None:
    """Put the stand-in for the one VBA module that knows the add-in in its place; all others stay as they came.

    Raises:
        StopIteration: the document has no such module.
    """
    libraries = document.BasicLibraries
    for name in libraries.ElementNames:
        libraries.loadLibrary(name)
    library = next(each for each in map(libraries.getByName, libraries.ElementNames) if each.hasByName(CALLER))
    library.replaceByName(CALLER, STANDIN.read_text(encoding="ascii"))


def do(document: Any, step: dict[str, Any], told: Callable[[], str]) -> dict[str, Any]:
    """One step: type into cells, select a cell, click a button, look at cells.

    Args:
        document: with the stand-in in its place.
        step: ``type``: cell -> number or text; ``select``: a cell; ``click``: a button's caption; ``look``: cells. A cell
            is ``Sheet!A1`` or a defined name.
        told: asks the component what the macros have said since the last time.

    Returns:
        ``said`` and ``progress`` of the macro, and ``cells``: the values looked at.
    """
    for where, value in step.get("type", {}).items():
        place = _range(document, where).getCellByPosition(0, 0)
        place.setString(value) if isinstance(value, str) else place.setValue(value)
    if "select" in step:
        chosen = _range(document, step["select"])
        document.CurrentController.setActiveSheet(chosen.Spreadsheet)
        document.CurrentController.select(chosen)
    came = _click(document, step["click"], told) if "click" in step else {}
    cells = {where: reading.grid(_range(document, where)) for where in step.get("look", [])}
    return {**came, "cells": cells}


def captions(document: Any) -> dict[str, list[str]]:
    """The buttons of each sheet."""
    found: dict[str, list[str]] = {}
    for sheet, model in _buttons(document):
        found.setdefault(sheet.Name, []).append(model.Label)
    return found


def _range(document: Any, where: str) -> Any:
    sheet, mark, cell = where.rpartition("!")
    if mark:
        return document.Sheets.getByName(sheet).getCellRangeByName(cell)
    return document.NamedRanges.getByName(where).ReferredCells


def _buttons(document: Any) -> list[tuple[Any, Any]]:
    found = []
    for sheet in document.Sheets:
        forms = sheet.DrawPage.Forms
        for form in (forms.getByIndex(k) for k in range(forms.Count)):
            found += [(sheet, form.getByIndex(k)) for k in range(form.Count)]
    return found


def _click(document: Any, caption: str, told: Callable[[], str]) -> dict[str, Any]:
    """Click as a hand or a screen reader does, and wait until the macro has said something.

    Raises:
        TimeoutError: it says nothing.
    """
    told()
    sheet, model = next(each for each in _buttons(document) if each[1].Label == caption)
    controller = document.CurrentController
    before = controller.ActiveSheet
    controller.setActiveSheet(sheet)  # a control exists where it is shown
    control = controller.getControl(model)
    controller.setActiveSheet(before)
    control.AccessibleContext.doAccessibleAction(0)
    end, progress = time.monotonic() + _PATIENCE, []
    while time.monotonic() < end:
        came: dict[str, Any] = json.loads(told())
        progress += came["progress"]
        if came["said"]:
            return {"said": came["said"], "progress": progress}
        time.sleep(0.1)
    raise TimeoutError(f"the button {caption} said nothing for {_PATIENCE:.0f} s")
