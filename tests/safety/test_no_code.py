"""Between cells or files and values stands nothing that could run a text: the sources are looked through."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "xlfv").rglob("*.py"))

# What runs a text, unpickles, starts a program, or reaches another computer.
CALLS = {
    "eval", "exec", "compile", "__import__", "breakpoint", "input", "execfile", "os.system", "os.popen", "os.startfile",
    "numpy.load", "np.load", "np.loads", "np.frompyfunc", "pd.eval", "pandas.eval", "pd.read_pickle", "pandas.read_pickle",
    "types.FunctionType", "types.CodeType", "importlib.import_module", "importlib.reload", "os.path.expandvars",
    "subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_call", "subprocess.check_output",
    "subprocess.getoutput", "glob.glob", "iglob",
}  # fmt: skip
METHODS = {
    "eval",
    "query",
    "expanduser",
    "to_pickle",
    "read_pickle",
    "Evaluate",
    "ExecuteExcel4Macro",
    "register_function",
}
PREFIXES = (
    "os.exec",
    "os.spawn",
    "os.posix_spawn",
    "os.fork",
    "pickle.",
    "marshal.",
    "shelve.",
    "yaml.",
    "runpy.",
    "ctypes.",
)
MODULES = {
    "pickle", "cPickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "runpy", "code", "codeop", "pty",
    "imp", "multiprocessing", "socket", "socketserver", "asyncio", "http", "urllib", "requests", "httpx", "ftplib", "smtplib",
    "telnetlib", "xmlrpc", "webbrowser", "ssl", "subprocess", "ctypes", "glob", "concurrent.futures.process",
}  # fmt: skip
PERMITTED = {
    # Names come from the list of our own modules.
    ("xlfv/excel/registry.py", "importlib.import_module"),
    # The engine of workbooks recalculated in process learns of our functions.
    ("xlfv/excel/hosts/headless.py", ".register_function"),
    # The folder of the store, from the user's own environment.
    ("xlfv/excel/store.py", ".expanduser"),
    # The installer and the doctor, run by the user: Windows is asked, and the interpreter itself, by its path, without a shell.
    ("xlfv/excel/install/here.py", "subprocess"),
    ("xlfv/excel/install/here.py", "subprocess.run"),
    ("xlfv/excel/install/here.py", "importlib.import_module"),
    ("xlfv/excel/install/windows.py", "ctypes"),
    ("xlfv/excel/install/windows.py", "ctypes."),
}
"""File and what it may do there; anything else is a finding, and so is an entry here that is not needed any more."""


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of a name or attribute; what is not a plain name begins with a dot."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def findings(source: str) -> Iterator[str]:
    """What a source does that could run a text, start a program or reach another computer."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (name.partition(".")[0] for name in names if MODULES & {name, name.partition(".")[0]})
        elif isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.Attribute) and dotted(node).startswith(PREFIXES):
            yield next(prefix for prefix in PREFIXES if dotted(node).startswith(prefix))


def _of_call(node: ast.Call) -> Iterator[str]:
    name = dotted(node.func)
    constant = bool(node.args) and isinstance(node.args[0], ast.Constant)
    if name in CALLS and not (name == "importlib.import_module" and constant):
        yield name
    elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        yield f".{node.func.attr}"
    for keyword in node.keywords:
        off = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        if keyword.arg in ("shell", "allow_pickle") and not off:
            yield f"{keyword.arg}="


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("eval('1')", "eval"), ("exec(x)", "exec"), ("compile(x, '', 'eval')", "compile"), ("__import__(x)", "__import__"),
        ("import pickle", "pickle"), ("from pickle import loads", "pickle"), ("import os\nos.system(x)", "os.system"),
        ("os.execvp(x, y)", "os.exec"), ("subprocess.run(x, shell=True)", "shell="), ("import subprocess", "subprocess"),
        ("yaml.load(x)", "yaml."), ("np.load(x)", "np.load"), ("read_array(x, allow_pickle=True)", "allow_pickle="),
        ("frame.eval(x)", ".eval"), ("frame.query(x)", ".query"), ("import urllib.request", "urllib"), ("import socket", "socket"),
        ("from http.server import HTTPServer", "http"), ("importlib.import_module(name)", "importlib.import_module"),
        ("Path(x).expanduser()", ".expanduser"), ("os.path.expandvars(x)", "os.path.expandvars"), ("import ctypes", "ctypes"),
        ("sheet.Evaluate(x)", ".Evaluate"), ("f(allow_pickle=flag)", "allow_pickle="),
    ],
)  # fmt: skip
def test_the_search_finds_what_it_looks_for(source: str, found: str) -> None:
    assert found in set(findings(source))


@pytest.mark.parametrize(
    "source", ["importlib.import_module('xlfv')", "f(allow_pickle=False)", "run(x, shell=False)", "re.compile(x)"]
)
def test_the_search_passes_what_is_harmless(source: str) -> None:
    assert set(findings(source)) == set()


def test_nothing_in_the_sources_could_run_a_text() -> None:
    assert len(SOURCES) > 100
    found = {
        (path.relative_to(ROOT).as_posix(), what)
        for path in SOURCES
        for what in findings(path.read_text(encoding="utf-8"))
    }
    assert found - PERMITTED == set(), "look whether a text of a cell or file could get there"
    assert PERMITTED - found == set(), "no longer needed: take it off the list"


VBA = sorted((ROOT / "addin" / "vba").rglob("*.*"))
VBA_WORDS = re.compile(
    r"\b(Shell|ShellExecute|Evaluate|ExecuteExcel4Macro|CreateObject|GetObject|SendKeys|FollowHyperlink|VBProject|VBE|URLDownload\w*"
    r"|WinHttp\w*|XMLHTTP|Kill|FileSystemObject|CallByName|AddFromString|DDE\w*)\b",
    re.IGNORECASE,
)


def _code(path: Path) -> str:
    """A module of VBA without its remarks and texts."""
    lines = path.read_text(encoding="latin-1").splitlines()
    return "\n".join(re.sub(r'"[^"]*"', '""', line).partition("'")[0] for line in lines)


def test_nothing_in_the_vba_could_run_a_text() -> None:
    assert len(VBA) >= 5
    found = {(path.name, word) for path in VBA for word in VBA_WORDS.findall(_code(path))}
    assert found == set()


def test_the_vba_runs_macros_of_the_add_in_alone() -> None:
    """``Application.Run`` takes a text: it names the add-in and a macro of it, and nothing else is put into it."""
    for path in VBA:
        for line in path.read_text(encoding="latin-1").splitlines():
            if "Application.Run" in line and not line.strip().startswith("'"):
                assert re.fullmatch(r'\s*Application\.Run "xlfv\.xlam!\w+"(, [\w.]+)*', line), (path.name, line)
