"""Which paths are opened: a file by its exact name, an ordinary one, and never on another computer unasked.

A path is taken as it stands: no ``~``, no variables, no wildcards.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from xlfv.tables.faults import Fault, Refused
from xlfv.tables.limits import LONGEST_PATH, MOST_FILE, megabytes

# Two slashes begin a network path and the device paths of Windows (as does \??\), a word, a colon and a slash a web address.
_ELSEWHERE = re.compile(r"[\\/]{2}|[\\/]\?\?[\\/]|[A-Za-z][A-Za-z0-9+.-]+:[\\/]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Windows takes these names for devices, in any folder and with any ending: opening one waits for a keyboard or a port.
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9\xb9\xb2\xb3]|lpt[0-9\xb9\xb2\xb3]|conin\$|conout\$)\s*(\..*)?", re.I)


def visible(text: str) -> str:
    """A text without characters that act rather than show: each is spelled out, as ``\\x1b``."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def legible(text: str) -> str:
    """A name or path as a message quotes it: visible, and cut."""
    return visible(text[:200]) + ("..." if len(text) > 200 else "")


def name_fault(name: str) -> str:
    """What is wrong with the name of a file or folder, in words; empty when nothing is."""
    if _CONTROL.search(name):
        return "its name holds a line break or another control character"
    if _DEVICE.fullmatch(name):
        return "Windows keeps that name for a device"
    if name != name.rstrip(" ."):
        return "its name ends in a blank or a dot, which Windows leaves out"
    return ""


def elsewhere(path: str) -> bool:
    r"""True for a path that names another computer: ``\\server\share\...``, ``http://...``."""
    return _ELSEWHERE.match(path) is not None


def check_here(path: str, home: str = "") -> None:
    """Refuse a path that would make this computer call another one.

    Opening a network path sends the user's name and a proof of the password there; a workbook from a stranger must not
    be able to do that by being opened. A path on the share on which the workbook itself lies is what the user opened.

    Args:
        path: the path, as a cell holds it.
        home: the folder of the workbook; empty where there is none.

    Raises:
        Refused: it names another computer, and not the share of ``home``.
    """
    if elsewhere(path) and (not _share(path) or _share(path) != _share(home)):
        raise Refused(
            Fault(
                f"the path {legible(path)} names another computer, and a cell cannot make this one call it",
                todo="copy the file beside the workbook, map the share to a drive letter, or keep the workbook on that share",
            )
        )


def _share(path: str) -> tuple[str, ...]:
    r"""Server and share of ``\\server\share\...``; empty for anything else, such as ``\\?\...`` and ``\\.\...``."""
    match = re.match(r"[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)", path)
    return (match[1].casefold(), match[2].casefold()) if match and match[1] not in ("?", ".") else ()


def missing(path: str) -> Refused:
    """The refusal of a file that is not there."""
    todo = "check the path; a relative one starts at the workbook's own folder"
    return Refused(Fault(f"there is no file {legible(path)}", todo=todo), code="#N/A")


def check_file(path: Path, most: int = MOST_FILE) -> None:
    """Refuse what is no ordinary file of an ordinary size, before it is opened: a device or a pipe would never end.

    Raises:
        Refused: it is missing (``#N/A``), a folder, a device, a pipe, too large, or cannot be looked at.
    """
    text = str(path)
    fault = name_fault(path.name)
    if fault:
        raise Refused(Fault(f"{legible(text)}: {fault}", todo="rename the file"))
    found = _status(path) if len(text) <= LONGEST_PATH else None
    if found is None:
        raise missing(text)
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "a device or a pipe"
        raise Refused(Fault(f"{legible(text)} is {what}, not a file", todo="give the path of a file"))
    if found.st_size > most:
        size = f"{megabytes(found.st_size)}; at most {megabytes(most)} are read"
        raise Refused(Fault(f"{legible(path.name)} has {size}", legible(text), "split it, or check what it is"))


def _status(path: Path) -> os.stat_result | None:
    """What the system says of a file; None where it says that there is none, or that the name cannot be one."""
    try:
        return path.stat()
    except OSError as problem:
        if problem.errno in (errno.EACCES, errno.EPERM, errno.ELOOP):
            what = f"{legible(str(path))} cannot be read: {problem.strerror}"
            raise Refused(Fault(what, todo="check the path, and that you may read it"), code="#N/A") from None
        return None
    except ValueError:
        return None
