"""Handles are content: found again after a restart, refused when spoiled, never in the way of a cell."""

from __future__ import annotations

import datetime as dt
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.excel.helpers import fails, one
from xlfv.excel import call, handles, store
from xlfv.excel.kept_table import KeptTable
from xlfv.tables import ErrorCell, Place, Refused, Table, from_grid

GRID = [["Month", "Cash", "note"], [1, 5.0, "a:b"], [2, None, "é" * 40], [3, 7, True]]


def make(name: str = "tape", grid: Any = GRID) -> str:
    return str(one(call("XLFV_TABLE", grid, name)))


def about(row: str) -> Any:
    return dict(call("XLFV_ABOUT"))[row]  # type: ignore[arg-type]


def test_a_handle_says_kind_and_name_and_is_the_hash_of_its_content() -> None:
    parsed = handles.parse(make("May: tape/1"))
    assert parsed is not None
    assert (parsed.kind, parsed.name, parsed.month) == ("table", "May-tape-1", "")
    assert make() == make()
    assert make() != make(grid=[*GRID, [4, 1, None]])
    assert make() != make("other")


def test_the_same_table_moved_has_the_same_handle_and_the_newer_place() -> None:
    table = from_grid("t", [["a"], [1.0]], Place("S", 1, 1, "sheet"))
    moved = replace(table, place=Place("S", 9, 1, "sheet"))
    assert handles.keep(KeptTable(table)) == (text := handles.keep(KeptTable(moved)))
    assert handles.find(text, "table").table.place.row == 9


@pytest.mark.parametrize(
    "text", ["", "x", "table:a:b:c", "table:x:3f9a", "TABLE:x:3f9a1c2e55d0", "table:x:2009:3f9a1c2e55d0"]
)
def test_other_texts_are_no_handles(text: str) -> None:
    assert handles.parse(text) is None


def test_a_month_in_a_handle_is_read() -> None:
    parsed = handles.parse("projection:ICMB-2005-A:2009-12:3f9a1c2e55d0")
    assert parsed == handles.Handle("projection", "ICMB-2005-A", "2009-12", "3f9a1c2e55d0")
    assert str(parsed) == "projection:ICMB-2005-A:2009-12:3f9a1c2e55d0"


def test_a_table_handle_stands_wherever_a_table_is_taken() -> None:
    assert one(call("XLFV_PV", make(), 0.0)) == 12.0


def test_a_handle_is_found_again_on_disk_after_a_restart(tmp_path: Path) -> None:
    handles.configure(tmp_path)
    text = make()
    before = call("XLFV_PV", text, 0.06)
    handles.forget_memory()
    assert call("XLFV_PV", text, 0.06) == before
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]


def test_a_lost_store_is_a_reference_error_that_says_what_to_recalculate(tmp_path: Path) -> None:
    handles.configure(tmp_path)
    text = make()
    handles.forget_memory()
    for path in tmp_path.iterdir():
        path.unlink()
    reason = fails("XLFV_PV", text, 0.06, code="#REF!")
    assert "=XLFV_TABLE(...)" in reason
    assert "Ctrl+Alt+F9" in reason
    assert make() == text
    assert one(call("XLFV_PV", text, 0.0)) == 12.0


def test_a_deleted_file_is_written_again_while_memory_still_holds_the_thing(tmp_path: Path) -> None:
    handles.configure(tmp_path)
    make()
    for path in tmp_path.iterdir():
        path.unlink()
    make()
    assert len(list(tmp_path.iterdir())) == 1


def spoil(path: Path, how: str) -> None:
    if how == "cut":
        path.write_bytes(path.read_bytes()[:200])
    elif how == "garbage":
        path.write_bytes(b"not a zip")
    else:
        with np.load(path) as stored:
            content = {name: stored[name] for name in stored.files}
        if how == "altered":
            content["a_n1"] = content["a_n1"] + 1.0
        elif how == "version":
            content["_header"][0] = "xlfv-0"
        elif how == "other content":
            other = KeptTable(from_grid("tape", [["a"], [9.0]]))
            arrays = other.pack()
            content = {f"a_{name}": array for name, array in arrays.items()}
            content["_header"] = np.array([store.FORMAT, other.digest, store.checksum(arrays, other.digest)])
        elif how == "unmarked":
            del content["_header"]
        elif how == "pickle":
            content["a_n1"] = np.array([print], dtype=object)
        np.savez(path, **content)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("cut", "cannot be read"), ("garbage", "cannot be read"), ("altered", "altered"), ("version", "another version"),
        ("other content", "does not hash"), ("unmarked", "another version"), ("pickle", "cannot be read"),
    ],
)  # fmt: skip
def test_a_spoiled_file_is_refused(tmp_path: Path, how: str, words: str) -> None:
    handles.configure(tmp_path)
    text = make()
    handles.forget_memory()
    (path,) = tmp_path.iterdir()
    spoil(path, how)
    assert words in fails("XLFV_PV", text, 0.06, code="#REF!")


def test_a_handle_of_another_kind_is_refused_with_the_maker_of_the_right_one() -> None:
    with pytest.raises(Refused, match=r"a table handle was expected; a trust handle came .*=XLFV_TABLE\(\.\.\.\)"):
        handles.find("trust:x:3f9a1c2e55d0", "table")
    with pytest.raises(Refused, match="the text 'x' came"):
        handles.find("x", "table")


def test_a_disk_that_cannot_be_written_fails_no_cell_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    handles.configure(tmp_path / "file" / "below")
    assert one(call("XLFV_PV", make(), 0.0)) == 12.0
    assert "memory only" in about("handle store")
    handles.configure(tmp_path)
    make()
    assert about("handle store") == str(tmp_path)


def test_a_write_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    handles.configure(tmp_path)
    monkeypatch.setattr(np, "savez", full)
    assert one(call("XLFV_PV", make(), 0.0)) == 12.0
    assert list(tmp_path.iterdir()) == []
    assert "No space left" in about("handle store")


def test_keeping_from_many_threads_gives_one_file_each_and_loses_none(tmp_path: Path) -> None:
    handles.configure(tmp_path)
    found: list[str] = []

    def work() -> None:
        for k in range(12):
            text = make(grid=[["month", "cash"], [1, float(k)]])
            if k % 3 == 0:
                handles.forget_memory()
            found.append(text)
            assert one(call("XLFV_PV", text, 0.0)) == float(k)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 72
    assert len(set(found)) == 12
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".npz"] * 12


def test_memory_keeps_the_things_used_last() -> None:
    memory = store.Memory(most=2)
    for key in "ab":
        memory.put(key, key, 1)
    memory.get("a")
    memory.put("c", "c", 1)
    assert [memory.get(key) for key in "abc"] == ["a", None, "c"]
    small = store.Memory(most_bytes=10)
    small.put("a", "a", 6)
    small.put("b", "b", 6)
    assert [small.get(key) for key in "ab"] == [None, "b"]
    small.put("huge", "huge", 100)
    assert small.get("huge") == "huge"


def test_the_disk_is_pruned_from_the_one_used_longest_ago(tmp_path: Path) -> None:
    handles.configure(tmp_path)
    first, second = make("first"), make("second")
    disk = store.Disk(tmp_path)
    os.utime(disk.path(first), (1, 1))
    size = disk.path(first).stat().st_size
    handles.configure(tmp_path, most_on_disk=int(2.5 * size))
    third = make("third")
    assert [disk.path(text).exists() for text in (first, second, third)] == [False, True, True]


def test_the_folder_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XLFV_CACHE", str(tmp_path))
    assert store.default_folder() == tmp_path
    monkeypatch.setenv("XLFV_CACHE", "off")
    assert store.default_folder() is None
    monkeypatch.delenv("XLFV_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(store.sys, "platform", "linux")
    assert store.default_folder() == tmp_path / "xlfv" / "handles"


def test_only_plain_arrays_are_kept() -> None:
    with pytest.raises(TypeError, match="object"):
        store.prove_plain({"x": np.array([None], dtype=object)})


CELLS = (
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(min_size=1, max_size=20)
    | st.dates()
    | st.datetimes()
    | st.sampled_from([ErrorCell("#N/A"), ErrorCell("#REF!")])
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=6), st.booleans())
def test_a_table_is_the_same_after_packing(rows: list[tuple[Any, Any]], text: bool) -> None:
    table = Table(
        "t", {"a": [r[0] for r in rows], "b": [r[1] for r in rows]}, Place("S", 3, 2, "sheet"), ("a", "b"), text
    )
    again = KeptTable.unpack(KeptTable(table).pack())
    assert again.table == table
    assert [type(c) for c in again.table.columns["a"]] == [type(c) for c in table.columns["a"]]
    assert again.digest == KeptTable(table).digest


def test_a_month_is_shown_of_a_thing_that_has_one() -> None:
    class Dated(KeptTable):
        kind = "dated"
        as_of = dt.date(2009, 12, 31)

    assert handles.handle_of(Dated(from_grid("x", [["a"], [1.0]]))).month == "2009-12"
