"""The process that Excel starts: ``python -m xlfv.excel.hosts.server {CLSID} 1``.

It is the COM server of xlwings, cut down to the one call that our VBA makes, into our one module. COM hands it to
processes of the same user only; nothing listens on a network.
"""

from __future__ import annotations

import importlib
import sys
import threading
from typing import Any

from xlfv.excel.hosts.protocol import MODULE


def serve(clsid: str) -> None:
    """Serve until Excel lets go.

    Args:
        clsid: the class id under which Excel's side will ask for the server.

    Raises:
        ImportError: this is not Windows, or pywin32 is missing.
    """
    com_server: Any = importlib.import_module("xlwings.com_server")  # it needs Windows

    class Server(com_server.XLPython):  # type: ignore[misc]
        """xlwings' object without its ways to run any Python code."""

        _public_methods_ = ("CallUDF",)

        def CallUDF(  # noqa: N802 - the name that VBA knows
            self, script: str, fname: str, args: Any, this_workbook: Any = None, caller: Any = None
        ) -> Any:
            """Call a function of our module, and of no other."""
            if script != MODULE:
                raise PermissionError(f"this server serves {MODULE} only")
            return super().CallUDF(script, fname, args, None, None)

    com_server.XLPython = Server
    threading.Thread(target=_warm, name="xlfv-warm", daemon=True).start()
    com_server.serve(clsid)


def _warm() -> None:
    """Load the functions, the compiled kernels and the buttons while Excel is still drawing its window."""
    from xlfv.excel import registry

    registry.load()
    importlib.import_module("xlfv.excel.macros")


def main() -> int:
    """Serve the class id on the command line; the number of the start behind it only tells command lines apart."""
    if len(sys.argv) not in (2, 3):
        print("usage: python -m xlfv.excel.hosts.server {CLSID} [NUMBER]   (Excel starts it)")
        return 2
    serve(sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
