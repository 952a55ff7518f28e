"""A path in a cell opens one ordinary file by its exact name, and nothing else."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.excel.helpers import fails, one
from xlfv.excel import call
from xlfv.excel.book.write import _check_target
from xlfv.excel.hosts.headless import recalculate
from xlfv.excel.inplace import opened
from xlfv.tables import Refused
from xlfv.tables.files import read_file, split_path
from xlfv.tables.paths import check_file, check_here, legible

CASH = "month,cash\n1,7\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cash.csv").write_text(CASH)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def soon() -> Iterator[None]:
    """A test that waits for a pipe or a device ends its process rather than hang the run."""
    timer = threading.Timer(30, os._exit, (3,))
    timer.start()
    yield
    timer.cancel()


@pytest.mark.parametrize(
    "path",
    [
        "~/cash.csv", "$HOME/cash.csv", "%USERPROFILE%\\cash.csv", "${PWD}/cash.csv", "*.csv", "cas?.csv", "`ls`.csv",
        "$(ls).csv", "cash.csv;ls", "cash.csv|ls", "|ls.csv", "cash.csv\0.xlsx", "cash.csv\nls", "=cash.csv", "+cash.csv",
        "cash.csv ", "cash", "CASH", "nowhere/../cash.csv", "x" * 3000 + ".csv", "x/" * 3000 + "a.csv",
        "..", ".", "/", "..\\cash.csv",
    ],
)  # fmt: skip
def test_a_path_is_taken_as_it_stands(folder: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is expanded, completed or passed to a shell; what the text does not name is not opened."""
    monkeypatch.setenv("HOME", str(folder))
    opened_files: list[str] = []
    real = open

    def spy(file: Any, *args: Any, **kwargs: Any) -> Any:
        opened_files.append(str(file))
        return real(file, *args, **kwargs)

    monkeypatch.setattr("io.open", spy)
    with pytest.raises(Refused) as refused:
        read_file(path, "cash")
    assert all(fault.todo for fault in refused.value.faults)
    assert opened_files == []
    assert read_file(folder / "cash.csv", "cash").columns["cash"] == ["7"]
    assert opened_files == [str(folder / "cash.csv")]


def test_a_path_in_a_cell_is_trimmed_and_read_exactly(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "cash.csv").write_text(CASH.replace("7", "9"))
    assert one(call("XLFV_PV", " cash.csv ", 0.0)) == 7.0
    assert one(call("XLFV_PV", "sub/../cash.csv", 0.0)) == 7.0
    assert one(call("XLFV_PV", "cash.csv", 0.0, folder=str(folder / "sub"))) == 9.0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.usefixtures("soon")
def test_devices_pipes_sockets_and_folders_are_refused_unopened(folder: Path) -> None:
    os.mkfifo(folder / "pipe.csv")
    os.mkfifo(folder / "pipe.csv.gz")
    os.mkfifo(folder / "pipe.xlsx")
    (folder / "folder.csv").mkdir()
    for name, device in (("zero.csv", "/dev/zero"), ("stdin.csv", "/dev/stdin"), ("tty.xlsx", "/dev/full")):
        (folder / name).symlink_to(device)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as server:
        server.bind("socket.csv")
        for name in ("pipe.csv", "pipe.csv.gz", "pipe.xlsx", "zero.csv", "tty.xlsx", "socket.csv"):
            assert "a device or a pipe, not a file" in fails("XLFV_TABLE", name)
    assert "is a folder, not a file" in fails("XLFV_TABLE", "folder.csv")
    for name in ("/dev/zero", "/dev/stdin", "/proc/self/mem", "/dev/tty"):
        assert call("XLFV_TABLE", name)[0][0] in ("#VALUE!", "#N/A")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["a pipe", "a device"])
def test_a_pipe_or_device_is_neither_recalculated_nor_replaced(folder: Path, make: Callable[[Path], Any]) -> None:
    make(folder / "book.xlsx")
    with pytest.raises(Refused, match="a device or a pipe, not a file"):
        recalculate(folder / "book.xlsx")
    with pytest.raises(Refused, match="is no valuation workbook of xlfv"):
        _check_target(folder / "book.xlsx")
    assert not (folder / "book.xlsx").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_that_lead_nowhere_are_no_files(folder: Path) -> None:
    (folder / "loop.csv").symlink_to("loop.csv")
    (folder / "gone.csv").symlink_to("nothing.csv")
    assert "loop.csv cannot be read" in fails("XLFV_TABLE", "loop.csv", code="#N/A")
    assert "there is no file gone.csv" in fails("XLFV_TABLE", "gone.csv", code="#N/A")


@pytest.mark.parametrize("name", ["con", "NUL", "nul.txt", "Com1", "lpt9", "aux ", "CONIN$", "prn.a.b", "com\xb9"])
@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".xlsx"])
def test_names_that_windows_takes_for_devices_are_refused_everywhere(tmp_path: Path, name: str, ending: str) -> None:
    (tmp_path / (name + ending)).write_text(CASH)
    assert "Windows keeps that name for a device" in fails("XLFV_TABLE", str(tmp_path / (name + ending)))


def test_names_that_only_look_like_devices_are_read(tmp_path: Path) -> None:
    for name in ("console.csv", "nullable.csv", "com10.csv", "aux-loans.csv", "prn_1.csv"):
        (tmp_path / name).write_text(CASH)
        assert one(call("XLFV_PV", str(tmp_path / name), 0.0)) == 7.0


ELSEWHERE = [
    r"\\evil\share\x.csv", "//evil/share/x.csv", r"\/evil\share\x.csv", r"\\evil@SSL\DavWWWRoot\x.csv", r"\\10.0.0.1\c$\x.csv",
    r"\\?\UNC\evil\share\x.csv", r"\\?\C:\x.csv", r"\\.\pipe\x.csv", r"\\.\COM1", r"\??\UNC\evil\share\x.csv",
    "http://evil/x.csv", "https://evil/x.csv.gz", "HTTP://evil/x.csv", "ftp://evil/x.csv", "file:///etc/x.csv",
    "file://evil/share/x.csv", r"http:\\evil\x.csv", "smb://evil/x.xlsx!Sheet", r"\\evil\share\book.xlsx!Loans",
]  # fmt: skip


@pytest.fixture
def nothing_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks the system about a file, on another computer or here, fails the test."""

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError("the system was asked about a path on another computer")

    for name in ("stat", "is_file", "is_dir", "open", "exists", "resolve"):
        monkeypatch.setattr(Path, name, never)


@pytest.mark.usefixtures("nothing_asked")
@pytest.mark.parametrize("path", ELSEWHERE)
@pytest.mark.parametrize("home", [None, "/books", r"C:\books", r"\\desk\books", r"\\evil\other", "https://evil/share"])
def test_a_cell_calls_no_other_computer(path: str, home: str | None) -> None:
    """Opening such a path would send the user's name and a proof of the password there."""
    for name, args in (
        ("XLFV_TABLE", (path,)),
        ("XLFV_PV", (path, 0.05)),
        ("XLFV_TRUST", ("T", 40178.0, path, path, path)),
    ):
        reason = fails(name, *args, folder=home)
        assert "names another computer" in reason
        assert "map the share to a drive letter" in reason


def test_a_path_on_the_share_where_the_workbook_lies_is_opened(tmp_path: Path) -> None:
    for home in (r"\\desk\books", r"\\DESK\Books\2009", "//desk/books/"):
        check_here(r"\\desk\books\months\loans.csv", home)
        check_here("//Desk/Books/loans.csv", home)
    reason = fails("XLFV_TABLE", r"\\desk\books\loans.csv", folder=r"\\desk\books\2009", code="#N/A")
    assert "there is no file" in reason
    for home in ("", "C:\\books", r"\\desk\other", r"\\desk", r"\\?\UNC\desk\books", r"\\.\desk\books"):
        with pytest.raises(Refused):
            check_here(r"\\desk\books\loans.csv", home)
    with pytest.raises(Refused):
        check_here(r"\\?\UNC\evil\x.csv", r"\\?\UNC\desk")


def test_paths_that_only_look_like_addresses_are_paths() -> None:
    for path in (
        "C:\\tapes\\may.csv",
        "c:/tapes/may.csv",
        "tapes//may.csv",
        "a:b.csv",
        "http.csv",
        "./x:/y.csv",
        "/tapes/may.csv",
    ):
        check_here(path)


def test_a_button_calls_no_other_computer_for_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Any = type("Seen", (), {"text": staticmethod(lambda name: r"\\evil\share"), "folder": Path("/books")})
    monkeypatch.setattr(Path, "is_dir", lambda self: pytest.fail("it was asked"))
    with pytest.raises(Refused, match="names another computer"):
        opened._data(seen)


def test_the_mark_of_the_sheet_may_stand_in_folders(tmp_path: Path) -> None:
    home = tmp_path / "tapes.csv!old" / "a!b"
    home.mkdir(parents=True)
    (home / "cash.csv").write_text(CASH)
    assert one(call("XLFV_PV", str(home / "cash.csv"), 0.0)) == 7.0
    assert split_path("a.csv!b/c.xlsx!S!T") == ("a.csv!b/c.xlsx", "S!T")
    assert split_path(r"C:\x.xlsx!old\may.xlsx!Loans") == (r"C:\x.xlsx!old\may.xlsx", "Loans")
    assert split_path("may.xlsx!a.csv!b") == ("may.xlsx", "a.csv!b")
    assert split_path("may.xlsx!../../etc/x") == ("may.xlsx!../../etc/x", "")


@pytest.mark.parametrize("name", ["a\nb.csv", "a\x1b[31mb.csv", "a\x00b.csv", "a\u202eb.csv", "a\x7f.csv"])
def test_a_name_with_control_characters_is_refused_and_shown_harmless(tmp_path: Path, name: str) -> None:
    reason = fails("XLFV_TABLE", str(tmp_path / name))
    assert "control character" in reason
    assert not any(character in reason for character in "\n\x1b\x00\u202e\x7f")


def test_a_shown_path_is_cut_and_harmless() -> None:
    assert legible("a\x1b[2Jb\r\n") == r"a\x1b[2Jb\r\n"
    assert len(legible("x" * 9999)) < 210
    assert legible("C:\\tapes\\mai.csv") == "C:\\tapes\\mai.csv"
    assert legible("Söhne & Co €") == "Söhne & Co €"


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all"
)
def test_a_file_that_may_not_be_read_is_refused(folder: Path) -> None:
    (folder / "cash.csv").chmod(0)
    assert "cash.csv cannot be read" in fails("XLFV_TABLE", "cash.csv")


def test_a_file_at_the_limit_is_opened_and_one_past_it_is_not(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_bytes(b"x" * 1000)
    check_file(path, 1000)
    with pytest.raises(Refused, match="split it"):
        check_file(path, 999)
