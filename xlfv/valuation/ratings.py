"""Ratings as agencies write them, so that a policy for AA finds a class rated Aa2."""

from __future__ import annotations

_LETTERS = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D")
_MOODYS = dict(zip(("Aaa", "Aa", "A", "Baa", "Ba", "B", "Caa", "Ca", "C"), _LETTERS[:9], strict=True))
_SIGNS = {"1": "+", "2": "", "3": "-"}
UNRATED = ("NR", "UNRATED", "NOT RATED", "WR")
CLASSES = {
    "investment_grade": _LETTERS[:4],
    "below_investment_grade": _LETTERS[4:],
    "unrated": ("NR",),
}
"""Classes of ratings that a policy may name."""


def spelled_rating(word: str) -> str:
    """A rating in letters and signs: ``AA-`` of ``Aa3`` and of ``aa-``, ``NR`` of none, empty of no rating; the first of ``AAA/Aaa``."""
    bare = word.partition("/")[0].strip()
    if not bare or bare.upper() in UNRATED:
        return "NR"
    if bare[-1] in _SIGNS:
        stem = bare[:-1].strip().capitalize()
        return _MOODYS[stem] + _SIGNS[bare[-1]] if stem in _MOODYS else ""
    if bare in _MOODYS:
        return _MOODYS[bare]
    upper = bare.upper()
    letters, plus = (upper[:-1], upper[-1]) if upper[-1] in "+-" else (upper, "")
    return letters + plus if letters in _LETTERS else ""


def closeness(policy: str, rating: str) -> int:
    """How closely a policy's rating names a class's: 3 to the sign, 2 by its letters, 1 by its class, 0 by none given, -1 not.

    Args:
        policy: a rating, or one of :data:`CLASSES`; empty for any.
        rating: the class's, as its agency writes it; empty where it has none.
    """
    if not policy.strip():
        return 0
    own = spelled_rating(rating)
    letters = own.rstrip("+-")
    word = policy.strip().lower().replace(" ", "_")
    if word in CLASSES:
        return 1 if letters in CLASSES[word] else -1
    wanted = spelled_rating(policy)
    if wanted and wanted == own:
        return 3
    return 2 if wanted and wanted == letters else -1
