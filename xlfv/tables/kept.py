"""Results kept for those who ask for the same again: the last few of a function, by a key that says all that went in."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class _Call:
    """Arguments that are equal when their keys are."""

    __slots__ = ("args", "key")

    def __init__(self, key: Hashable, args: tuple[Any, ...]) -> None:
        self.key, self.args = key, args

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Call) and self.key == other.key


def kept(most: int, key: Callable[..., Hashable]) -> Callable[[F], F]:
    """Keep the last results of a function of frozen arguments; a refusal is not kept.

    Args:
        most: how many.
        key: of the function's arguments, by place: digests of all that makes the result. The arguments are held as long as
            the result, so that a key may also name them by :func:`id`.
    """

    def decorate(function: F) -> F:
        @functools.lru_cache(maxsize=most)
        def remembered(call: _Call) -> Any:
            return function(*call.args)

        @functools.wraps(function)
        def asked(*args: Any) -> Any:
            return remembered(_Call(key(*args), args))

        return asked  # type: ignore[return-value]

    return decorate
