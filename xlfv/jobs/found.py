"""What staging found, in the terminal: errors, warnings with the keys by which they are accepted, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

from xlfv.jobs.common import say
from xlfv.months.walk import COMPANY, INDICES

if TYPE_CHECKING:
    from xlfv.months.intake.stage import Staged

_MOST = 200  # of a kind; a tape of faults is one mistake


def show_findings(staged: Staged, console: Console) -> None:
    """Print what was found, errors first, and how many of each."""
    for level, found in (("error", staged.errors), ("warning", staged.warnings), ("note", staged.notes)):
        for one in found[:_MOST]:
            key = f" {one.key}" if level == "warning" else ""
            say(console, f"{level}{key}: {one.fault}")
        if len(found) > _MOST:
            say(console, f"and {len(found) - _MOST:,} more of {level}")
    counts = ", ".join(
        f"{len(found):,} {word}{'' if len(found) == 1 else 's'}"
        for word, found in (("error", staged.errors), ("warning", staged.warnings), ("note", staged.notes))
    )
    loans = sum(len(piece.content) for piece in staged.pieces if piece.table == "loans")
    trusts = len({piece.trust for piece in staged.pieces} - {COMPANY, INDICES})
    say(console, f"{staged.month}: {trusts} trusts, {len(staged.pieces)} tables, {loans:,} loans; {counts}.")
