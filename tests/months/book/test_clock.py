"""A clock set back neither turns the log round nor goes unsaid."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.months.book.small import MONTH, made, pieces, run, signature
from xlfv.months.book import log
from xlfv.months.book.file import writing
from xlfv.months.book.verify import verify


def test_times_never_go_back_and_the_log_says_that_the_clock_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path / "b.duckdb")
    real = log.utc_now()
    with writing(path, "ann") as book:
        last = book.lines()[-1].at
        monkeypatch.setattr(log, "utc_now", lambda: last - dt.timedelta(days=400))
        load = book.commit("2010-01", pieces(3))
        book.sign(signature("a", "2010-01"))
        book.record(**run((1,), 9))
        book.lock(MONTH)
        lines = book.lines()[4:]
        assert [line.at for line in lines] == [last] * 4
        assert load.at == last
        assert [json.loads(line.detail)["clock_behind_seconds"] for line in lines] == [400 * 86400.0] * 4
        monkeypatch.setattr(log, "utc_now", lambda: real + dt.timedelta(days=1))
        book.unlock(MONTH, "x")
        assert "clock_behind_seconds" not in book.lines()[-1].detail
        assert book.lines()[-1].at == real + dt.timedelta(days=1)
        assert [one.at for one in book.signatures("2010-01")] == [last]
    assert not verify(path).faults
