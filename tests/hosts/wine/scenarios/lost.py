"""The server is killed between two calls and in the middle of one; the cells notice nothing."""

from __future__ import annotations

from typing import Any

from tests.hosts.wine import inputs
from tests.hosts.wine.excel import Excel
from tests.hosts.wine.scenarios import pool, processes


def run(excel: Excel) -> dict[str, Any]:
    """Values before and after, which processes made them, and whether those that were killed are gone."""
    ids = [processes.server(excel)]
    starts = excel.starts
    before = excel.answer("XLFV_SMM", 0.06, places=[""])
    processes.kill(ids[0])
    after = excel.answer("XLFV_SMM", 0.06, places=[""])
    ids.append(processes.server(excel))
    large = _killed_while_it_works(excel, ids[1])
    ids.append(processes.server(excel))
    gone = [not processes.alive(each) for each in ids[:2]]
    return {
        "before": before, "after": after, "large": large, "processes": ids, "gone": gone, "starts": excel.starts - starts
    }  # fmt: skip


def _killed_while_it_works(excel: Excel, process: int) -> Any:
    """A trust that takes a while to read; the server is killed at the first word in the status bar."""

    def kill_once(words: str) -> None:
        excel.meanwhile = _nothing
        processes.kill(process)

    excel.meanwhile = kill_once
    handle = pool.trust(excel, inputs.LARGE)
    assert excel.meanwhile is _nothing, "it was too quick to be killed"
    return handle


def _nothing(words: str) -> None:
    """Nothing happens while the user waits."""
