"""A declaration that is not whole fails on import; a whole one gives everything else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.excel.helpers import fails, one
from xlfv.excel import call, registry
from xlfv.excel.arguments import Arg
from xlfv.excel.registry import Example, function

pytestmark = pytest.mark.usefixtures("scratch")
X = Arg("x", "number", "a number", unit="dollars")
GOOD: dict[str, Any] = {
    "name": "XLFV_PROBE", "family": "market", "args": [X], "result": "number", "unit": "dollars", "source": "xlfv",
    "example": Example("=XLFV_PROBE(1)", 1.0),
}  # fmt: skip


def probe(x: float) -> float:
    """Gives back what came."""
    return x


def undocumented(x: float) -> float:
    return x


def wordy(x: float) -> float:
    return x


wordy.__doc__ = "w" * 256


def no_hint(x) -> float:  # type: ignore[no-untyped-def]
    """Gives back what came."""
    return float(x)


def no_return(x: float):  # type: ignore[no-untyped-def]
    """Gives back what came."""
    return x


def wrong_hint(x: str) -> float:
    """Gives back what came."""
    return float(x)


def other_name(y: float) -> float:
    """Gives back what came."""
    return y


def two(x: float, y: float) -> float:
    """Adds."""
    return x + y


def declare(python: Any = probe, **changed: Any) -> Any:
    spec = GOOD | changed
    return function(spec.pop("name"), **spec)(python)


def test_a_whole_declaration_is_callable_by_its_name_in_any_case() -> None:
    declare()
    assert one(call("xlfv_probe", 2.5)) == 2.5
    assert registry.find(" Xlfv_Probe ") is registry.functions()["XLFV_PROBE"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "PROBE"}, "a name is XLFV_"),
        ({"name": "XLFV_probe"}, "a name is XLFV_"),
        ({"name": "XLFV_SMM"}, "declared twice"),
        ({"family": "plumbing"}, "unknown family"),
        ({"result": "series"}, "unknown result"),
        ({"unit": ""}, "unit of the result"),
        ({"result": "grid", "unit": ""}, "unit of the result"),
        ({"result": "handle"}, "which kind it makes"),
        ({"makes": "trust"}, "which kind it makes"),
        ({"source": ""}, "name the source"),
        ({"errors": ["#OOPS!: sometimes"]}, "not an error code"),
        ({"errors": ["#NUM! sometimes"]}, "not an error code"),
        ({"example": Example("XLFV_PROBE(1)", 1.0)}, "the example is a formula"),
        ({"example": Example("=XLFV_SMM(1)", 1.0)}, "the example is a formula"),
        ({"python": undocumented}, "docstring is missing"),
        ({"python": wordy}, "256 characters"),
        ({"python": no_hint}, "no type hint"),
        ({"python": no_return}, "no return hint"),
        ({"python": wrong_hint}, "its type hint str"),
        ({"python": other_name}, "the parameters are"),
        ({"args": []}, "the parameters are"),
        ({"args": [Arg("x", "number", "n", unit="u", default=1.0), Arg("y", "number", "n", unit="u")],
          "python": two}, "optional arguments come last"),
        ({"args": [Arg(f"x{k}", "number", "n", unit="u") for k in range(61)]}, "VBA takes 60"),
    ],
)  # fmt: skip
def test_every_bad_declaration_fails_and_says_why(changed: dict[str, Any], words: str) -> None:
    before = dict(registry._functions)
    with pytest.raises(TypeError, match=words.replace("(", r"\(")):
        declare(**changed)
    assert registry._functions == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "X"}, "not an argument name"),
        ({"name": "caller"}, "not an argument name"),
        ({"kind": "matrix"}, "unknown kind"),
        ({"meaning": ""}, "say its meaning"),
        ({"meaning": "A sentence."}, "without a full stop"),
        ({"kind": "handle", "unit": ""}, "which kind"),
        ({"of": "trust"}, "which kind"),
        ({"kind": "text", "low": 1}, "no bounds"),
        ({"kind": "date", "choices": ("a",)}, "no choices"),
        ({"unit": ""}, "has a unit"),
        ({"low": 0, "default": -1.0}, "its default is refused"),
        ({"kind": "text", "choices": ("a", "b"), "default": "c"}, "its default is refused"),
        ({"meaning": "m" * 250}, "Excel shows 255"),
    ],
)
def test_every_bad_argument_fails_and_says_why(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        Arg(**({"name": "x", "kind": "number", "meaning": "a number", "unit": "dollars"} | fields))


def test_the_same_source_declared_again_is_a_reload_and_no_clash() -> None:
    declare()
    declare()
    assert "XLFV_PROBE" in registry.functions()


def test_a_python_keyword_is_shown_without_its_underscore() -> None:
    assert Arg("yield", "number", "a rate", unit="decimal").parameter == "yield_"
    assert registry.functions()["XLFV_PV"].syntax == "XLFV_PV(cashflows, yield, [basis])"


def test_every_help_text_fits_what_excel_shows() -> None:
    for f in registry.functions().values():
        assert 0 < len(f.what) <= 255
        for arg in f.args:
            assert 0 < len(arg.help) <= 255


def test_functions_stand_family_by_family() -> None:
    families = [f.family for f in registry.functions().values()]
    assert families == sorted(families, key=registry.FAMILIES.index)


def test_an_unknown_name_is_a_name_error_with_the_nearest_known() -> None:
    assert "did you mean XLFV_SMM?" in fails("XLFV_SNM", 1.0, code="#NAME?")
    assert "reference page" in fails("XLFV_QQQQQQQQ", code="#NAME?")
    assert "did you mean" not in fails(None, code="#NAME?")  # type: ignore[arg-type]


def test_too_many_arguments_are_refused_with_the_syntax() -> None:
    assert "write XLFV_SMM(cpr)" in fails("XLFV_SMM", 0.1, 0.2)
