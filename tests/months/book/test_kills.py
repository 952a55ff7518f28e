"""Killed at any moment of its work on a book, a process leaves exactly what it had committed last, and a sound book."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.months.book.killed import work
from xlfv.months.book.backup import backups
from xlfv.months.book.file import create, writing
from xlfv.months.book.verify import verify, verify_open

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="NOT PROVED HERE: this system has no SIGKILL")

KILLS, BOOKS = 300, 30


@pytest.mark.parametrize("book", range(BOOKS))
def test_a_killed_process_leaves_the_last_committed_state(tmp_path: Path, book: int) -> None:
    server = multiprocessing.get_context("forkserver")  # a process that never had a book open makes the copies
    server.set_forkserver_preload(["tests.months.book.killed"])
    path = tmp_path / "b.duckdb"
    create(path, "ann")
    landed = {"before": 0, "at": 0, "between": 0}
    for kill in range(KILLS // BOOKS):
        seed = 1000 * book + kill
        draw = random.Random(seed)
        hear, tell = server.Pipe(duplex=False)
        worker = server.Process(target=work, args=(str(path), seed, tell))
        worker.start()
        tell.close()
        told = []
        for _ in range(draw.randint(1, 3)):
            assert hear.poll(60), f"seed {seed}: nothing was heard of the process"
            told.append(hear.recv())
        time.sleep(draw.uniform(0.0, 0.2 if kill % 5 == 0 else 0.03))
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        assert worker.exitcode == -signal.SIGKILL, f"seed {seed}: it had ended by itself"
        told += _all_told(hear)
        done = [message for message in told if message[0] == "done"]
        lines = told[-1][1]
        with writing(path, "ann") as writer:
            found = verify_open(writer)
            assert found.faults == (), f"seed {seed}: {found.faults}"
            assert found.lines in (lines, lines + 1), (
                f"seed {seed}: {lines} lines were acknowledged, {found.lines} are there"
            )
            for _, number, head in done:
                assert writer.lines(number - 1)[0].hash == head, (
                    f"seed {seed}: line {number} is not the one acknowledged"
                )
        landed["at" if found.lines > lines else "between" if done else "before"] += 1
    for kept in backups(path):
        assert verify(kept).faults == (), kept.name
    print(f"book {book}: {landed}, {found.lines} lines, {len(backups(path))} backups")
    assert found.lines > KILLS // BOOKS // 2, "hardly anything was committed: the kills came too soon"


def _all_told(hear: multiprocessing.connection.Connection) -> list[tuple]:
    """Everything that a killed process had said."""
    told = []
    try:
        while hear.poll(0):
            told.append(hear.recv())
    except (EOFError, OSError):
        pass
    hear.close()
    return told
