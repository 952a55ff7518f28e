"""What the VBA of the add-in does, step for step, for a client that stands in for Excel. Runs in Windows Python only.

Read it beside ``addin/vba/XlfvBridge.bas`` and ``XlfvServer.bas``: the same names, the same order.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from tests.hosts.wine.com import Dll, Lost, Server
from tests.hosts.wine.variants import Block, Dispatch, Error
from xlfv.excel.hosts.protocol import ERROR, GONE, LAUNCH, MODULE, WAIT

_presses = itertools.count(1)


def setting(key: str) -> str:
    """A line of the file that ``xlfv install`` writes.

    Raises:
        Lost: there is no such file, or it does not name the key.
    """
    path = Path(os.environ["LOCALAPPDATA"], "xlfv", "xlfv.conf")
    if not path.is_file():
        raise Lost(1001, f"there is no file {path}")
    lines = path.read_text(encoding="mbcs").splitlines()
    found = [line.partition("=")[2].strip() for line in lines if line.lower().startswith(f"{key}=")]
    if not found:
        raise Lost(1001, f"{path} does not name {key}")
    return found[0]


class Excel:
    """A session of Excel with our add-in in it.

    Attributes:
        status: everything that the status bar showed.
        server: the server, while it is thought to run.
        starts: how often Python was started, since the DLL keeps a class id for each command line as long as it is loaded.
        meanwhile: called with each of those words, as things happen while a user waits.
        escaped: set by ``meanwhile`` when Esc is pressed.
    """

    starts: ClassVar[int] = 0

    def __init__(self, version: str = "", where: str = r"C:\XLSTART\xlfv.xlam") -> None:
        self.version, self.where = version or setting("version"), where
        self.status: list[str] = []
        self.meanwhile: Callable[[str], None] = lambda words: None
        self.escaped = False
        self.server: Server | None = None
        self._launch = ""

    def answer(self, function: str, *args: Any, places: list[str], cell: str = "", folder: str = "") -> Any:
        """A formula's result: a scalar, a list (one row) or a :class:`Block`, with errors as :class:`Error`.

        Raises:
            Lost: VBA would have failed here (and shows #VALUE!).
        """
        given = [function, list(args), places, cell, folder]
        reply = self._awaited(self.ask("answer", given))
        if reply == GONE:  # the server was lost while it worked
            reply = self._awaited(self.ask("answer", given))
        return shown(reply)

    def press(self, button: str, book: Any) -> Any:
        """A button: the sentence that the message box shows, marked where it was refused."""
        self.ask("stop", [""])  # a server lost long ago is started again here
        return self._awaited(self.ask("press", [button, Dispatch(book), f"press-{next(_presses)}"]))

    def ask(self, what: str, args: list[Any]) -> Any:
        """One call; a lost server is started again, once."""
        try:
            if self.server is None:
                self._start()
            return self._call(what, args)
        except Lost:
            self.server = None
            self._start()
            return self._call(what, args)

    def end(self) -> None:
        """Excel is closed."""
        self.server = None
        if self._launch:
            Dll(setting("dll64")).end(self._launch)
        self._launch = ""

    def _call(self, what: str, args: list[Any]) -> Any:
        assert self.server is not None
        return self.server.call_udf(MODULE, what, args)

    def _start(self) -> None:
        """XlfvConnect and the greeting."""
        dll = Dll(setting("dll64"))
        if self._launch:
            dll.end(self._launch)
        Excel.starts += 1
        self._launch = LAUNCH.replace("{interpreter}", setting("interpreter")).replace("{start}", str(self.starts))
        self.server = dll.start(self._launch)
        mismatch = self._call("hello", [self.version, self.where])
        if mismatch:
            self.status.append(f"xlfv: {mismatch}")

    def _awaited(self, reply: Any) -> Any:
        told = self.escaped = False
        while isinstance(reply, str) and reply.startswith(WAIT):
            ticket, _, words = reply.removeprefix(WAIT).partition(" ")
            self.status.append(words)
            self.meanwhile(words)
            if self.escaped and not told:
                told = bool(self.ask("stop", [ticket]))
            reply = self.ask("wait", [ticket])
        return reply


def shown(reply: Any) -> Any:
    """A reply as cells show it."""
    if isinstance(reply, Block):
        return Block([[_cell(cell) for cell in row] for row in reply.rows])
    return [_cell(cell) for cell in reply] if isinstance(reply, list) else _cell(reply)


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(ERROR):
        return Error(int(value.removeprefix(ERROR)))
    return value
