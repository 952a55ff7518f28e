"""A healthy machine, before and after xlfv install."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from tests.excel.install import machines
from xlfv.excel.install.install import install
from xlfv.excel.install.machine import Machine


class Page:
    """A terminal of 80 columns, and what was printed on it."""

    def __init__(self) -> None:
        self.console = Console(file=io.StringIO(), width=80)

    @property
    def text(self) -> str:
        """What was printed; lines folded at the edge are as they are."""
        return self.console.file.getvalue()  # type: ignore[attr-defined]

    @property
    def words(self) -> str:
        """What was printed, in one line."""
        return " ".join(self.text.split())


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return machines.windows(tmp_path)


@pytest.fixture
def installed(machine: Machine) -> Machine:
    assert install(machine, Page().console, compiling=False) == 0
    return machine
