"""This session: which add-in opened it, since when, and whether the code on disk is still the code that runs."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import os
from dataclasses import dataclass

import xlfv
from xlfv.model import MODEL_HASH, ROOMS, source_hash

_AGAIN = "close Excel and open it again"


@dataclass
class _Session:
    addin: str = ""
    where: str = ""


_session = _Session()
_begun = dt.datetime.now()


def opened(version: str, where: str) -> str:
    """Note the add-in that opened this session.

    Args:
        version: of the add-in.
        where: its full name.

    Returns:
        Empty when it fits the package; else a sentence that says how to make it fit.
    """
    _session.addin, _session.where = version, where
    if version == xlfv.__version__:
        return ""
    return f"the add-in is of version {version}, the package of {xlfv.__version__} -> close Excel and run: xlfv install"


def facts() -> list[tuple[str, str]]:
    """What :func:`XLFV_ABOUT` says of the session."""
    addin = f"{_session.addin} ({_session.where})" if _session.addin else "none: called from Python"
    return [
        ("add-in", addin),
        ("process", f"{os.getpid()}, since {_begun:%Y-%m-%d %H:%M:%S}"),
        ("code on disk", _code_on_disk()),
    ]


def _code_on_disk() -> str:
    """An update takes effect with the next start of Excel; until then it is said that it waits."""
    try:
        installed = importlib.metadata.version("xlfv")
    except importlib.metadata.PackageNotFoundError:
        installed = xlfv.__version__
    try:
        same = installed == xlfv.__version__ and source_hash(*ROOMS) == MODEL_HASH
    except OSError:  # being replaced at this moment
        same = False
    return "as loaded" if same else f"changed since this session began ({installed}) -> {_AGAIN}"
