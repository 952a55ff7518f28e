"""VBA as LibreOffice Basic can compile it: what has to be altered in a copy, and nothing else.

- ``#If`` ... ``#End If``: Basic reads every branch at once; one is kept at a time, so that all are compiled in turn.
- ``PtrSafe`` in a ``Declare``: Basic does not know the word; it is left out.
- ``vbObjectError`` in a ``Const``: Basic knows it at run time only; its number is put there.

LibreOffice itself adds ``Option VBASupport 1`` while loading, ``Option ClassModule`` to a class, and leaves attributes out.

Basic finds undeclared variables when it runs, not when it compiles: for those see the linter of the add-in's own tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

BRANCHES = {"64-bit Windows": ("win64",), "32-bit Windows": (), "Mac": ("mac",)}
"""The compiler's constants that are true, by where the add-in is loaded."""

_ADDED = ("Option VBASupport 1", "Option ClassModule")
_ALTERED = ((re.compile(r"\bPtrSafe\s+"), ""), (re.compile(r"\bvbObjectError\b"), "-2147221504"))


def altered(source: str, constants: Iterable[str]) -> str:
    """A module as Basic can compile it, with the branches in which these constants are true."""
    kept = "\n".join(_kept(source.splitlines(), constants))
    for pattern, instead in _ALTERED:
        kept = pattern.sub(instead, kept)
    return kept


def _kept(lines: Iterable[str], constants: Iterable[str]) -> list[str]:
    """The lines outside ``#If`` and in its branch that holds."""
    kept: list[str] = []
    open_branches: list[tuple[bool, bool]] = []  # of each #If: does this branch hold, has any held
    for line in lines:
        words = line.strip().lower().split()
        if not words or not words[0].startswith("#"):
            if all(holds for holds, _ in open_branches):
                kept.append(line)
        elif words[0] == "#if":
            holds = words[1] in constants
            open_branches.append((holds, holds))
        elif words[0] == "#elseif":
            holds = not open_branches[-1][1] and words[1] in constants
            open_branches[-1] = (holds, open_branches[-1][1] or holds)
        elif words[0] == "#else":
            open_branches[-1] = (not open_branches[-1][1], True)
        else:
            open_branches.pop()
    return kept


def plain(source: str) -> str:
    """A module without what LibreOffice adds and leaves out while loading, whatever its line ends."""
    lines = [line.removeprefix("Rem ") if line.startswith("Rem Attribute ") else line for line in source.splitlines()]
    return "\n".join(line for line in lines if line not in _ADDED and not line.startswith("Attribute ")).strip()
