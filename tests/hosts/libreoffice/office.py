"""An isolated headless soffice: started on a profile of its own, talked to over a pipe, ended by its process id.

Runs under the system's Python, which has ``uno``; it imports nothing of ours.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

PROGRAM = os.environ.get("XLFV_LIBREOFFICE", "/usr/lib/libreoffice")
_RESTART = 81  # what soffice ends with on the first start of a profile: "start me again"
_ALWAYS = 4  # com.sun.star.document.MacroExecMode.ALWAYS_EXECUTE_NO_WARN
_PATIENCE = 60.0  # seconds until it must have started
_PARTING = 5.0  # seconds until it must have ended
_OF_AN_ENVIRONMENT = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")


class Office:
    """A running soffice.

    Attributes:
        context: its component context.
        desktop: its desktop.
        process: its process, one alone: ``soffice.bin`` is started without the script around it.
    """

    def __init__(self, profile: str | Path) -> None:
        """Start it.

        Raises:
            RuntimeError: it does not start, or dies while starting.
        """
        self._pipe = f"xlfv{os.getpid()}"
        self._profile = Path(profile).resolve()
        for _ in range(3):
            self.process = self._start()
            try:
                self.context = self._connect()
                break
            except RuntimeError:
                self._kill()
                if self.process.returncode != _RESTART:
                    raise
        else:
            raise RuntimeError("soffice did not stay up")
        self.desktop = self.service("com.sun.star.frame.Desktop")

    def _start(self) -> subprocess.Popen[bytes]:
        command = [
            f"{PROGRAM}/program/soffice.bin", "--headless", "--invisible", "--norestore", "--nologo", "--nodefault",
            "--nofirststartwizard", f"--accept=pipe,name={self._pipe};urp;StarOffice.ComponentContext",
            f"-env:UserInstallation={self._profile.as_uri()}",
        ]  # fmt: skip
        # The Python inside looks for its library where the first python3 of PATH lies: that must be the system's, never
        # an activated environment's.
        environment = {name: value for name, value in os.environ.items() if name not in _OF_AN_ENVIRONMENT}
        environment |= {"PATH": os.defpath, "SAL_USE_VCLPLUGIN": "svp", "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(command, env=environment)

    def _connect(self) -> Any:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"soffice ended with {self.process.returncode} while starting")
            try:
                return resolver.resolve(f"uno:pipe,name={self._pipe};urp;StarOffice.ComponentContext")
            except NoConnectException:
                time.sleep(0.05)
        raise RuntimeError(f"soffice did not answer within {_PATIENCE:.0f} s")

    def service(self, name: str) -> Any:
        """A new service of that name."""
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def open(self, path: str | Path, **properties: Any) -> Any:
        """Open a document, hidden and with its macros allowed.

        Raises:
            RuntimeError: LibreOffice does not take it for a document.
        """
        given = {"Hidden": True, "MacroExecutionMode": _ALWAYS, **properties}
        document = self.desktop.loadComponentFromURL(Path(path).resolve().as_uri(), "_blank", 0, values(**given))
        if document is None:
            raise RuntimeError(f"LibreOffice cannot open {path}")
        return document

    def close(self) -> None:
        """End it: asked first, then by its process id (a dialog in its way would keep it from listening)."""
        asking = threading.Thread(target=self._ask_to_end, daemon=True)
        asking.start()
        asking.join(_PARTING)
        try:
            self.process.wait(_PARTING)
        except subprocess.TimeoutExpired:
            self._kill()

    def _ask_to_end(self) -> None:
        try:
            self.desktop.terminate()
        except Exception:  # the connection breaks as it ends
            return

    def _kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(_PARTING)

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def values(**given: Any) -> tuple[Any, ...]:
    """Named values as UNO takes them."""
    return tuple(PropertyValue(Name=name, Value=value) for name, value in given.items())
