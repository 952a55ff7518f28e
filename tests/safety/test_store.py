"""A crafted file in the store of handles gives #REF! with a reason: nothing is run, and no memory is taken for a claim."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.excel.helpers import fails, one
from tests.safety.test_paths import soon
from xlfv.excel import call, handles, store
from xlfv.excel.kept_table import KeptTable
from xlfv.tables import from_grid

__all__ = ["soon"]
GRID = [["month", "cash"], [1.0, 5.0], [2.0, 7.0]]
RAN = "XLFV_TEST_THIS_WAS_RUN"


class Evil:
    """Unpickled, it leaves a mark."""

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return os.putenv, (RAN, "1")


def npy(array: np.ndarray, header: str = "") -> bytes:
    """An array as a file, with another header where one is given."""
    target = io.BytesIO()
    np.lib.format.write_array(target, array, allow_pickle=True)
    raw = target.getvalue()
    if not header:
        return raw
    text = (header + " " * 200)[:117] + "\n"
    return raw[:8] + len(text).to_bytes(2, "little") + text.encode() + raw[10 + int.from_bytes(raw[8:10], "little") :]


def packed(parts: dict[str, bytes], packing: int = zipfile.ZIP_STORED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packing) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return target.getvalue()


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


HUGE = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }"
CRAFTED: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "a pickled array": lambda parts: packed(parts | {"a_n1.npy": npy(np.array([Evil()], dtype=object))}),
    "a pickle in place of an array": lambda parts: packed(parts | {"a_n1.npy": pickle.dumps(Evil())}),
    "a pickle in place of the file": lambda parts: pickle.dumps(Evil()),
    "an array in place of the file": lambda parts: npy(np.arange(3.0)),
    "a pickled header": lambda parts: packed(parts | {"_header.npy": npy(np.array([Evil()], dtype=object))}),
    "a shape of eight terabytes": lambda parts: packed(parts | {"a_n1.npy": npy(np.zeros(1), HUGE)}),
    "texts of four bytes each, a trillion of them": lambda parts: packed(
        parts | {"a_n1.npy": npy(np.zeros(1), HUGE.replace("<f8", "<U0"))}
    ),
    "a shape below nothing": lambda parts: packed(parts | {"a_n1.npy": npy(np.zeros(1), HUGE.replace("1000000000000", "-1"))}),
    "a header that is code": lambda parts: packed(parts | {"a_n1.npy": npy(np.zeros(1), "__import__('os').putenv('x', 'y')")}),
    "a header nested without end": lambda parts: packed(parts | {"a_n1.npy": npy(np.zeros(1), "(" * 110)}),
    "fields of objects": lambda parts: packed(
        parts | {"a_n1.npy": npy(np.zeros(1), "{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (1,), }")}
    ),
    "a zip bomb": lambda parts: packed(parts | {"a_n1.npy": b"\x93NUMPY" + b"\0" * (64 << 20)}, zipfile.ZIP_DEFLATED),
    "names that lead out": lambda parts: packed(parts | {"../../evil.npy": npy(np.zeros(1)), "/etc/evil.npy": npy(np.zeros(1))}),
    "very many parts": lambda parts: packed({f"a_{k:060d}": b"" for k in range(80_000)}),
    "no parts": lambda parts: packed({}),
    "nothing": lambda parts: b"",
    "half of it": lambda parts: packed(parts)[:300],
    "a length of nonsense": lambda parts: packed(parts | {"a_columns.npy": npy(np.full(16, 255, dtype=np.uint8))}),
}  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path) -> tuple[str, Path]:
    """A handle whose thing is on disk alone, and its file."""
    handles.configure(tmp_path / "store")
    text = str(one(call("XLFV_TABLE", GRID, "tape")))
    handles.forget_memory()
    (path,) = (tmp_path / "store").iterdir()
    return text, path


@pytest.mark.parametrize("how", CRAFTED)
def test_a_crafted_file_is_a_reference_error_and_is_thrown_away(kept: tuple[str, Path], how: str) -> None:
    text, path = kept
    path.write_bytes(CRAFTED[how](parts_of(path)))
    reason = fails("XLFV_PV", text, 0.0, code="#REF!")
    assert "recalculate the cell that makes it" in reason
    assert not os.environ.get(RAN)
    assert not path.exists()
    assert one(call("XLFV_TABLE", GRID, "tape")) == text
    handles.forget_memory()
    assert one(call("XLFV_PV", text, 0.0)) == 12.0


def test_the_mark_of_the_evil_thing_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(os, "putenv", lambda *args: seen.append(args))
    reduced = Evil().__reduce__()
    reduced[0](*reduced[1])
    assert seen == [(RAN, "1")]


def test_nothing_is_unpickled_whatever_stands_in_the_store(kept: tuple[str, Path]) -> None:
    """Seen from outside: an interpreter of its own, with a hook that ends it at the first thing unpickled or code run."""
    text, path = kept
    script = (
        "import sys\nfrom xlfv.excel import call, handles\nfrom pathlib import Path\nhandles.configure(Path(sys.argv[1]))\n"
        "for name in sys.argv[3:]: call('XLFV_PV', name, 0.0)\n"  # what is imported on the way is imported now
        "sys.addaudithook(lambda event, args: sys.exit(event) if event in ('pickle.find_class', 'exec') else None)\n"
        "print(call('XLFV_PV', sys.argv[2], 0.0)[0][0])\n"
    )
    sound, other = parts_of(path), store.Disk(path.parent).path("table:other:000000000000")
    for how in ("a pickled array", "a pickle in place of an array", "a pickled header", "fields of objects"):
        path.write_bytes(CRAFTED[how](sound))
        other.write_bytes(packed(sound))
        run = subprocess.run(
            [sys.executable, "-c", script, str(path.parent), text, "table:other:000000000000"],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert (run.returncode, run.stdout.strip()) == (0, "#REF!"), run.stderr


def test_a_file_with_the_content_of_another_thing_is_refused(kept: tuple[str, Path]) -> None:
    """Even where its checksum is right: what comes out must hash to the handle."""
    text, path = kept
    other = KeptTable(from_grid("tape", [["month", "cash"], [1.0, 500.0]]))
    for digest in (other.digest, handles.find(text, "table").digest):
        handles.forget_memory()
        arrays = other.pack()
        header = np.array([store.FORMAT, digest, store.checksum(arrays, digest)])
        np.savez(path, _header=header, **{f"a_{name}": array for name, array in arrays.items()})
        assert "does not hash to the handle" in fails("XLFV_PV", text, 0.0, code="#REF!")


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes need another system")
@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("what", ["/dev/zero", "/etc/hostname", "loop", "other", "a pipe", "a folder"])
def test_a_link_pipe_or_folder_in_the_store_is_never_read(kept: tuple[str, Path], tmp_path: Path, what: str) -> None:
    text, path = kept
    outside = tmp_path / "outside.npz"
    outside.write_bytes(path.read_bytes())
    before = outside.stat().st_mtime_ns
    path.unlink()
    if what == "a pipe":
        os.mkfifo(path)
    elif what == "a folder":
        path.mkdir()
    else:
        path.symlink_to({"loop": path.name, "other": str(outside)}.get(what, what))
    assert "recalculate the cell" in fails("XLFV_PV", text, 0.0, code="#REF!")
    assert one(call("XLFV_TABLE", GRID, "tape")) == text
    handles.forget_memory()
    if what != "a folder":  # which the user must take away; the store says so meanwhile
        assert one(call("XLFV_PV", text, 0.0)) == 12.0
        assert path.is_file()
        assert not path.is_symlink()
    else:
        assert "memory only" in handles.state()
    assert outside.stat().st_mtime_ns == before


@pytest.mark.skipif(sys.platform == "win32", reason="a sparse file needs another call there")
def test_a_huge_file_is_refused_unread(kept: tuple[str, Path]) -> None:
    text, path = kept
    with path.open("r+b") as stream:
        stream.truncate(store.MOST_THING + 1)
    assert "it has over 512 MB" in fails("XLFV_PV", text, 0.0, code="#REF!")


def test_a_thing_too_large_for_the_store_is_kept_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST_THING", 10)
    handles.configure(tmp_path)
    text = str(one(call("XLFV_TABLE", GRID, "tape")))
    assert one(call("XLFV_PV", text, 0.0)) == 12.0
    assert list(tmp_path.iterdir()) == []
    assert "memory only" in handles.state()


@pytest.mark.parametrize(
    "text",
    ["table:../../etc/passwd:3f9a1c2e55d0", "table:..\\..\\x:3f9a1c2e55d0", "table:/etc/x:3f9a1c2e55d0", "table:x/../y:3f9a1c2e55d0",
     "../table:x:3f9a1c2e55d0", "table:x:2009-12/..:3f9a1c2e55d0", "table:x\0:3f9a1c2e55d0", "table:x:3f9a1c2e55d0/../../x",
     "table:C:x:3f9a1c2e55d0", "table:x:\u0662\u0660\u0660\u0669-12:3f9a1c2e55d0", "table:x:3f9a1c2e55d0\n.npz", "table:~:3f9a1c2e55d0"],
)  # fmt: skip
def test_a_handle_with_a_path_in_it_is_no_handle(tmp_path: Path, text: str) -> None:
    handles.configure(tmp_path / "store")
    assert handles.parse(text) is None
    assert call("XLFV_TRUST_SUMMARY", text)[0][0] == "#VALUE!"


@pytest.mark.parametrize("name", [".", "..", "...", "-", "con", "nul", "a" * 64])
def test_every_handle_lies_in_the_folder_of_the_store(tmp_path: Path, name: str) -> None:
    text = f"table:{name}:3f9a1c2e55d0"
    assert handles.parse(text) is not None
    path = store.Disk(tmp_path).path(text)
    assert path.resolve().parent == tmp_path.resolve()
    assert path.name.startswith("table~")
    handles.configure(tmp_path)
    assert "is gone" in fails("XLFV_PV", text, 0.0, code="#REF!")


@pytest.mark.skipif(sys.platform == "win32", reason="rights work otherwise there")
def test_the_store_is_for_the_user_alone(kept: tuple[str, Path]) -> None:
    _, path = kept
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
