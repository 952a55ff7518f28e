"""Compiled kernels on disk: which are there, whether they fit this machine, and how to throw them away.

numba keeps compiled code beside the sources and does not say whether it is whole. :func:`note` therefore writes down,
once everything was compiled, what it was compiled for and which files came out; :func:`cold` compares.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xlfv.excel.install.changes import remove_empty
from xlfv.excel.install.machine import Machine

STAMP = "xlfv-compiled.json"


def facts(sources: Path) -> dict[str, Any]:
    """What compiled code depends on, beside the text of its sources: numba checks the same."""
    return {
        "python": sys.version,
        "numba": _version("numba"),
        "llvmlite": _version("llvmlite"),
        "processor": _processor(),
        "sources": {path.name: [path.stat().st_mtime, path.stat().st_size] for path in sorted(sources.glob("*.py"))},
    }


def note(folder: Path, sources: Path) -> None:
    """Write down what was compiled into a folder.

    Args:
        folder: where numba keeps it.
        sources: the folder of the kernels.

    Raises:
        OSError: it cannot be written.
    """
    files = {path.name: path.stat().st_size for path in sorted(folder.glob("*.nb[ic]"))}
    (folder / STAMP).write_text(json.dumps({"facts": facts(sources), "files": files}), encoding="utf-8")


def cold(machine: Machine) -> str:
    """Why the next calculation has to compile first, in words; empty when it need not."""
    stamps = list(_stamps(machine))
    if not stamps:
        return "not all compiled yet"
    reasons = [_misfit(stamp, machine.package.folder / "kernels") for stamp in stamps]
    return "" if "" in reasons else reasons[-1]


def folders(machine: Machine) -> list[Path]:
    """Folders of compiled kernels, of this version and of others.

    One that ``NUMBA_CACHE_DIR`` names is none of ours.
    """
    return [each for parent in machine.package.compiled if parent.is_dir() for each in sorted(parent.glob("kernels-*"))]


def remove(folder: Path) -> None:
    """Throw away one of :func:`folders`, and what it lay in if that is empty then.

    Raises:
        OSError: it cannot be removed, or not whole.
    """
    shutil.rmtree(folder)
    remove_empty([folder.parent])


def _stamps(machine: Machine) -> Iterator[Path]:
    package = machine.package
    named = machine.variable("NUMBA_CACHE_DIR")
    homes = [Path(named)] if named else [parent / package.kernels for parent in package.compiled]
    for home in homes:
        yield from sorted(home.glob(f"kernels_*/{STAMP}"))


def _misfit(stamp: Path, sources: Path) -> str:
    try:
        noted = json.loads(stamp.read_text(encoding="utf-8"))
        now = facts(sources)
        changed = [name for name in now if noted["facts"].get(name) != now[name]]
        missing = [name for name, size in noted["files"].items() if (stamp.parent / name).stat().st_size != size]
    except (OSError, ValueError, KeyError, AttributeError):
        return "compiled only in part"
    if changed:
        return f"compiled for another state of: {', '.join(changed)}"
    return "compiled only in part" if missing else ""


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    """The processor as the compiler sees it: code for one does not run on every other."""
    try:
        binding: Any = importlib.import_module("llvmlite.binding")
        features = binding.get_host_cpu_features().flatten()
        return f"{binding.get_host_cpu_name()} {hashlib.sha256(features.encode()).hexdigest()[:16]}"
    except Exception as problem:  # a compiler that does not load is another check's business
        return type(problem).__name__
