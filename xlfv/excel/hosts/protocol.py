"""What Excel's VBA and Python say to each other: one call with plain values, and replies that are marked texts.

The VBA of the add-in is written from these constants (see ``addin/builder``), and the stand-ins for Excel use them, so
that both ends cannot drift apart.
"""

from __future__ import annotations

from typing import Final

SIGN: Final = "\x1a"
"""No cell can be typed to begin with it; a text from a file that does is given a blank instead."""

ERROR: Final = f"{SIGN}ERR"
"""And a number: an error cell, which VBA shows as ``CVErr(number)``. COM hands no error value back from Python."""

WAIT: Final = f"{SIGN}WAIT"
"""And a ticket, a blank and words: the work goes on; ask again with the ticket, show the words meanwhile."""

GONE: Final = f"{SIGN}GONE"
"""The ticket is not known: the server was started anew meanwhile; VBA asks again from the start."""

BAD: Final = f"{SIGN}BAD"
"""And a message: a button was refused; the book is as it was."""

AREAS: Final = f"{SIGN}AREAS"
"""In the place of an argument's address: it is a range of several areas, which is refused."""

MODULE: Final = "xlfv.excel.hosts.xlwings"
"""The module whose functions VBA calls, and the only one that the server serves."""

LAUNCH: Final = '"{interpreter}" -P -B -m xlfv.excel.hosts.server $(CLSID) {start}'
"""The command line of the server, as the DLL of xlwings takes it.

It names no workbook: one server serves all of them. No shell stands between: one that outlives Python would keep the DLL
waiting for ever, and a program named like the shell in the current folder would be taken in its place. ``-P`` keeps Python from importing out of the current folder, which
is wherever Excel last opened a file. ``{start}`` counts the starts of a session: the DLL keeps one class id for each
command line, and that of a dead server is not always given up.
"""

FIRST_WAIT: Final = 0.3
"""Seconds after which a call that is not finished replies with WAIT."""

NEXT_WAIT: Final = 0.25
"""Seconds between two words in the status bar."""
