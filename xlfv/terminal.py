"""Texts of files and cells in the terminal: shown, never obeyed."""

from __future__ import annotations

from rich.markup import escape

from xlfv.tables.paths import visible


def plainly(text: object) -> str:
    """A text for a place where rich reads markup: brackets are brackets, and no character moves the cursor."""
    return escape(visible(str(text)))
