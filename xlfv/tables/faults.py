"""What is wrong, where, and what to do: the one way in which every room refuses bad input."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One fault of an input.

    Attributes:
        what: what is wrong, quoting the bad value.
        where: the place: sheet and cell, or file and row, with column and loan id where there is one.
        todo: what the reader can do about it.
    """

    what: str
    where: str = ""
    todo: str = ""

    def __str__(self) -> str:
        place = f" [{self.where}]" if self.where else ""
        advice = f" -> {self.todo}" if self.todo else ""
        return f"{self.what}{place}{advice}"


class Refused(ValueError):
    """The whole input is refused; every fault found is listed.

    Attributes:
        faults: all faults, in the order found.
        code: the Excel error a cell shows: ``#VALUE!`` (bad input), ``#NUM!`` (no number exists),
            ``#N/A`` (something named is not there), ``#REF!`` (a handle is gone).
    """

    def __init__(self, faults: Iterable[Fault] | Fault | str, *, code: str = "#VALUE!") -> None:
        if isinstance(faults, str):
            faults = Fault(faults)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        self.code = code
        super().__init__(str(self))

    def __str__(self) -> str:
        if len(self.faults) == 1:
            return str(self.faults[0])
        lines = [f"{k}. {fault}" for k, fault in enumerate(self.faults, 1)]
        return "\n".join([f"{len(self.faults)} faults:", *lines])


def resembling(word: str, known: Iterable[str]) -> str:
    """The known word that this one is nearly, by a letter or two or by letters that changed places; empty for none."""
    words = list(known)
    swapped = [each for each in words if sorted(each) == sorted(word)]
    near = swapped or difflib.get_close_matches(word, words, 1, 0.8)
    return near[0] if near else ""


def refuse_if(faults: list[Fault]) -> None:
    """Raise :class:`Refused` with every fault when there is any."""
    if faults:
        raise Refused(faults)
