"""Sessions of LibreOffice for tests: whether there is one, its profile with the add-in, and jobs done in it.

The tests run in an environment of their own, ``uno`` lives in the system's Python: each job is a process of that Python
with a soffice of its own on a copy of the profile.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.libreoffice import addin
from tests.hosts.libreoffice.names import BRIDGE

PYTHON = os.environ.get("XLFV_UNO_PYTHON", "/usr/bin/python3")
PACKAGES = "libreoffice-calc python3-uno libreoffice-script-provider-python libreoffice-dev libreoffice-dev-common"
_SETTINGS = {
    # Without these a start asks about the release and the first run.
    ("/org.openoffice.Office.Common/Misc", "FirstRun"): "false",
    # A loaded workbook is recalculated whole, whoever saved it.
    ("/org.openoffice.Office.Calc/Formula/Load", "OOXMLRecalcMode"): "0",
}


def missing() -> str:
    """Why there can be no session on this machine; empty when there can."""
    soffice, python = addin.PROGRAM / "program/soffice.bin", Path(PYTHON)
    for what, there in (("soffice", soffice), ("LibreOffice's IDL compiler", addin.COMPILER), ("Python", python)):
        if not there.exists():
            return f"{what} is missing ({there}) -> apt-get install {PACKAGES}"
    probe = "import sys, uno; print(*sys.version_info[:2])"
    asked = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, timeout=60, check=False)
    if asked.returncode:
        return f"{PYTHON} has no uno -> apt-get install {PACKAGES}"
    theirs, mine = tuple(map(int, asked.stdout.split())), sys.version_info[:2]
    if theirs != mine:
        return (
            f"LibreOffice runs Python {theirs[0]}.{theirs[1]}, these tests Python {mine[0]}.{mine[1]}"
            f" -> make the environment with Python {theirs[0]}.{theirs[1]}"
        )
    return ""


def require() -> None:
    """Skip the test where there is no LibreOffice; in CI fail it."""
    reason = missing()
    if reason and os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)


class Sessions:
    """Jobs in LibreOffice with the add-in installed.

    Attributes:
        folder: where the profile and the copies live; the caller's to delete.
    """

    def __init__(self, folder: Path, python: tuple[int, int] = sys.version_info[:2]) -> None:
        """Make the profile; ``python`` is the version that the add-in is told its packages are of."""
        self.folder = folder
        self._profile = folder / "profile"
        (self._profile / "user").mkdir(parents=True)
        (self._profile / "user/registrymodifications.xcu").write_text(_registry(), encoding="utf-8")
        self._run(self._profile, "install", oxt=str(addin.build(folder / "xlfv.oxt", python)))

    def run(self, job: str, *, patience: float = 120.0, **given: Any) -> Any:
        """Do a job of :mod:`tests.hosts.libreoffice.driver` in a soffice of its own, and give what came out.

        Raises:
            AssertionError: it failed, or took longer than ``patience`` seconds.
        """
        with tempfile.TemporaryDirectory(prefix="session-", dir=self.folder) as own:
            profile = Path(own, "profile")
            shutil.copytree(self._profile, profile)
            return self._run(profile, job, patience=patience, bridge=BRIDGE, **given)

    def _run(self, profile: Path, job: str, *, patience: float = 120.0, **given: Any) -> Any:
        process = subprocess.Popen(
            [PYTHON, "-m", "tests.hosts.libreoffice.driver"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            cwd=addin.ROOT, start_new_session=True,
        )  # fmt: skip
        told = json.dumps({"profile": str(profile), "do": job, **given})
        try:
            out, complaints = process.communicate(told, timeout=patience)
        except BaseException as problem:  # an interrupted test run too must leave no soffice behind
            os.killpg(process.pid, signal.SIGKILL)  # a group of its own: the driver and its soffice, nobody else
            _, complaints = process.communicate()
            if not isinstance(problem, subprocess.TimeoutExpired):
                raise
            raise AssertionError(f"{job} took longer than {patience:.0f} s\n{complaints[-4000:]}") from None
        assert process.returncode == 0, f"{job} failed\n{complaints[-8000:]}"
        return json.loads(out.rpartition("RESULT")[2])["result"]


def _registry() -> str:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for (path, name), value in _SETTINGS.items()
    )
    within = 'xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items {within}>{items}</oor:items>'
