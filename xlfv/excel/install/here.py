"""The facts of the machine on which this runs."""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.metadata
import os
import platform
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

import xlfv
from xlfv.excel import store
from xlfv.excel.install import windows
from xlfv.excel.install.machine import Machine, NoRegistry, Package, Python
from xlfv.excel.install.places import ADDIN
from xlfv.model import source_hash

_NO_WINDOW = 0x08000000
_PATIENCE = (
    120  # seconds; the first start of Python after an update compiles nothing, but virus scanners take their time
)


def this_machine() -> Machine:
    """This machine, as this user and this Python see it."""
    on_windows = sys.platform == "win32"
    return Machine(
        system=platform.system(),
        name=f"{platform.system()} {platform.release()}",
        environment=dict(os.environ),
        home=Path.home(),
        python=this_python(),
        package=this_package(),
        ansi="mbcs" if on_windows else sys.getfilesystemencoding(),
        registry=windows.WindowsRegistry() if on_windows else NoRegistry(),
        network_drives=windows.network_drives() if on_windows else frozenset(),
        processes=windows.processes if on_windows else list,
        importing=importing,
        load_library=windows.load_library,
        short_path=windows.short_path if on_windows else lambda path: path,
        run=run,
    )


def this_python() -> Python:
    """The Python that runs."""
    return Python(
        executable=Path(sys.executable),
        prefix=Path(sys.prefix),
        base=Path(sys.base_prefix),
        version=platform.python_version(),
        bits=8 * struct.calcsize("P"),
        sandboxed=sys.platform == "win32" and windows.from_store(),
    )


def this_package() -> Package:
    """The package as installed, or as it lies in a clone."""
    folder = Path(xlfv.__file__).parent
    owner = getattr(os, "getuid", lambda: os.environ.get("USERNAME", "user"))()
    return Package(
        version=xlfv.__version__,
        folder=folder,
        updated=_updated(folder),
        addin=_addin(folder),
        xlwings=_version("xlwings"),
        dlls=_dlls(),
        # The two places in which xlfv.kernels keeps compiled code.
        compiled=(folder / "kernels" / "__pycache__", Path(tempfile.gettempdir()) / f"xlfv-{owner}"),
        kernels=f"kernels-{source_hash('kernels')[:16]}",
        handles=store.default_folder(),
    )


def _addin(folder: Path) -> Path:
    installed = Path(str(resources.files("xlfv"))) / "addin" / ADDIN
    in_clone = folder.parent / "addin" / ADDIN
    return in_clone if in_clone.is_file() and not installed.is_file() else installed


def _updated(folder: Path) -> dt.datetime:
    """When the package was last changed: its sources, or the installer's note (sources may keep an older date)."""
    files = list(folder.rglob("*.py"))
    try:
        distribution = importlib.metadata.distribution("xlfv")
        files += [
            Path(str(distribution.locate_file(each))) for each in distribution.files or [] if each.name == "RECORD"
        ]
    except importlib.metadata.PackageNotFoundError:
        pass
    times = [path.stat().st_mtime for path in files if path.exists()]
    return dt.datetime.fromtimestamp(max(times, default=0.0))


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _dlls() -> dict[int, Path]:
    """The DLLs of xlwings: where its installer noted them, else in the folder of the environment."""
    name = f"xlwings{{}}-{_version('xlwings')}.dll"
    noted: list[Path] = []
    try:
        distribution = importlib.metadata.distribution("xlwings")
        noted = [Path(os.path.normpath(str(distribution.locate_file(each)))) for each in distribution.files or []]
    except importlib.metadata.PackageNotFoundError:
        pass
    found = {}
    for bits in (64, 32):
        wanted = name.format(bits)
        places = [path for path in noted if path.name == wanted] + [Path(sys.prefix) / wanted]
        there = next((path for path in places if path.is_file()), None)
        if there is not None:
            found[bits] = there
    return found


def importing(module: str) -> str:
    """Import a module; an empty text, or what went wrong."""
    try:
        importlib.import_module(module)
    except Exception as problem:  # a half-installed package can fail with anything
        return f"{type(problem).__name__}: {problem}"
    return ""


def run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Run a command to its end, without a window; a command that cannot be run gives -1 and what went wrong."""
    flags = _NO_WINDOW if sys.platform == "win32" else 0
    try:
        done = subprocess.run(
            list(command), env={**environment, "PYTHONIOENCODING": "utf-8"}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=_PATIENCE, creationflags=flags, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as problem:
        return -1, str(problem)
    return done.returncode, done.stdout.decode("utf-8", errors="replace")
