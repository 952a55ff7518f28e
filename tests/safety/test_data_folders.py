"""A month is what lies in its folder: nothing leads out of it, and no name plays a trick."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.excel.book.conftest import small_tables, write_folder
from tests.safety import bombs
from tests.safety.test_paths import soon
from xlfv.months.folder import month_end, months_of, read_month
from xlfv.tables import Refused

__all__ = ["soon"]
MONTH = "2009-12"
links = pytest.mark.skipif(sys.platform == "win32", reason="links and such names need another system")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_folder(tmp_path / "data", "T1", MONTH, small_tables())
    write_folder(tmp_path / "elsewhere", "T2", MONTH, small_tables())
    return tmp_path / "data"


def told(data: Path, month: str = MONTH) -> str:
    with pytest.raises(Refused) as refused:
        read_month(data, month)
    assert all(fault.what for fault in refused.value.faults)
    assert any(fault.todo for fault in refused.value.faults)
    return str(refused.value)


@pytest.mark.parametrize(
    "month",
    ["2009-12/../../etc", "../2009-12", "..", "", ".", "2009-12\n", "2009-12 ", " 2009-12", "2009-12\x00", "/etc", "con",
     "\u0662\u0660\u0660\u0669-\u0661\u0662", "2009-12/", "2009-13", "0000-01", "9" * 5000, "2009\u201012"],
)  # fmt: skip
def test_a_month_is_a_month_and_no_path(data: Path, month: str) -> None:
    assert "is not a month" in told(data, month)
    with pytest.raises(Refused, match="is not a month"):
        month_end(month)


@links
def test_a_trust_that_is_a_link_out_of_the_data_folder_is_refused(data: Path) -> None:
    (data / "T2").symlink_to(data.parent / "elsewhere" / "T2")
    assert "T2 is a link that leads out of the data folder" in told(data)
    with pytest.raises(Refused, match="leads out"):
        months_of(data)


@links
@pytest.mark.parametrize("name", [MONTH, "loans.csv", "costs.csv", "tape.xlsx"])
def test_a_month_or_table_that_is_a_link_out_is_refused(data: Path, name: str) -> None:
    outside = data.parent / "elsewhere" / "T2" / MONTH
    (outside / "costs.csv").write_text("cost,basis,amount\n")
    (outside / "tape.xlsx").write_bytes(bombs.workbook())
    if name == MONTH:
        (data / "T3").mkdir()
        (data / "T3" / MONTH).symlink_to(outside)
    else:
        (data / "T1" / MONTH / name).unlink(missing_ok=True)
        (data / "T1" / MONTH / name).symlink_to(outside / name)
    assert f"{name} is a link that leads out of the data folder" in told(data)


@links
@pytest.mark.parametrize("to", ["/etc/hostname", "/proc/self/environ", "../../elsewhere/T2/2009-12/loans.csv"])
def test_shared_indices_that_are_a_link_out_are_refused(data: Path, to: str) -> None:
    (data / "indices").mkdir()
    (data / "indices" / f"{MONTH}.csv").symlink_to(to)
    assert "leads out of the data folder" in told(data)


@links
def test_shared_indices_that_are_a_link_to_nothing_are_refused(data: Path) -> None:
    (data / "indices").mkdir()
    (data / "indices" / f"{MONTH}.csv").symlink_to("2009-12.CSV")
    assert f"{MONTH}.csv is a link that leads nowhere" in told(data)


@links
def test_a_link_inside_the_data_folder_and_a_data_folder_that_is_a_link_are_read(data: Path) -> None:
    (data / "T2").symlink_to("T1")
    (data.parent / "linked").symlink_to(data)
    assert list(read_month(data.parent / "linked", MONTH).trusts) == ["T1", "T2"]


@links
def test_loops_of_links_are_refused_and_never_followed(data: Path) -> None:
    (data / "loop").symlink_to("loop")
    assert "loop is a link that leads nowhere" in told(data)
    (data / "loop").unlink()
    (data / "a").symlink_to("b")
    (data / "b").symlink_to("a")
    assert "a is a link that leads nowhere" in told(data)
    (data / "a").unlink()
    (data / "b").unlink()
    (data / "T1" / MONTH / "costs.csv").symlink_to("costs.csv")
    assert "costs.csv is a link that leads nowhere" in told(data)
    (data / "T1" / MONTH / "costs.csv").unlink()
    (data / "T1" / MONTH / "back").symlink_to("..")  # no table: nobody looks into it
    assert list(read_month(data, MONTH).trusts) == ["T1"]


@links
@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("name", ["loans.csv", "loans.csv.gz", "loans.xlsx", "tape.xlsx"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["a pipe", "a folder"])
def test_a_pipe_or_folder_in_the_place_of_a_table_is_refused(
    data: Path, name: str, make: Callable[[Path], Any]
) -> None:
    (data / "T1" / MONTH / "loans.csv").unlink()
    make(data / "T1" / MONTH / name)
    assert "not a file" in told(data)


@links
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("con", "Windows keeps that name for a device"), ("NUL", "Windows keeps"), ("aux.2005", "Windows keeps"),
        ("T\n2", r"T\n2: its name holds a line break"), ("T\x1b[31m2", r"T\x1b[31m2: its name holds"),
        ("T2 ", "ends in a blank or a dot"), ("T2.", "ends in a blank or a dot"), ("t1", "T1 and t1 differ only in capitals"),
        ("T\udcff", "control character"),
    ],
)  # fmt: skip
def test_a_trust_with_a_name_that_plays_tricks_is_refused(data: Path, name: str, words: str) -> None:
    (data.parent / "elsewhere" / "T2").rename(data / name)
    assert words in told(data)
    assert "\x1b" not in told(data)


@links
@pytest.mark.parametrize(
    "name", ["T!2", "a.csv!b", "-rf", "--data", "$HOME", "~", "%TEMP%", "O'Brien", "T;2", "=1+1", "T|2"]
)
def test_a_strange_name_is_a_name(data: Path, name: str) -> None:
    (data.parent / "elsewhere" / "T2").rename(data / name)
    assert set(read_month(data, MONTH).trusts) == {"T1", name}


@links
def test_a_folder_that_may_not_be_read_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(self: Path) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", locked)
    assert "cannot be read: Permission denied" in told(data)


def test_a_bomb_in_a_month_is_refused_with_its_place(data: Path) -> None:
    content = bombs.claiming(bombs.workbook(), bombs.SHEET, 2 << 30)
    (data / "T1" / MONTH / "tape.xlsx").write_bytes(content)
    assert f"T1/{MONTH}" in told(data)
    assert "tape.xlsx" in told(data)
    assert "unpacks to over" in told(data)


def test_other_files_of_a_month_are_left_alone(data: Path) -> None:
    for name in (
        "read me.txt",
        "run.py",
        "run.bat",
        "conftest.py",
        "loans.pkl",
        "~$loans.xlsx",
        ".loans.csv",
        "loans.xlsm",
    ):
        (data / "T1" / MONTH / name).write_text("raise SystemExit('this was run')")
    (data / "notes.txt").write_text("")
    (data / "_old").mkdir()
    assert list(read_month(data, MONTH).trusts) == ["T1"]
