"""Work that takes a while says what it is at, lets itself be stopped, and is done again when asked again."""

from __future__ import annotations

from typing import Any

from tests.hosts.wine import inputs
from tests.hosts.wine.excel import Excel
from tests.hosts.wine.plain import address, plain
from tests.hosts.wine.scenarios import pool


def run(excel: Excel) -> dict[str, Any]:
    """The words of the status bar, what a stopped cell shows and says, and what the next calls give."""
    excel.status.clear()

    def press_escape(words: str) -> None:
        excel.escaped = True

    excel.meanwhile = press_escape
    stopped = plain(pool.trust(excel, inputs.LARGE))
    words_when_stopped = len(excel.status)
    excel.meanwhile = lambda words: None
    why = excel.answer("XLFV_WHY", address(pool.BOOK, "Values", 1, 6), places=[""])
    next_call = excel.answer("XLFV_SMM", 0.06, places=[""])
    excel.status.clear()
    whole = pool.project(excel, inputs.LARGE)
    return {
        "stopped": stopped, "words when stopped": words_when_stopped, "why": why, "next": next_call, "whole": whole,
        "words": excel.status[:],
    }  # fmt: skip
