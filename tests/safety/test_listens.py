"""Nothing listens on a network and nothing calls out; the server of Excel does one thing, for COM of the same user."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
_HOOK = """
import json, sys
seen = []
def hook(event, args):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.")) and event != "socket.gethostname":
        seen.append(f"{event} {args[1:]!r}"[:200])
sys.addaudithook(hook)
"""
_HOSTS = """
import importlib, pkgutil
import xlfv.excel.hosts
names = [info.name for info in pkgutil.iter_modules(xlfv.excel.hosts.__path__)]
for name in names:
    importlib.import_module(f"xlfv.excel.hosts.{name}")
import xlfv.cli, xlfv.excel.macros
from xlfv.excel.hosts import xlwings as host
host.answer("XLFV_SMM", [0.06], [""], "", "")
host.hello("0", "")
"""
_SERVER = """
from tests.excel.winstub import install
install()
import types
import xlwings.com_server as com_server
served = []
com_server.serve = served.append
from xlfv.excel.hosts import server
server.serve("{00000000-0000-0000-0000-000000000000}")
made = com_server.XLPython
one = made.__new__(made)
refused = []
for module in ("os", "subprocess", "builtins", "xlfv.cli", "xlfv.excel.hosts.server", ""):
    try:
        one.CallUDF(module, "system", ["x"])
    except PermissionError as problem:
        refused.append(module)
"""


def seen(script: str, tell: str = "None") -> dict[str, Any]:
    """What a script did with sockets, and what it tells."""
    whole = f"{_HOOK}\n{script}\nprint(json.dumps({{'seen': seen, 'told': {tell}}}))"
    run = subprocess.run(
        [sys.executable, "-c", whole], capture_output=True, text=True, timeout=180, check=False, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return dict(json.loads(run.stdout.splitlines()[-1]))


def test_a_socket_would_be_seen() -> None:
    found = seen("import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.close()")
    assert [line.partition(" ")[0] for line in found["seen"]] == ["socket.__new__", "socket.bind"]


def test_no_host_opens_a_socket() -> None:
    found = seen(_HOSTS, "sorted(names)")
    assert {"headless", "server", "xlwings"} <= set(found["told"])
    assert found["seen"] == []


@pytest.fixture(scope="module")
def server() -> dict[str, Any]:
    return seen(_SERVER, "[list(made._public_methods_), refused, len(served)]")


def test_the_server_listens_to_nobody_and_serves_com_once(server: dict[str, Any]) -> None:
    """xlwings makes an event loop, which wakes itself through a pair of sockets: not bound, not listening."""
    pair = [line for line in server["seen"] if line.startswith(f"socket.__new__ ({int(socket.AF_UNIX)}, ")]
    assert server["seen"] == pair
    assert len(pair) <= 2
    assert server["told"][2] == 1


def test_the_server_offers_one_call_into_one_module(server: dict[str, Any]) -> None:
    """COM knows no other method, so that no Python text can be handed to it; and no other module is called."""
    methods, refused, _ = server["told"]
    assert methods == ["CallUDF"]
    assert refused == ["os", "subprocess", "builtins", "xlfv.cli", "xlfv.excel.hosts.server", ""]


def test_the_module_that_is_served_offers_what_the_protocol_says_and_no_more() -> None:
    """xlwings calls what was marked for it alone; those are the words of the protocol."""
    found = seen(
        "from tests.excel.winstub import install\ninstall()\nfrom xlfv.excel.hosts import xlwings as host",
        "sorted(name for name, value in vars(host).items() if hasattr(value, '__xlfunc__'))",
    )
    assert found["told"] == ["answer", "hello", "press", "stop", "wait"]
