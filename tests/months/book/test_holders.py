"""One writer or several readers, whatever processes and threads they are in; who waits is told who holds the book."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.months.book.small import MONTH, made, pieces
from xlfv.months.book.file import reading, writing
from xlfv.months.book.verify import verify
from xlfv.tables import Refused


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return made(tmp_path / "b.duckdb")


@contextmanager
def elsewhere(code: str, *given: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs some lines, once it has said something."""
    lines = f"import sys, time\nfrom xlfv.months.book.file import reading, writing\n{code}"
    process = subprocess.Popen([sys.executable, "-c", lines, *given], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "in\n"
        yield process
    finally:
        process.kill()
        process.wait()


HOLD = "with {}(sys.argv[1]{}) as b:\n print('in', flush=True)\n time.sleep({})"


@pytest.mark.parametrize("opened", [reading, writing])
def test_who_waits_for_a_writer_is_told_who_it_is_and_since_when(book: Path, opened: object) -> None:
    with elsewhere(HOLD.format("writing", ", 'carol'", 60), str(book)) as other:
        begun = time.monotonic()
        with pytest.raises(Refused) as refused, opened(book, wait=0.5):  # type: ignore[operator]
            pass
        assert 0.4 < time.monotonic() - begun < 5.0
    text = str(refused.value)
    assert f"process {other.pid} holds it" in text
    assert re.search(r"carol on \S+, writing since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", text)
    assert "duckdb." not in text.replace(str(book), "").replace(book.name, "")


def test_who_waits_long_enough_gets_the_book(book: Path) -> None:
    with elsewhere(HOLD.format("writing", "", 1), str(book)), writing(book, wait=20) as writer:
        writer.lock(MONTH)
    assert not verify(book).faults


def test_a_writer_waits_for_readers_and_readers_do_not_wait_for_each_other(book: Path) -> None:
    with elsewhere(HOLD.format("reading", "", 60), str(book)) as other:
        with reading(book, wait=0.5) as reader:
            assert reader.months() == [MONTH]
        with pytest.raises(Refused, match=f"process {other.pid} holds it"), writing(book, wait=0.5):
            pass


def test_a_killed_writer_locks_nobody_out(book: Path) -> None:
    with elsewhere(HOLD.format("writing", ", 'carol'", 60), str(book)) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    assert book.with_name(book.name + ".writer").exists(), "what it said of itself is still there"
    with writing(book, wait=0) as writer:
        writer.lock(MONTH)
    assert not book.with_name(book.name + ".writer").exists()
    assert not verify(book).faults


def test_two_processes_that_load_at_once_both_get_in_one_after_the_other(book: Path) -> None:
    code = (
        "from tests.months.book.small import pieces\nprint('in', flush=True)\n"
        "for k in range(6):\n"
        "  with writing(sys.argv[1], sys.argv[2], wait=60) as b:\n"
        "    b.commit('2010-01', pieces(int(sys.argv[3]) + k, 3), why='again')\n"
    )
    with elsewhere(code, str(book), "bob", "100") as bob, elsewhere(code, str(book), "eve", "200") as eve:
        assert (bob.wait(120), eve.wait(120)) == (0, 0)
    found = verify(book)
    assert not found.faults
    with reading(book) as reader:
        users = [load.user for load in reader.loads("2010-01")]
    assert sorted(users) == ["bob"] * 6 + ["eve"] * 6


def test_threads_of_one_process_take_turns(book: Path) -> None:
    refused: list[Exception] = []

    def act(number: int) -> None:
        try:
            if number % 2:
                with reading(book, wait=60) as reader:
                    assert reader.trusts(MONTH) == ["T-1", "T-2"]
            else:
                with writing(book, f"user {number}", wait=60) as writer:
                    writer.commit("2010-01", pieces(number, 3), why="again")
        except Exception as problem:
            refused.append(problem)

    threads = [threading.Thread(target=act, args=(k,)) for k in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert refused == []
    with reading(book) as reader:
        assert len(reader.loads("2010-01")) == 6
    assert not verify(book).faults


def test_a_book_held_in_this_process_is_said_to_be(book: Path) -> None:
    with reading(book), pytest.raises(Refused, match="this very process"), writing(book, wait=0.1):
        pass
    with writing(book), pytest.raises(Refused, match="this very process"), reading(book, wait=0.1):
        pass
    with reading(book), reading(book) as second:
        assert second.months() == [MONTH]
