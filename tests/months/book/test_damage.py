"""A book that is cut short, altered or something else altogether says so in words, or nothing that is read of it differs."""

from __future__ import annotations

import multiprocessing
import random
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from tests.months.book.small import made
from xlfv.months.book.backup import backup
from xlfv.months.book.file import reading, writing
from xlfv.months.book.verify import verify
from xlfv.tables import Refused

CUTS, BYTES = 24, 150


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = made(tmp_path_factory.mktemp("whole") / "b.duckdb")
    backup(path)
    return path


def everything(path: Path) -> list:
    """All that can be read of a book."""
    with reading(path, wait=0) as one:
        versions = [version for month in one.months() for table in ("loans", "terms", "curves")
                    for trust in one.trusts(month) for version in one.every_version(trust, month, table)]  # fmt: skip
        tables = [one.table(version) for version in versions]
        return [versions, tables, one.lines(), one.loads(), one.runs(), one.signatures(), one.head()]


def read_in_another(damaged: list[tuple[str, bytes]], folder: str, told: Connection) -> None:
    """Read each damaged file and say what came of it; in a process of its own, which a crash would end."""
    for name, data in damaged:
        path = Path(folder) / "b.duckdb"
        path.write_bytes(data)
        said, differs, answer = "", False, None
        try:
            answer = everything(path)
        except Refused as refused:
            said = str(refused)
        except Exception as problem:
            said = f"RAW {type(problem).__module__}.{type(problem).__name__}: {problem}"
        try:
            faults = [] if said else [str(fault) for fault in verify(path).faults]
        except Refused as refused:
            faults = [str(refused)]
        except Exception as problem:
            faults = [f"RAW {type(problem).__name__}: {problem}"]
        differs = answer is not None and repr(answer) != REFERENCE.get("all")
        told.send((name, said, differs, faults))
    told.send(None)


REFERENCE: dict[str, str] = {}


def _with_reference(damaged: list[tuple[str, bytes]], folder: str, whole: str, told: Connection) -> None:
    REFERENCE["all"] = whole
    read_in_another(damaged, folder, told)


def tried(damaged: list[tuple[str, bytes]], folder: Path, whole: str) -> list[tuple[str, str, bool, list[str]]]:
    """What came of each damaged file."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["tests.months.book.killed"])
    hear, tell = server.Pipe(duplex=False)
    worker = server.Process(target=_with_reference, args=(damaged, str(folder), whole, tell))
    worker.start()
    tell.close()
    found: list[tuple[str, str, bool, list[str]]] = []
    try:
        while (message := hear.recv()) is not None:
            found.append(message)
    except EOFError:
        pytest.fail(f"the process that read {damaged[len(found)][0]} crashed")
    worker.join()
    return found


def test_a_book_cut_short_at_any_length_is_said_to_be_and_how_to_restore_it(book: Path, tmp_path: Path) -> None:
    data = book.read_bytes()
    draw = random.Random(7)
    lengths = sorted({0, 1, 100, 4096, 8192, 12288, len(data) - 1, *(draw.randrange(len(data)) for _ in range(CUTS))})
    kept = next(book.parent.glob("b.backup-*"))
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    damaged = [(f"cut at {length}", data[:length]) for length in lengths]
    for name, said, differs, faults in tried(damaged, tmp_path, repr(everything(book))):
        assert "RAW" not in said + str(faults), name
        assert not differs, name
        assert said or faults, f"{name}: nothing was said"
        assert kept.name in said + str(faults), f"{name}: {said} {faults}"


def test_a_byte_altered_anywhere_is_said_or_changes_nothing_that_is_read(book: Path, tmp_path: Path) -> None:
    data = book.read_bytes()
    draw = random.Random(11)
    places = [
        *range(0, 64, 7),
        *(draw.randrange(4096 * 3) for _ in range(40)),
        *(draw.randrange(len(data)) for _ in range(BYTES)),
    ]
    damaged = []
    for place in places:
        altered = bytearray(data)
        altered[place] ^= draw.randrange(1, 256)
        damaged.append((f"byte {place} of {len(data)}", bytes(altered)))
    found = tried(damaged, tmp_path, repr(everything(book)))
    assert len(found) == len(places)
    for name, said, differs, faults in found:
        assert "RAW" not in said + str(faults), (name, said, faults)
        assert not differs, f"{name}: what is read differs, and nothing was said"
    silent = sum(not said and not faults for _, said, _, faults in found)
    print(f"{len(found)} bytes altered, {silent} of them where nothing stands")
    assert silent < len(found), "no alteration was found at all"


def test_a_log_of_last_commits_that_is_altered_is_said_or_changes_nothing(book: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    path = tmp_path / "c.duckdb"
    path.write_bytes(book.read_bytes())
    code = (
        "import os,sys; from xlfv.months.book.file import writing; from tests.months.book.small import pieces\n"
        "with writing(sys.argv[1], 'bob') as b:\n b.commit('2010-01', pieces(5)); b.lock('2010-01'); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    behind = path.with_name(path.name + ".wal")
    data, main = behind.read_bytes(), path.read_bytes()
    whole = everything(path)
    before = everything(book)
    draw = random.Random(13)
    for _ in range(25):
        altered = bytearray(data)
        place = draw.randrange(len(data))
        altered[place] ^= draw.randrange(1, 256)
        path.write_bytes(main)
        behind.write_bytes(altered)
        said, found, faults = _read(path)
        assert said or faults or found in (repr(whole), repr(before)), f"byte {place}"


def _read(path: Path) -> tuple[str, str, tuple]:
    """What a book says, or why it does not."""
    try:
        return "", repr(everything(path)), verify(path).faults
    except Refused as refused:
        return str(refused), "", ()


@pytest.mark.parametrize("opened", [reading, writing])
def test_what_is_no_book_is_said_to_be_none(tmp_path: Path, opened: object) -> None:
    import duckdb

    text, empty, other = tmp_path / "a.duckdb", tmp_path / "e.duckdb", tmp_path / "o.duckdb"
    text.write_text("loan_id,balance\n" * 1000)
    empty.touch()
    with duckdb.connect(str(other)) as plain:
        plain.execute("CREATE TABLE x(y INTEGER)")
    for path in (text, empty, other):
        with pytest.raises(Refused, match="is not a book of months"), opened(path):  # type: ignore[operator]
            pass
    with pytest.raises(Refused, match="is a folder"), opened(tmp_path):  # type: ignore[operator]
        pass
    with pytest.raises(Refused, match="there is no book"), opened(tmp_path / "none.duckdb"):  # type: ignore[operator]
        pass
    assert not (tmp_path / "none.duckdb").exists()
    with pytest.raises(Refused, match="is the share connected"), opened(tmp_path / "gone" / "b.duckdb"):  # type: ignore[operator]
        pass
    assert text.read_text().startswith("loan_id")
