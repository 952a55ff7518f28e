"""The reference page, from the declarations."""

from __future__ import annotations

from addin.builder.sources import ADDIN
from xlfv.excel.reference import markdown

PAGE = ADDIN / "FUNCTIONS.md"


def write() -> None:
    """Write addin/FUNCTIONS.md."""
    PAGE.write_text(markdown(), encoding="utf-8", newline="\n")
