"""What an argument of a function may be: declared once, it gives the check, the message and the help text."""

from __future__ import annotations

import datetime as dt
import keyword
import re
from dataclasses import dataclass
from typing import Any, Final

from xlfv.excel.words import did_you_mean, one_of, shown
from xlfv.tables import Fault, Refused

HELP_LIMIT = 255  # Excel cuts help texts there


class _Required:
    """The default of an argument that has none."""

    def __repr__(self) -> str:
        return "required"


REQUIRED: Final = _Required()

SCALARS: Final = ("number", "integer", "text", "date", "boolean", "handle")
KINDS: Final = {
    "number": "number",
    "integer": "whole number",
    "text": "text",
    "date": "date",
    "boolean": "TRUE or FALSE",
    "handle": "handle",
    "table": "range with headers, file path or table handle",
    "numbers": "range of numbers",
    "texts": "text with commas, or range of texts",
    "series": "one column or row of numbers from month 1, or a table of month (or date) and amount",
    "cell": "any cell",
    "book": "path of a book of months",
}
HINTS: Final = {
    "number": ("float",),
    "integer": ("int",),
    "text": ("str", "Literal"),
    "date": ("date",),
    "boolean": ("bool",),
    "table": ("Table",),
    "numbers": ("Floats", "ndarray", "NDArray"),
    "texts": ("Texts",),
    "series": ("Series",),
    "cell": ("Given",),
    "book": ("Path",),
}


@dataclass(frozen=True)
class Arg:
    """One argument.

    Attributes:
        name: as Excel shows it. The Python parameter has the same name (with ``_`` added to a Python keyword).
        kind: a key of :data:`KINDS`.
        meaning: what it is, a phrase without a full stop.
        unit: unit of its numbers (``decimal a year``, ``dollars``, ``months``).
        default: value taken where the cell is blank or the argument is left out; REQUIRED when there is none.
            ``default=None`` makes it optional with None passed on.
        choices: allowed words (text) or values; case of words does not matter, the declared spelling is passed on.
        low, high: inclusive bounds (numbers or dates).
        above, below: exclusive bounds.
        of: for a handle, its kind (``trust``, ``projection``); for a series, the column preferred to ``cash``.
        holds_errors: a table whose error cells are results and belong to it; one error alone is still passed on.
    """

    name: str
    kind: str
    meaning: str
    unit: str = ""
    default: Any = REQUIRED
    choices: tuple[Any, ...] = ()
    low: Any = None
    high: Any = None
    above: Any = None
    below: Any = None
    of: str = ""
    holds_errors: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name) or self.name == "caller":
            raise TypeError(f"'{self.name}' is not an argument name (snake_case; 'caller' is taken by xlwings)")
        if self.kind not in KINDS:
            raise TypeError(f"{self.name}: unknown kind '{self.kind}'; one of {', '.join(KINDS)}")
        if not self.meaning or self.meaning.endswith("."):
            raise TypeError(f"{self.name}: say its meaning, a phrase without a full stop")
        if self.kind != "series" and (self.kind == "handle") != bool(self.of):
            raise TypeError(f"{self.name}: a handle, and only a handle, says of which kind it is ('of')")
        if self.holds_errors and self.kind != "table":
            raise TypeError(f"{self.name}: a {self.kind} holds no errors")
        if self.bounded and self.kind not in ("number", "integer", "date"):
            raise TypeError(f"{self.name}: a {self.kind} has no bounds")
        if self.choices and self.kind not in ("number", "integer", "text"):
            raise TypeError(f"{self.name}: a {self.kind} has no choices")
        if self.kind == "number" and not self.unit:
            raise TypeError(f"{self.name}: a number has a unit")
        self._prove_default()
        if len(self.help) > HELP_LIMIT:
            raise TypeError(f"{self.name}: its help is {len(self.help)} characters; Excel shows {HELP_LIMIT}")

    def _prove_default(self) -> None:
        """A default must pass the argument's own check."""
        if self.required or self.default is None:
            return
        try:
            self.check(self.default)
        except Refused as problem:
            raise TypeError(f"{self.name}: its default is refused: {problem}") from None

    @property
    def required(self) -> bool:
        """True when a blank cell is an error."""
        return self.default is REQUIRED

    @property
    def bounded(self) -> bool:
        """True when any bound is declared."""
        return any(bound is not None for bound in (self.low, self.high, self.above, self.below))

    @property
    def parameter(self) -> str:
        """The name of the Python parameter."""
        return self.name + "_" if keyword.iskeyword(self.name) else self.name

    @property
    def allowed(self) -> str:
        """The allowed values in words; empty when any value of the kind will do."""
        if self.choices:
            return one_of(self.choices)
        limits = [
            (self.low, "at least"),
            (self.above, "above"),
            (self.high, "at most"),
            (self.below, "below"),
        ]
        return " and ".join(f"{word} {_bound(bound)}" for bound, word in limits if bound is not None)

    @property
    def expected(self) -> str:
        """What the argument must be, in words."""
        kind = f"{self.of} handle" if self.kind == "handle" else KINDS[self.kind]
        article = "" if self.kind in ("boolean", "cell", "series") else "a "
        unit = f" ({self.unit})" if self.unit else ""
        return f"{article}{kind}{unit}{', ' + self.allowed if self.allowed else ''}"

    @property
    def help(self) -> str:
        """The text of the function wizard, at most 255 characters."""
        unit = f" ({self.unit})" if self.unit else ""
        allowed = f"; {self.allowed}" if self.allowed else ""
        default = "" if self.required or self.default is None else f". Default {_bound(self.default)}"
        optional = ". Optional" if self.default is None else default
        return f"{self.meaning[:1].upper()}{self.meaning[1:]}{unit}{allowed}{optional}."

    def check(self, value: Any) -> Any:
        """Check a value of the right kind against choices and bounds; a word is given back as declared.

        Raises:
            Refused: saying what was expected, what came and what to do.
        """
        if self.choices:
            return self._chosen(value)
        for bound, holds, word in self._bounds():
            if not holds(value, bound):
                raise self.refusal(value, self._percent_hint(value) or f"give a value {word} {_bound(bound)}")
        return value

    def _percent_hint(self, value: Any) -> str:
        """What to write when a rate came as a number of percent."""
        if self.unit.startswith("decimal") and isinstance(value, float) and 1 < abs(value) <= 100:
            return f"rates are decimals: write {value:.15g}% or {value / 100:.15g}"
        return ""

    def _bounds(self) -> list[tuple[Any, Any, str]]:
        bounds = [
            (self.low, lambda x, y: x >= y, "of at least"),
            (self.above, lambda x, y: x > y, "above"),
            (self.high, lambda x, y: x <= y, "of at most"),
            (self.below, lambda x, y: x < y, "below"),
        ]
        return [each for each in bounds if each[0] is not None]

    def _chosen(self, value: Any) -> Any:
        for choice in self.choices:
            if choice == value or (isinstance(value, str) and str(choice).casefold() == value.strip().casefold()):
                return choice
        words = [choice for choice in self.choices if isinstance(choice, str)]
        hint = did_you_mean(value, words) if isinstance(value, str) else ""
        raise self.refusal(value, hint or f"write {one_of(self.choices)}")

    def refusal(self, value: Any, todo: str, *, code: str = "#VALUE!") -> Refused:
        """The refusal of a value: what was expected, what came, what to do."""
        came = value.isoformat() if isinstance(value, dt.date) else shown(value)
        return Refused(Fault(f"{self.name} must be {self.expected}; {came} came", todo=todo), code=code)


def _bound(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:,.15g}" if isinstance(value, (int, float)) else str(value)
