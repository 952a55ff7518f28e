"""The user that the client plays: folders with blanks and accents in their names, and the add-in's settings in them.

Runs in Windows Python only.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

HOME = r"C:\users\Zoë de Vries"


def settle() -> None:
    """Move into the home folder, and write the settings there unless ``xlfv install`` did."""
    import xlfv

    os.environ.update(
        USERPROFILE=HOME, LOCALAPPDATA=rf"{HOME}\AppData\Local", APPDATA=rf"{HOME}\AppData\Roaming", XLFV_CACHE="off"
    )
    file = Path(os.environ["LOCALAPPDATA"], "xlfv", "xlfv.conf")
    if file.is_file():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    home = Path(sys.prefix)
    lines = {
        "interpreter": home / "pythonw.exe",
        "dll64": next(home.glob("xlwings64-*.dll")),
        "dll32": next(home.glob("xlwings32-*.dll")),
        "version": xlfv.__version__,
    }
    file.write_text("".join(f"{key}={value}\n" for key, value in lines.items()), encoding="mbcs")
