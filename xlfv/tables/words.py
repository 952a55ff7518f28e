"""Words of a vocabulary as people write them: case, spaces, hyphens and underscores are alike; the nearest of a wrong one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_SIGNS = {"≥": ">=", "≤": "<=", "==": "="}


def bare(word: str) -> str:
    """A word without what does not matter: lower case, without spaces, hyphens and underscores."""
    return re.sub(r"[\s_\-\u2010-\u2013]+", "", word.lower())


def same_word(word: str, known: Iterable[str]) -> str:
    """The known word that this one is, empty for none.

    Case does not matter. Neither do spaces, hyphens and underscores, as long as only one known word is meant.
    """
    words = list(known)
    low = word.strip().lower()
    for each in words:
        if each.lower() == low:
            return each
    alike = {each for each in words if bare(each) and bare(each) == bare(word)}
    return alike.pop() if len(alike) == 1 else ""


def near_word(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The known word nearest to this one, empty where none is near: letters that changed places before any other."""
    by_bare = {bare(each): each for each in reversed(list(known)) if bare(each)}
    mine = bare(_SIGNS.get(word.strip(), word))
    swapped = [each for each in by_bare if sorted(each) == sorted(mine)]
    near = [mine] if mine in by_bare else swapped or difflib.get_close_matches(mine, list(by_bare), 1, cutoff)
    return by_bare[near[0]] if near else ""
