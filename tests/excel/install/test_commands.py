"""The commands as typed: exit codes, and that nobody ever sees a traceback."""

from __future__ import annotations

import io
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.excel.install.machines import linux, tree, windows
from xlfv import cli
from xlfv.excel.install import here
from xlfv.excel.install import install as installing
from xlfv.excel.install.check_addin import installed_addin
from xlfv.excel.install.warm import Warmed

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def on(monkeypatch):
    """Commands run on the machine given."""

    def place(machine):
        monkeypatch.setattr(here, "this_machine", lambda: machine)
        return machine

    return place


def test_install_doctor_and_uninstall_on_windows(on, tmp_path, capsys):
    machine = on(windows(tmp_path))
    assert cli.main(["doctor"]) == 1
    assert cli.main(["install", "--later"]) == 0
    assert installed_addin(machine).is_file()
    assert cli.main(["doctor"]) == 0
    assert cli.main(["uninstall", "--all"]) == 0
    assert not installed_addin(machine).exists()
    assert "Traceback" not in capsys.readouterr().err


def test_install_compiles_unless_told_later(on, tmp_path, monkeypatch):
    on(windows(tmp_path))
    compiled = []
    monkeypatch.setattr(installing, "warm", lambda tell: compiled.append(1) or Warmed(tmp_path, 1.0, 1))
    assert cli.main(["install", "--later"]) == 0
    assert not compiled
    assert cli.main(["install"]) == 0
    assert compiled


def test_a_refused_install_says_so_and_ends_with_one(on, tmp_path, capsys):
    machine = windows(tmp_path)
    on(replace(machine, python=replace(machine.python, sandboxed=True)))
    before = tree(tmp_path)
    assert cli.main(["install"]) == 1
    told = capsys.readouterr()
    assert "Refused. Nothing was written." in told.err
    assert "Microsoft Store" in told.err
    assert tree(tmp_path) == before


def test_elsewhere_only_install_ends_with_one(on, tmp_path, capsys):
    on(linux(tmp_path))
    assert [cli.main([job]) for job in ("install", "doctor", "uninstall", "uninstall")] == [1, 0, 0, 0]
    assert "Traceback" not in capsys.readouterr().err


def test_a_package_with_a_piece_missing_says_so(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "xlfv.excel.install.here", None)
    assert cli.main(["doctor"]) == 1
    assert "install it again" in capsys.readouterr().err


def test_a_pipe_that_lacks_a_letter_fails_nothing(on, tmp_path, monkeypatch):
    machine = windows(tmp_path, user="Владимир")
    on(replace(machine, ansi="cp1251"))
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr(sys, "stdout", pipe)
    assert cli.main(["install", "--later"]) == 0
    pipe.flush()
    assert b"???" in pipe.buffer.getvalue()


def test_every_package_of_ours_is_installed():
    """pyproject names packages one by one: a new folder that it does not name would be missing from the wheel."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    ours = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "xlfv").rglob("__init__.py")}
    assert ours <= set(named)
