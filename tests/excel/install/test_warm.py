"""xlfv warm: afterwards nothing that a cell can call has to compile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.excel.install.machines import linux
from xlfv.excel.install import compiled, warm
from xlfv.excel.install.here import this_machine
from xlfv.tables import Refused

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = """
import json, sys, tempfile
from pathlib import Path
from numba.core import event

names = []

class Listener(event.Listener):
    def on_start(self, e):
        python = getattr(e.data.get("dispatcher"), "py_func", None)
        if python is not None and python.__module__.startswith("xlfv."):
            names.append(python.__name__)

    def on_end(self, e):
        pass

with event.install_listener("numba:compile", Listener()):
    from xlfv.excel import handles, registry
    from xlfv.excel.examples import example_workbook
    from xlfv.excel.hosts.headless import recalculate
    from xlfv.cli import sample_folder
    from xlfv.months.folder import read_month
    from xlfv.months.valued import value_month

    handles.configure(None)
    book = Path(tempfile.mkdtemp()) / "examples.xlsx"
    book.write_bytes(example_workbook(list(registry.functions().values())))
    recalculate(book)
    value_month(read_month(sample_folder(), "2009-12", lambda name: None), lambda name: None)
print(json.dumps(names))
"""


def run(*arguments: str, cache: Path, home: Path) -> str:
    env = {
        **os.environ,
        "NUMBA_CACHE_DIR": str(cache),
        "XDG_CACHE_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "80",
    }
    done = subprocess.run(
        [sys.executable, *arguments], env=env, capture_output=True, text=True, timeout=900, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def warmed(tmp_path_factory):
    cache, home = tmp_path_factory.mktemp("cache"), tmp_path_factory.mktemp("home")
    return cache, home, run("-m", "xlfv.cli", "warm", cache=cache, home=home)


def test_it_says_where_and_how_long(warmed):
    cache, _, said = warmed
    assert "Kernels compiled in " in said
    assert str(cache) in said


def test_then_no_example_and_no_month_compiles_anything(warmed):
    cache, home, _ = warmed
    assert json.loads(run("-c", EXAMPLES, cache=cache, home=home).splitlines()[-1]) == []


def test_warming_again_compiles_nothing(warmed):
    cache, home, _ = warmed
    assert "were compiled already" in run("-m", "xlfv.cli", "warm", cache=cache, home=home)


def test_the_doctor_knows(warmed):
    cache, home, _ = warmed
    machine = replace(this_machine(), environment={"NUMBA_CACHE_DIR": str(cache)})
    assert compiled.cold(machine) == ""
    said = run("-m", "xlfv.cli", "doctor", cache=cache, home=home)
    assert "All is well" in said
    assert compiled.cold(replace(machine, environment={"NUMBA_CACHE_DIR": str(home)})) != ""


def test_no_handle_is_kept_for_it(warmed):
    _, home, _ = warmed
    assert not list(home.rglob("*.npz"))


def test_a_core_that_gives_errors_is_refused(monkeypatch):
    from xlfv.excel import example_deal

    monkeypatch.setitem(example_deal.DEAL, "loans", [["loan_id"], ["L1"]])
    with pytest.raises(Refused, match="numerical core does not work here"):
        warm.warm()


def test_a_cache_that_cannot_be_written_is_refused(monkeypatch):
    def full(folder, sources):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(compiled, "note", full)
    with pytest.raises(Refused, match="No space left"):
        warm.warm()


def test_the_share_told_grows_to_no_more_than_one(monkeypatch):
    told = []
    from numba.core import event

    def kernel(name):
        return SimpleNamespace(py_func=SimpleNamespace(__module__="xlfv.kernels.loans", __name__=name))

    def example():
        for name in ("a", "b", "b", "c"):
            with event.trigger_event("numba:compile", data={"dispatcher": kernel(name)}):
                pass

    monkeypatch.setattr(warm, "value_example", example)
    monkeypatch.setattr(warm, "_count", lambda kernels: 2)
    monkeypatch.setattr(compiled, "note", lambda folder, sources: None)
    assert warm.warm(lambda name, share: told.append((name, share))).kernels == 4
    assert told == [("loans.a", 0.5), ("loans.b", 1.0), ("loans.b", 1.0), ("loans.c", 1.0)]


def test_compiled_folders_are_those_that_the_kernels_use(tmp_path):
    from xlfv import kernels

    assert Path(kernels._cache_folder()) in [
        parent / this_machine().package.kernels for parent in this_machine().package.compiled
    ]
    machine = linux(tmp_path)
    assert [folder.name for folder in compiled.folders(machine)] == [machine.package.kernels]
