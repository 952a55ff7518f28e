"""Write addin/FUNCTIONS.md from the declarations: ``python addin/build_reference.py``."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from xlfv.excel.reference import markdown  # noqa: E402

PAGE = HERE / "FUNCTIONS.md"

if __name__ == "__main__":
    PAGE.write_text(markdown(), encoding="utf-8", newline="\n")
    print(f"wrote {PAGE}")
