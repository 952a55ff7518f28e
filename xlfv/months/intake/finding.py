"""What staging found, and the words by which a person takes warnings on."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xlfv.months.book.pieces import Piece
from xlfv.months.folder import Month
from xlfv.review.roll_findings import Level
from xlfv.tables import Fault, Refused, refuse_if

ERROR: Level = "error"
WARNING: Level = "warning"
NOTE: Level = "note"
ALL = "all"


@dataclass(frozen=True)
class Finding:
    """One thing that staging found.

    Attributes:
        level: ``error`` stops the month, ``warning`` needs a word from a person, ``note`` is told.
        fault: what, where, and what to do.
        trust, table: whose it is; empty where it is of the whole month.
    """

    level: Level
    fault: Fault
    trust: str = ""
    table: str = ""

    @property
    def key(self) -> str:
        """Eight letters by which a warning is accepted: the same as long as what is found is the same."""
        text = "\n".join((self.trust, self.table, self.fault.what, self.fault.where))
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def words(self) -> str:
        """What was found, with the trust, as the book keeps it beside the reason."""
        whose = "/".join(filter(None, (self.trust, self.table)))
        text = f"{self.fault.what} [{self.fault.where}]" if self.fault.where else self.fault.what
        return f"{whose}: {text}" if whose else text


def of_level(level: Level, faults: list[Fault], trust: str = "", table: str = "") -> list[Finding]:
    """Faults as findings of one level."""
    return [Finding(level, fault, trust, table) for fault in faults]


@dataclass(frozen=True)
class Staged:
    """A month read and checked, nothing of it taken in yet.

    Attributes:
        month, as_of: ``YYYY-MM`` and its last day.
        folder: where the files lie.
        pieces: what would be taken in: every table that could be read.
        findings: errors first, then warnings, then notes.
        month_read: the month ready to be valued; None where there are errors, and of a table that was keyed in.
    """

    month: str
    as_of: dt.date
    folder: Path
    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]
    month_read: Month | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stops the month."""
        return tuple(one for one in self.findings if one.level == ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What needs a word from a person."""
        return tuple(one for one in self.findings if one.level == WARNING)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is told."""
        return tuple(one for one in self.findings if one.level == NOTE)

    def refuse(self) -> None:
        """Raise :class:`Refused` with every error where there is any."""
        refuse_if([one.fault for one in self.errors])


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """Errors first, then warnings, then notes, each thing once."""
    rank = {ERROR: 0, WARNING: 1, NOTE: 2}
    return tuple(sorted(dict.fromkeys(findings), key=lambda one: rank[one.level]))


def accept(staged: Staged, reasons: Mapping[str, str]) -> dict[str, str]:
    """A person's word on every warning.

    Args:
        staged: what was staged.
        reasons: key of a warning, or ``all`` -> the reason.

    Returns:
        Each warning in words -> its reason, as the book's load keeps them.

    Raises:
        Refused: there are errors; a warning has no word, a reason is blank, or a key belongs to no warning.
    """
    staged.refuse()
    keys = {one.key for one in staged.warnings}
    faults = [
        Fault(
            f"no warning has the key '{key}'", todo=f"the warnings' keys: {', '.join(sorted(keys)) or 'there are none'}"
        )
        for key in reasons
        if key != ALL and key not in keys
    ]
    faults += [
        Fault(f"the reason for {key} is blank", todo="say why") for key, why in reasons.items() if not why.strip()
    ]
    accepted: dict[str, str] = {}
    for one in staged.warnings:
        why = reasons.get(one.key, reasons.get(ALL, "")).strip()
        if not why and one.key not in reasons:
            todo = f"mend it, or accept it: {one.key}=REASON. {one.fault.todo}".strip()
            faults.append(Fault(f"a warning without a word: {one.words}", one.fault.where, todo))
        accepted[one.words] = why
    if faults:
        raise Refused(faults)
    return accepted
