"""Every function, declared once: its Excel name, arguments, result, errors, source and an example.

From a declaration come the argument checks and their messages, the functions of every host, the help of Excel's
function wizard and the reference page::

    @function(
        "XLFV_SMM",
        family="market",
        args=[Arg("cpr", "number", "annual prepayment rate", unit="decimal a year", low=0, high=1)],
        result="number",
        unit="decimal a month",
        source="Bond Market Association, Standard Formulas (1999), SF-5",
        example=Example("=XLFV_SMM(0.06)", 0.005143),
    )
    def smm(cpr: float) -> float:
        \"\"\"Single monthly mortality of an annual prepayment rate.\"\"\"

The first paragraph of the docstring is what Excel shows as the function's description.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from xlfv.excel.arguments import HELP_LIMIT, HINTS, Arg
from xlfv.tables.table import ERROR_CODES

F = TypeVar("F", bound=Callable[..., Any])

FAMILIES = ("market", "cash flows", "trust", "projection", "value", "reporting", "review", "months", "help")
RESULTS = ("number", "text", "grid", "handle")
MOST_ARGS = 60  # what VBA takes


@dataclass(frozen=True)
class Example:
    """A formula and what it gives; a test runs every example.

    Attributes:
        formula: as typed in a cell; it may use the named ranges of :mod:`xlfv.excel.examples`.
        result: a scalar, or the leading rows of a grid. Numbers are compared to the digits written; a text that ends
            in ``...`` is compared up to there.
    """

    formula: str
    result: Any


@dataclass(frozen=True)
class Function:
    """A declared function; see :func:`function` for the fields."""

    name: str
    family: str
    args: tuple[Arg, ...]
    result: str
    unit: str
    source: str
    errors: tuple[str, ...]
    example: Example
    makes: str
    python: Callable[..., Any]

    @property
    def what(self) -> str:
        """The description: the first paragraph of the docstring."""
        return _first_paragraph(self.python)

    @property
    def syntax(self) -> str:
        """``NAME(a, b, [c])``."""
        names = [arg.name if arg.required else f"[{arg.name}]" for arg in self.args]
        return f"{self.name}({', '.join(names)})"

    @property
    def notes(self) -> str:
        """What the docstring says after its first paragraph."""
        return inspect.cleandoc(self.python.__doc__ or "").partition("\n\n")[2].strip()


_functions: dict[str, Function] = {}
_loading = threading.RLock()
_loaded = False


def function(
    name: str,
    *,
    family: str,
    args: Sequence[Arg] = (),
    result: str,
    unit: str = "",
    source: str,
    errors: Sequence[str] = (),
    example: Example,
    makes: str = "",
) -> Callable[[F], F]:
    """Declare a function to every host.

    Args:
        name: the Excel name, ``XLFV_`` and capitals.
        family: one of :data:`FAMILIES`.
        args: its arguments in order; the Python parameters have the same names.
        result: ``number``, ``text``, ``grid``, or ``handle`` (a keepable thing is returned, its handle is shown).
        unit: unit of the result; required for numbers and grids.
        source: the publication behind the formula, or "xlfv" where it is our own.
        errors: what it can fail with beside refused arguments, ``"#NUM!: when ..."``.
        example: a formula with its result.
        makes: for ``handle``, the kind it makes; for a grid that may be a handle instead, that one's.

    Raises:
        TypeError: the declaration is not whole; every test run would see it, as declaring happens on import.
    """
    spec = (name, family, tuple(args), result, unit, source, tuple(errors), example, makes)

    def declare(python: F) -> F:
        declared = Function(*spec, python)
        fault = next(filter(None, (check(declared) for check in _CHECKS)), None)
        if fault:
            raise TypeError(f"{name}: {fault}")
        _functions[name] = declared
        return python

    return declare


def _first_paragraph(python: Callable[..., Any]) -> str:
    return " ".join(inspect.cleandoc(python.__doc__ or "").partition("\n\n")[0].split())


def _name_fault(f: Function) -> str | None:
    if not re.fullmatch(r"XLFV_[A-Z][A-Z0-9_]*", f.name) or len(f.name) > HELP_LIMIT:
        return "a name is XLFV_ and capitals"
    twin = _functions.get(f.name)
    # The same source declared again is a reload, not a clash.
    if twin and (twin.python.__module__, twin.python.__qualname__) != (f.python.__module__, f.python.__qualname__):
        return f"declared twice, first in {twin.python.__module__}"
    return None


def _field_fault(f: Function) -> str | None:
    if f.family not in FAMILIES:
        return f"unknown family '{f.family}'; one of {', '.join(FAMILIES)}"
    if f.result not in RESULTS:
        return f"unknown result '{f.result}'; one of {', '.join(RESULTS)}"
    if f.result in ("number", "grid") and not f.unit:
        return "say the unit of the result"
    if (f.result == "handle" and not f.makes) or (f.makes and f.result not in ("handle", "grid")):
        return "a handle says which kind it makes ('makes'), and so may a grid that can be one"
    return None if f.source else "name the source (or 'xlfv')"


def _words_fault(f: Function) -> str | None:
    if not f.what:
        return "the docstring is missing: its first paragraph is the description"
    if len(f.what) > HELP_LIMIT:
        return f"the description is {len(f.what)} characters; Excel shows {HELP_LIMIT}"
    for error in f.errors:
        code, colon, words = error.partition(": ")
        if code not in ERROR_CODES or not colon or not words:
            return f"'{error}' is not an error code, a colon and when it comes"
    if not f.example.formula.startswith("=") or f.name + "(" not in f.example.formula:
        return "the example is a formula that calls the function"
    return None


def _args_fault(f: Function) -> str | None:
    if len(f.args) > MOST_ARGS:
        return f"{len(f.args)} arguments; VBA takes {MOST_ARGS}"
    # One without a default may be left blank anywhere: a table that only some trusts have.
    optional = [not arg.required for arg in f.args if arg.default is not None]
    if optional != sorted(optional):
        return "optional arguments come last"
    parameters = inspect.signature(f.python).parameters
    if list(parameters) != [arg.parameter for arg in f.args]:
        return f"the parameters are ({', '.join(parameters)}), the arguments ({', '.join(a.parameter for a in f.args)})"
    return next(filter(None, (_hint_fault(arg, parameters[arg.parameter]) for arg in f.args)), None)


def _hint_fault(arg: Arg, parameter: inspect.Parameter) -> str | None:
    hint = parameter.annotation
    if hint is parameter.empty:
        return f"{arg.name} has no type hint"
    words = re.split(r"[^\w.]+", hint if isinstance(hint, str) else getattr(hint, "__name__", str(hint)))
    wanted = HINTS.get(arg.kind)
    if wanted and words[0].rsplit(".", 1)[-1] not in wanted:
        return f"{arg.name} is a {arg.kind}, its type hint {hint}"
    return None


def _return_fault(f: Function) -> str | None:
    return None if inspect.signature(f.python).return_annotation is not inspect.Signature.empty else "no return hint"


_CHECKS = (_name_fault, _field_fault, _words_fault, _args_fault, _return_fault)


def load() -> None:
    """Import every family in :mod:`xlfv.excel.functions`, once; a new file there needs no other mention."""
    global _loaded
    if _loaded:
        return
    with _loading:
        if not _loaded:
            package = importlib.import_module("xlfv.excel.functions")
            for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
                importlib.import_module(f"{package.__name__}.{module}")
            _loaded = True


def functions() -> dict[str, Function]:
    """All declared functions, family by family: first those of the file named like it, then the others by file; as declared.

    The order does not depend on which file was imported first.
    """
    load()
    order = {family: k for k, family in enumerate(FAMILIES)}

    def place(item: tuple[str, Function]) -> tuple[int, bool, str]:
        file = item[1].python.__module__.rpartition(".")[2]
        return order[item[1].family], file != item[1].family, file

    return dict(sorted(_functions.items(), key=place))


def find(name: str) -> Function | None:
    """The function of that name (case does not matter), or None."""
    load()
    return _functions.get(name.strip().upper())


def makers(kind: str) -> list[str]:
    """Names of the functions that make handles of ``kind``."""
    load()
    return [f.name for f in _functions.values() if f.makes == kind and f.result == "handle"]
