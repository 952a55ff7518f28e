"""Where things that travel as handles are kept: in memory, and one file each on disk."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import math
import os
import stat
import sys
import tempfile
import threading
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from xlfv.tables.limits import megabytes
from xlfv.tables.unpacking import list_size

FORMAT = "xlfv-1"
PLAIN_KINDS = "fiubU"  # float, signed, unsigned, boolean, text: nothing that needs a pickle
MOST_ON_DISK = 4 << 30
MOST_THING = 512 << 20  # bytes of one thing on disk: a trust of 100,000 loans has some 50 MB
MOST_LIST = 8 << 20  # bytes of the list of its arrays: a table of 16,384 columns has 3 MB


class UnreadableError(ValueError):
    """A file of the store that is damaged, altered or of another version; the text says which."""


def default_folder() -> Path | None:
    """The folder from XLFV_CACHE (``off`` for memory only), else the platform's place for caches of this user."""
    named = os.environ.get("XLFV_CACHE")
    if named is not None:
        return None if named.strip().lower() in ("", "off") else Path(named).expanduser()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "xlfv" / "handles"


def size_of(arrays: dict[str, np.ndarray]) -> int:
    """Bytes of all arrays."""
    return sum(array.nbytes for array in arrays.values())


def prove_plain(arrays: dict[str, np.ndarray]) -> None:
    """Raise TypeError for an array that could only be stored as a pickle."""
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in PLAIN_KINDS:
            raise TypeError(f"pack() gave '{name}' as {getattr(array, 'dtype', type(array).__name__)}")


def checksum(arrays: dict[str, np.ndarray], digest: str) -> str:
    """SHA-256 over names, types, shapes and bytes of the arrays and the digest of what they are."""
    sha = hashlib.sha256(digest.encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        sha.update(f"|{name}|{array.dtype.str}|{array.shape}|".encode())
        sha.update(array.tobytes())
    return sha.hexdigest()


def _arrays(stream: IO[bytes]) -> dict[str, np.ndarray]:
    """The arrays of an .npz as we write them: not packed, plain, each as large as its own part and no larger.

    Raises:
        ValueError: it holds anything else; nothing was unpickled, and no memory taken for what it only claims to hold.
    """
    if list_size(stream) > MOST_LIST:
        raise ValueError("it has too many parts")
    with zipfile.ZipFile(stream) as parts:
        return {part.filename.removesuffix(".npy"): _array(parts, part) for part in parts.infolist()}


def _array(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> np.ndarray:
    if part.compress_type != zipfile.ZIP_STORED:
        raise ValueError("it is packed")
    with parts.open(part) as stream:
        if npy.read_magic(stream) != (1, 0):
            raise ValueError("its arrays are of another form")
        shape, _, dtype = npy.read_array_header_1_0(stream)
    if dtype.kind not in PLAIN_KINDS or math.prod(shape) * max(dtype.itemsize, 1) > part.file_size:
        raise ValueError("an array claims to be more than it is")
    with parts.open(part) as stream:
        return npy.read_array(stream, allow_pickle=False)


class Memory:
    """The things used last, up to a count and a total size; safe between threads."""

    def __init__(self, most: int = 512, most_bytes: int = 2 << 30) -> None:
        self.most = most
        self.most_bytes = most_bytes
        self._things: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.RLock()

    def put(self, key: str, thing: Any, size: int) -> None:
        """Keep a thing as the one used last; the oldest make room (the newest always stays)."""
        with self._lock:
            self._drop(key)
            self._things[key] = (thing, size)
            self._bytes += size
            while len(self._things) > 1 and (len(self._things) > self.most or self._bytes > self.most_bytes):
                self._drop(next(iter(self._things)))

    def _drop(self, key: str) -> None:
        _, size = self._things.pop(key, (None, 0))
        self._bytes -= size

    def get(self, key: str) -> Any:
        """The thing, now the one used last, or None."""
        with self._lock:
            if key not in self._things:
                return None
            self._things.move_to_end(key)
            return self._things[key][0]

    def renew(self, key: str, thing: Any) -> bool:
        """Put an equal thing in the place of the one held, as the one used last; False when none is held."""
        with self._lock:
            if key not in self._things:
                return False
            self._things[key] = (thing, self._things[key][1])
            self._things.move_to_end(key)
            return True

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._things.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._things)


class Disk:
    """One ``.npz`` a handle in a folder; written whole or not at all, never unpickled, the oldest pruned."""

    def __init__(self, folder: Path, most_bytes: int = MOST_ON_DISK) -> None:
        self.folder = folder
        self.most_bytes = most_bytes

    def path(self, handle: str) -> Path:
        """The file of a handle."""
        return self.folder / (handle.replace(":", "~") + ".npz")

    def holds(self, handle: str) -> bool:
        """True when the handle's file is there, and is a file: nothing of ours is a link, a folder or a pipe."""
        return self._size(handle) is not None

    def _size(self, handle: str) -> int | None:
        try:
            found = self.path(handle).lstat()
        except OSError:
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def drop(self, handle: str) -> None:
        """Throw a spoiled file away, so that the thing is written again when its cell is calculated."""
        with contextlib.suppress(OSError):  # another process reads it, or threw it away first
            self.path(handle).unlink()

    def write(self, handle: str, arrays: dict[str, np.ndarray], digest: str) -> None:
        """Write a handle's content unless it is there already.

        Raises:
            OSError: the folder cannot be made or written, or the disk is full.
        """
        target = self.path(handle)
        if self.holds(handle):
            os.utime(target)
            return
        if size_of(arrays) > MOST_THING:
            raise OSError(errno.EFBIG, f"a thing of over {megabytes(MOST_THING)} is not written")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # a tape is nobody else's business
        header = np.array([FORMAT, digest, checksum(arrays, digest)])
        content: dict[str, Any] = {"_header": header, **{f"a_{name}": array for name, array in arrays.items()}}
        descriptor, temporary = tempfile.mkstemp(prefix=".new-", suffix=".npz", dir=self.folder)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                # prove_plain has seen to it that nothing is pickled; older numpy has no argument to forbid it here.
                np.savez(stream, **content)
            self._replace(temporary, handle)
        finally:
            Path(temporary).unlink(missing_ok=True)
        self._prune(target)

    def _replace(self, temporary: str, handle: str) -> None:
        try:
            os.replace(temporary, self.path(handle))
        except OSError:
            if not self.holds(handle):  # Windows refuses while another process reads it: then it is there, and the same
                raise

    def read(self, handle: str) -> tuple[dict[str, np.ndarray], str] | None:
        """The arrays and the digest of a handle; None when there is no file.

        Raises:
            UnreadableError: the file is damaged, altered, or of another version.
            OSError: it cannot be read.
        """
        path = self.path(handle)
        size = self._size(handle)
        if size is None:
            if os.path.lexists(path):
                raise UnreadableError("it is a link or a folder, which the store never makes")
            return None
        if size > MOST_THING:
            raise UnreadableError(f"it has over {megabytes(MOST_THING)}")
        try:
            content = _arrays(io.BytesIO(path.read_bytes()))
        except FileNotFoundError:  # another process pruned it just now
            return None
        except (
            Exception
        ) as problem:  # whatever a damaged or foreign file makes the readers raise, it is the file's fault
            raise UnreadableError(f"it cannot be read ({problem})") from None
        header = [str(text) for text in content.pop("_header", np.array([], dtype=str)).ravel()]
        arrays = {name.removeprefix("a_"): array for name, array in content.items()}
        if len(header) != 3 or header[0] != FORMAT:
            raise UnreadableError(f"it was written by another version of xlfv ({header[0] if header else 'unmarked'})")
        if checksum(arrays, header[1]) != header[2]:
            raise UnreadableError("its content was altered after it was written")
        os.utime(path)
        return arrays, header[1]

    def _prune(self, newest: Path) -> None:
        """Delete the files used longest ago while the folder is too large."""
        files = []
        for path in self.folder.glob("*.npz"):
            try:
                found = path.lstat()
                files.append((found.st_mtime_ns, found.st_size, path))
            except OSError:
                continue  # another process pruned it first
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= self.most_bytes:
                return
            if path != newest:
                path.unlink(missing_ok=True)
                total -= size
