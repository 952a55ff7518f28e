"""Files written and deleted together: all of them, or none."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.excel.install.machines import tree, write
from xlfv.excel.install.changes import Change, NotChangedError, apply, remove_empty


@pytest.fixture
def home(tmp_path):
    write(tmp_path / "a.txt", b"old a")
    write(tmp_path / "gone.txt", b"to be deleted")
    return tmp_path


def changes(home: Path) -> list[Change]:
    return [
        Change(home / "a.txt", b"new a"),
        Change(home / "deep" / "down" / "b.txt", b"new b"),
        Change(home / "gone.txt", None),
        Change(home / "c.txt", b"new c"),
    ]


def test_all_are_made_and_the_new_folders_are_told(home):
    made = apply(changes(home), home / "stage")
    assert made == [home / "stage", home / "deep", home / "deep" / "down"]
    assert tree(home) == {
        "a.txt": b"new a", "c.txt": b"new c", "deep": None, "deep/down": None, "deep/down/b.txt": b"new b", "stage": None,
    }  # fmt: skip


@pytest.mark.parametrize("which", ["a.txt", "b.txt", "c.txt"])
@pytest.mark.parametrize("problem", [PermissionError(13, "held"), OSError(28, "full"), KeyboardInterrupt()])
def test_whichever_fails_all_are_as_before(home, monkeypatch, which, problem):
    before, move = tree(home), os.replace
    tries = []

    def fail(source, target):
        if Path(target).name == which and not tries:
            tries.append(target)
            raise problem
        move(source, target)

    monkeypatch.setattr(os, "replace", fail)
    expected = NotChangedError if isinstance(problem, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as failed:
        apply(changes(home), home / "stage")
    assert tree(home) == before
    if expected is NotChangedError:
        assert failed.value.path.name == which
        assert failed.value.problem is problem


def test_a_file_that_cannot_be_deleted_brings_the_others_back(home, monkeypatch):
    before, remove = tree(home), Path.unlink

    def fail(self, *args, **kwargs):
        if self.name == "gone.txt":
            raise PermissionError(13, "held")
        remove(self, *args, **kwargs)

    monkeypatch.setattr(Path, "unlink", fail)
    with pytest.raises(NotChangedError):
        apply(changes(home), home / "stage")
    assert tree(home) == before


def test_a_stage_on_another_drive_is_done_without(home, monkeypatch):
    move = os.replace

    def across(source, target):
        if Path(source).parent.name == "stage":
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        move(source, target)

    monkeypatch.setattr(os, "replace", across)
    apply(changes(home), home / "stage")
    assert (home / "a.txt").read_bytes() == b"new a"
    assert not [path for path in home.rglob("*") if path.suffix == ".new"]


def test_a_file_that_is_as_wanted_is_not_touched(home, monkeypatch):
    monkeypatch.setattr(os, "replace", lambda *_: pytest.fail("it was written again"))
    apply([Change(home / "a.txt", b"old a"), Change(home / "never.txt", None)], home)


def test_nothing_is_staged_where_the_file_goes(home, monkeypatch):
    move, seen = os.replace, []

    def watch(source, target):
        seen.append(Path(source).parent)
        move(source, target)

    monkeypatch.setattr(os, "replace", watch)
    apply([Change(home / "XLSTART" / "x.xlam", b"x")], home / "stage")
    assert seen == [home / "stage"]


def test_only_empty_folders_are_removed(home):
    (home / "x" / "y").mkdir(parents=True)
    (home / "full").mkdir()
    write(home / "full" / "f", b"")
    assert remove_empty([home / "x", home / "x" / "y", home / "full", home / "not there"]) == [
        home / "x" / "y",
        home / "x",
    ]
    assert (home / "full" / "f").exists()
