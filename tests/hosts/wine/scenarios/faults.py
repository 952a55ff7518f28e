"""Calls that no formula of ours makes: refused in words, and the server goes on."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from tests.hosts.wine.com import Dll, Lost, Server
from tests.hosts.wine.excel import Excel, setting, shown
from tests.hosts.wine.plain import plain
from tests.hosts.wine.scenarios import processes
from tests.hosts.wine.variants import Block, Error, Missing
from xlfv.excel.hosts.protocol import AREAS, LAUNCH, MODULE


def run(excel: Excel) -> dict[str, Any]:
    """What came of each, and the process before and after."""
    before = processes.server(excel)
    server = excel.server
    assert server is not None
    cell = "'[B.xlsx]S'!$A$1"
    cells = {
        "unknown function": ["XLFV_SSM", [0.06], [""], cell, ""],
        "no function": [None, [], [], cell, ""],
        "number for a function": [7.0, [], [], cell, ""],
        "block for a function": [Block([["XLFV_SMM"], ["XLFV_CPR"]]), [], [], cell, ""],
        "too many arguments": ["XLFV_SMM", [0.06, 0.07], ["", ""], cell, ""],
        "too few arguments": ["XLFV_SMM", [], [], cell, ""],
        "several areas": ["XLFV_SMM", [Error(2015)], [AREAS], cell, ""],
        "nonsense for places": ["XLFV_SMM", [6.0], ["Sheet?!!A0"], "nowhere", "no folder"],
        "unknown error": ["XLFV_SMM", [Error(9999)], [""], cell, ""],
        "missing": ["XLFV_SMM", [Missing], [""], cell, ""],
        "marked text": ["XLFV_VECTOR", ["\x1aERR2036", 2.0], ["", ""], cell, ""],
        "code": ["XLFV_SMM", ["__import__('os').system('echo')"], [""], cell, ""],
    }
    calls = {
        "fewer places than arguments": (MODULE, "answer", ["XLFV_SMM", [0.06], [], cell, ""]),
        "arguments that are none": (MODULE, "answer", ["XLFV_SMM", 0.06, "", cell, ""]),
        "too few for the call": (MODULE, "answer", ["XLFV_SMM"]),
        "another module": ("os", "system", ["echo"]),
        "a function that is no entry": (MODULE, "mark", ["x"]),
        "no such entry": (MODULE, "nothing", []),
        "unknown ticket": (MODULE, "wait", ["no ticket"]),
        "stop of nothing": (MODULE, "stop", ["no ticket"]),
    }
    return {
        "no python": _not_started(str(Path(sys.prefix, "gone", "pythonw.exe")), LAUNCH),
        "no module": _not_started(setting("interpreter"), LAUNCH.replace(".server", ".nothing")),
        "cells": {what: _cell(server, args) for what, args in cells.items()},
        "calls": {what: _called(server, *call) for what, call in calls.items()},
        "methods": {name: server.knows(name) for name in ("CallUDF", "Exec", "Eval", "Call", "Module", "GetAttr")},
        "after": excel.answer("XLFV_SMM", 0.06, places=[""]),
        "same process": processes.server(excel) == before,
    }


def _not_started(interpreter: str, launch: str) -> list[Any]:
    """What the DLL says of a server that cannot start, and after how many seconds."""
    began = time.perf_counter()
    try:
        Dll(setting("dll64")).start(launch.replace("{interpreter}", interpreter).replace("{start}", "0"))
    except Lost as lost:
        return [str(lost), time.perf_counter() - began]
    return ["it started", 0.0]


def _cell(server: Server, args: list[Any]) -> list[Any]:
    """What the cell shows, and the latest reason."""
    cell = shown(server.call_udf(MODULE, "answer", args))
    why = server.call_udf(MODULE, "answer", ["XLFV_WHY", [cell], [""], "", ""])
    return [plain(cell), why]


def _called(server: Server, module: str, name: str, args: list[Any]) -> Any:
    try:
        return plain(server.call_udf(module, name, args))
    except Lost as lost:
        return {"refused": str(lost).partition("\n")[0]}
