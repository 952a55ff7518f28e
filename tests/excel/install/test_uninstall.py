"""xlfv uninstall: the disk is as it was before xlfv install, and nothing else is touched."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.excel.install.machines import addin, linux, registered, running, tree, write
from tests.excel.install.test_doctor import COMMON, EXE
from xlfv.excel.install import places
from xlfv.excel.install.check_addin import installed_addin
from xlfv.excel.install.install import install
from xlfv.excel.install.record import Record
from xlfv.excel.install.uninstall import uninstall
from xlfv.tables import Refused


def without_kernels(machine):
    for parent in machine.package.compiled:
        shutil.rmtree(parent)
    return machine


@pytest.mark.parametrize("excel_was_here", [True, False], ids=["Excel has a start folder", "Excel never ran"])
def test_the_disk_is_as_before_the_install(machine, page, tmp_path, excel_was_here):
    without_kernels(machine)
    if excel_was_here:
        write(installed_addin(machine).with_name("personal.xlsb"), b"the user's own")
    before = tree(tmp_path)
    install(machine, page.console, compiling=False)
    install(machine, page.console, compiling=False)
    assert tree(tmp_path) != before
    assert uninstall(machine, page.console) == 0
    assert tree(tmp_path) == before


def test_an_empty_start_folder_that_was_there_stays(machine, page, tmp_path):
    installed_addin(machine).parent.mkdir(parents=True)
    without_kernels(machine)
    before = tree(tmp_path)
    install(machine, page.console, compiling=False)
    uninstall(machine, page.console)
    assert tree(tmp_path) == before


def test_compiled_kernels_of_all_versions_go(installed, page):
    cache = installed.package.compiled[0]
    write(cache / "kernels-old" / "a.nbc", b"code")
    write(cache / "loans.cpython-311.pyc", b"Python's own")
    assert uninstall(installed, page.console) == 0
    assert [path.name for path in cache.iterdir()] == ["loans.cpython-311.pyc"]
    assert "kernels-old" in page.text


def test_handles_stay_and_are_named_or_go_when_asked(installed, page):
    handles = installed.package.handles
    write(handles / "trust~X~1.npz", b"kept"), write(handles / ".new-1.npz", b"half written")
    uninstall(installed, page.console)
    assert (handles / "trust~X~1.npz").is_file()
    assert "Kept handles stay" in page.text
    assert str(handles) in page.text
    assert uninstall(installed, page.console, everything=True) == 0
    assert not handles.parent.exists()


def test_what_the_user_put_beside_the_handles_stays(installed, page):
    handles = installed.package.handles
    write(handles / "a.npz", b"kept"), write(handles / "notes.txt", b"mine")
    uninstall(installed, page.console, everything=True)
    assert tree(handles) == {"notes.txt": b"mine"}


def test_it_says_what_was_removed(installed, page):
    addin_file, settings = installed_addin(installed), places.settings_file(installed)
    uninstall(installed, page.console)
    assert page.text.startswith("Removed:")
    assert str(addin_file) in page.text
    assert str(settings) in page.text


def test_nothing_there_is_said_and_fine(machine, page, tmp_path):
    without_kernels(machine)
    before = tree(tmp_path)
    assert uninstall(machine, page.console) == 0
    assert "Nothing of xlfv is installed here" in page.text
    assert tree(tmp_path) == before


def test_an_addin_that_excel_holds_leaves_everything_as_it_was(installed, page, tmp_path, monkeypatch):
    before = tree(tmp_path)
    remove = Path.unlink

    def refuse(self, *args, **kwargs):
        if self.name == "xlfv.xlam":
            raise PermissionError(13, "The process cannot access the file", str(self))
        remove(self, *args, **kwargs)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(Refused, match=r"Excel holds .*close Excel and run: xlfv uninstall"):
        uninstall(running(installed, EXE), page.console)
    assert tree(tmp_path) == before


def test_settings_that_cannot_go_bring_the_addin_back(installed, page, tmp_path, monkeypatch):
    before = tree(tmp_path)
    remove = Path.unlink

    def refuse(self, *args, **kwargs):
        if self.name == "installed.json":
            raise OSError(5, "Input/output error", str(self))
        remove(self, *args, **kwargs)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(Refused, match="Input/output error"):
        uninstall(installed, page.console)
    assert tree(tmp_path) == before


def test_kernels_that_cannot_go_are_named(installed, page, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "in use", str(folder))

    monkeypatch.setattr(shutil, "rmtree", refuse)
    assert uninstall(installed, page.console) == 1
    assert "Could not be removed" in page.text
    assert not installed_addin(installed).exists()


def test_the_copy_is_found_after_excels_start_folder_moved(installed, page):
    copy = installed_addin(installed)
    moved = registered(installed, (COMMON, {"Xlstart": "ELSEWHERE"}))
    assert installed_addin(moved) != copy
    uninstall(moved, page.console)
    assert not copy.exists()


def test_a_record_that_names_anything_else_is_not_followed(installed, page, tmp_path):
    mine = write(tmp_path / "mine.xlsx", b"not to be touched")
    places.record_file(installed).write_bytes(Record("1", str(mine), (str(tmp_path),)).encoded())
    uninstall(installed, page.console)
    assert mine.read_bytes() == b"not to be touched"
    assert not installed_addin(installed).exists()


def test_a_copy_without_a_record_goes_too(machine, page):
    write(installed_addin(machine), addin("0.5"))
    uninstall(machine, page.console)
    assert not installed_addin(machine).exists()


def test_elsewhere_compiled_kernels_go_and_handles_are_named(tmp_path, page):
    machine = linux(tmp_path)
    write(machine.package.handles / "a.npz", b"kept")
    assert uninstall(machine, page.console) == 0
    assert not machine.package.compiled[0].exists()
    assert "Kept handles stay" in page.text
    assert uninstall(replace(machine), page.console) == 0
    assert "nothing to remove" in page.text
