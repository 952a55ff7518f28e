"""Words in messages: the nearest known word, lists, and cells as a reader sees them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

SHOWN = 60


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like ``word`` (case does not matter), or an empty text when none is near."""
    by_fold = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[found[0]] if found else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean X?`` when a known word is near, else an empty text."""
    found = nearest(word, known)
    return f"did you mean {found}?" if found else ""


def one_of(words: Iterable[object]) -> str:
    """``a, b or c``."""
    texts = [str(word) for word in words]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def shown(cell: Any) -> str:
    """A cell's value as a message quotes it: text in quotes and cut, numbers short, blank named."""
    if cell is None:
        return "a blank cell"
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    text = str(cell)
    text = text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."
    return f"the text '{text}'" if isinstance(cell, str) else text
