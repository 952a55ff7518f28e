"""What XLFV_ABOUT says of the session: the add-in that opened it, and code that changed under it."""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Iterator
from typing import Any

import pytest

import xlfv
from xlfv.excel import call, session
from xlfv.excel.hosts import xlwings as host


def about() -> dict[str, Any]:
    return dict(call("XLFV_ABOUT"))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    session.opened("", "")
    yield
    session.opened("", "")


def test_from_python_there_is_no_addin() -> None:
    assert about()["add-in"] == "none: called from Python"
    assert about()["process"].startswith(f"{os.getpid()}, since 20")


def test_the_addin_of_the_same_version_is_welcome_and_shown() -> None:
    assert host.hello(xlfv.__version__, r"C:\XLSTART\xlfv.xlam") == [[""]]
    assert about()["add-in"] == rf"{xlfv.__version__} (C:\XLSTART\xlfv.xlam)"


def test_an_addin_of_another_version_is_told_what_to_do() -> None:
    ((said,),) = host.hello("0.0.1", "x")
    assert said == (
        f"the add-in is of version 0.0.1, the package of {xlfv.__version__} -> close Excel and run: xlfv install"
    )
    assert about()["add-in"] == "0.0.1 (x)"


def test_an_update_waits_for_the_next_start_and_about_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert about()["code on disk"] == "as loaded"
    monkeypatch.setattr(session, "source_hash", lambda *rooms: "another")
    assert "changed since this session began" in about()["code on disk"]
    assert about()["code on disk"].endswith("-> close Excel and open it again")
    monkeypatch.undo()
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "9.0.0")
    assert "(9.0.0)" in about()["code on disk"]


def test_files_being_replaced_at_this_moment_are_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*rooms: str) -> str:
        raise OSError

    monkeypatch.setattr(session, "source_hash", gone)
    assert "changed since" in about()["code on disk"]
