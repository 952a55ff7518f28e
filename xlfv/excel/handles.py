"""Handles: a thing too large for a cell travels as text such as ``projection:ICMB-2005-A:2009-12:3f9a1c2e55d0``.

The tail is the head of a hash over everything that made the thing: equal inputs give equal handles, in any session
and on any machine. A reopened workbook finds its things again on disk, or says which cell to recalculate.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self, TypeVar, runtime_checkable

import numpy as np

from xlfv.excel import registry, store
from xlfv.excel.words import one_of, shown
from xlfv.tables import Fault, Refused

TAIL = 12  # hexadecimal digits of the digest that a handle shows


@runtime_checkable
class Keepable(Protocol):
    """A thing that a handle can stand for.

    Attributes:
        kind: ``trust``, ``projection`` ...; small letters and underscores.
        name: whose it is; shown in the handle.
        as_of: the month shown in the handle; None for none.
        digest: SHA-256 (hex) over everything that made it, the model hash included.
    """

    kind: ClassVar[str]

    @property
    def name(self) -> str:
        """Whose it is."""

    @property
    def as_of(self) -> dt.date | None:
        """Its month."""

    @property
    def digest(self) -> str:
        """SHA-256 over everything that made it."""

    def pack(self) -> dict[str, np.ndarray]:
        """All of its content as arrays of numbers, booleans and text."""

    @classmethod
    def unpack(cls, arrays: dict[str, np.ndarray]) -> Self:
        """The thing again; its digest must come out the same."""


K = TypeVar("K", bound=type)


@dataclass(frozen=True)
class Handle:
    """A handle's parts; ``str()`` is the text in the cell."""

    kind: str
    name: str
    month: str
    tail: str

    def __str__(self) -> str:
        return ":".join(part for part in (self.kind, self.name, self.month, self.tail) if part)


_HANDLE = re.compile(r"([a-z_]{1,32}):([A-Za-z0-9._-]{1,64})(?::([0-9]{4}-[0-9]{2}))?:([0-9a-f]{12})")


def parse(text: str) -> Handle | None:
    """Read a handle; None when the text is none."""
    match = _HANDLE.fullmatch(text.strip())
    return Handle(match[1], match[2], match[3] or "", match[4]) if match else None


def handle_of(thing: Keepable) -> Handle:
    """The handle of a thing."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", thing.name).strip("-")[:64] or "unnamed"
    month = f"{thing.as_of:%Y-%m}" if thing.as_of else ""
    if not re.fullmatch(r"[0-9a-f]{64}", thing.digest):
        raise TypeError(f"the digest of a {thing.kind} is not a SHA-256 in hex")
    return Handle(thing.kind, name, month, thing.digest[:TAIL])


class _Shelf:
    """The store in use: memory, and the disk when there is a folder."""

    def __init__(self) -> None:
        self.memory = store.Memory()
        self.disk: store.Disk | None = None
        self.ready = False
        self.trouble = ""
        self.kinds: dict[str, type] = {}
        self.lock = threading.RLock()

    def prepared(self) -> store.Disk | None:
        """The disk store, set up from the environment on first use."""
        with self.lock:
            if not self.ready:
                folder = store.default_folder()
                self.disk = store.Disk(folder) if folder else None
                self.ready = True
            return self.disk


_shelf = _Shelf()


def register(kept: K) -> K:
    """Make a class of things known, so that its handles can be found again on disk; usable as a decorator."""
    kind: str = kept.kind  # type: ignore[attr-defined]
    if not re.fullmatch(r"[a-z_]{1,32}", kind):
        raise TypeError(f"'{kind}' is not a kind (small letters and underscores)")
    _shelf.kinds[kind] = kept
    return kept


def configure(
    folder: Path | str | None = None,
    *,
    most_on_disk: int = store.MOST_ON_DISK,
    most_in_memory: int = 512,
    most_bytes_in_memory: int = 2 << 30,
) -> None:
    """Choose where things are kept; ``folder=None`` keeps them in memory only. What memory held is dropped."""
    with _shelf.lock:
        _shelf.memory = store.Memory(most_in_memory, most_bytes_in_memory)
        _shelf.disk = store.Disk(Path(folder), most_on_disk) if folder is not None else None
        _shelf.ready = True
        _shelf.trouble = ""


@contextmanager
def memory_only() -> Iterator[None]:
    """Handles made meanwhile are kept in a memory of their own and forgotten; the store in use comes back as it was."""
    with _shelf.lock:
        before = (_shelf.memory, _shelf.disk, _shelf.ready, _shelf.trouble)
        configure(None)
    try:
        yield
    finally:
        with _shelf.lock:
            _shelf.memory, _shelf.disk, _shelf.ready, _shelf.trouble = before


def forget_memory() -> None:
    """Drop what memory holds, as a restart would; the disk stays."""
    _shelf.memory.clear()


def keep(thing: Keepable) -> str:
    """Keep a thing and give its handle.

    A disk that cannot be written fails no cell: the thing stays in memory, and :func:`state` says so.
    """
    if type(thing) is not _shelf.kinds.get(thing.kind):
        register(type(thing))
    handle = str(handle_of(thing))
    disk = _shelf.prepared()
    stored = disk is None or disk.holds(handle)
    # Equal content, perhaps read from another place: the newer stands in for the older.
    if stored and _shelf.memory.renew(handle, thing):
        return handle
    arrays = thing.pack()
    store.prove_plain(arrays)
    _shelf.memory.put(handle, thing, store.size_of(arrays))
    if disk:
        try:
            disk.write(handle, arrays, thing.digest)
            _shelf.trouble = ""
        except OSError as problem:
            _shelf.trouble = f"{problem.strerror or problem}; handles are kept in memory only"
    return handle


def find(text: str, kind: str) -> Any:
    """The thing behind a handle.

    Raises:
        Refused: the text is no handle or one of another kind (``#VALUE!``), or the thing is gone or its file spoiled
            (``#REF!``); with the function that makes such a thing.
    """
    handle = parse(text)
    if handle is None or handle.kind != kind:
        came = f"a {handle.kind} handle" if handle else shown(text)
        raise Refused(Fault(f"a {kind} handle was expected; {came} came", todo=f"point to a cell with {_makers(kind)}"))
    thing = _shelf.memory.get(str(handle))
    return thing if thing is not None else _from_disk(handle, _makers(kind))


def _makers(kind: str) -> str:
    names = registry.makers(kind)
    return f"={one_of(names)}(...)" if names else f"a function that makes a {kind}"


def _from_disk(handle: Handle, maker: str) -> Any:
    disk = _shelf.prepared()
    try:
        found = disk.read(str(handle)) if disk else None
        if found is None:
            raise store.UnreadableError("it is not in the store")
        thing = _unpacked(handle, *found)
    except (store.UnreadableError, OSError) as problem:
        if disk and handle.kind in _shelf.kinds and isinstance(problem, store.UnreadableError):
            disk.drop(str(handle))
        raise Refused(
            Fault(
                f"the {handle.kind} behind {handle} is gone: {problem}",
                todo=f"recalculate the cell that makes it, {maker} (Ctrl+Alt+F9)",
            ),
            code="#REF!",
        ) from None
    _shelf.memory.put(str(handle), thing, store.size_of(found[0]))
    return thing


def _unpacked(handle: Handle, arrays: dict[str, np.ndarray], digest: str) -> Any:
    kept: Any = _shelf.kinds.get(handle.kind)
    if kept is None:
        raise store.UnreadableError(f"this version of xlfv knows no {handle.kind}")
    try:
        thing = kept.unpack(arrays)
        same = thing.digest == digest and handle_of(thing) == handle
    except Exception as problem:  # whatever an old or foreign content does to unpack, the handle is gone
        raise store.UnreadableError(
            f"its content is of another version ({type(problem).__name__}: {problem})"
        ) from None
    if not same:
        raise store.UnreadableError("its content does not hash to the handle: it is of another version, or altered")
    return thing


def state() -> str:
    """Where handles are kept, in words, with the trouble if there is any."""
    disk = _shelf.prepared()
    if disk is None:
        return "memory only"
    return f"{disk.folder}: {_shelf.trouble}" if _shelf.trouble else str(disk.folder)
