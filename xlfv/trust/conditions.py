"""When a step of the waterfall is run: always, or while states of the deal hold.

Grammar (case, spaces, hyphens and underscores are alike)::

    when      = "always" | state | state ("or" state)+ | state ("and" state)+
    state     = ["not"] trigger | "before_stepdown" | "after_stepdown" | "called" | "not_called"

A prospectus's "before the step-down date, or while a trigger event is in effect" is
``before_stepdown or losses or delinquency``; what applies otherwise is ``after_stepdown and not losses and not delinquency``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

STEPPED, CALLED = "after_stepdown", "called"
NAMED = {
    "before_stepdown": (STEPPED, True),
    "after_stepdown": (STEPPED, False),
    "called": (CALLED, False),
    "not_called": (CALLED, True),
}
"""The states that are no triggers: the state, and whether it must not hold."""
_JOINED = re.compile(r"\s+(or|and)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Condition:
    """When a step is run.

    Attributes:
        states: the states looked at and whether each must not hold: ``after_stepdown``, ``called`` or a trigger's name; none:
            always.
        every: all of them must be so, not any of them.
    """

    states: tuple[tuple[str, bool], ...] = ()
    every: bool = True

    @property
    def always(self) -> bool:
        """Whether it holds in every month."""
        return not self.states

    @property
    def words(self) -> str:
        """It in words."""
        told = {state: word for word, state in NAMED.items()}
        words = [told.get(state) or f"{'not ' if state[1] else ''}{state[0]}" for state in self.states]
        return (" and " if self.every else " or ").join(words) or "always"

    @property
    def names(self) -> tuple[str, ...]:
        """The states it looks at."""
        return tuple(name for name, _ in self.states)

    def holds(self, on: Callable[[str], bool]) -> bool:
        """Whether it holds where ``on`` says which states do."""
        found = [on(name) != negated for name, negated in self.states]
        return all(found) if self.every else any(found)


ALWAYS = Condition()


def words_of(text: str) -> tuple[list[str], list[str]]:
    """The states of a condition as they are written, and the words that join them."""
    parts = _JOINED.split(text.strip())
    return parts[::2], [word.lower() for word in parts[1::2]]
