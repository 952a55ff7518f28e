"""What a check of the doctor finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from xlfv.excel.install.machine import Machine
from xlfv.tables import Fault

AGAIN = "install xlfv again: pip install --force-reinstall xlfv (uv tool and pipx have a reinstall of their own)"
"""What to do when a part of the package is missing or spoiled."""

Status = Literal["ok", "note", "wrong"]


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes:
        status: ``ok``, ``note`` (works, but should be known) or ``wrong``.
        what: what was found.
        todo: what to do about it; empty when there is nothing to do.
    """

    status: Status
    what: str
    todo: str = ""

    @property
    def fault(self) -> Fault:
        """As a fault, for a job that is refused because of it."""
        return Fault(self.what, todo=self.todo)


def ok(what: str) -> Finding:
    """All is well."""
    return Finding("ok", what)


def note(what: str, todo: str = "") -> Finding:
    """It works, but should be known."""
    return Finding("note", what, todo)


def wrong(what: str, todo: str) -> Finding:
    """It does not work, or will not; there is always something to do."""
    return Finding("wrong", what, todo)


@dataclass(frozen=True)
class Check:
    """A question to a machine, and its title in the report; None when there is nothing to examine."""

    title: str
    examine: Callable[[Machine], Finding | None]


def first_of(*findings: Finding | None) -> Finding | None:
    """The first that found something."""
    return next((finding for finding in findings if finding is not None), None)
