"""From a value to what stands behind it: which function shows the cash flow or the step, ready to be typed."""

from __future__ import annotations

from xlfv.excel import registry
from xlfv.excel.inplace.spelling import Call

_CLASS = ("XLFV_TRANCHE_CASHFLOW({projection},{tranche})", "the class's cash, month by month")
_STEPS = ("XLFV_WATERFALL({projection},1)", "every step of month 1; any month may be asked for")
_POOL = ("XLFV_TRUST_CASHFLOW({projection})", "the loans' cash, month by month")
_LOAN = ("XLFV_LOAN_CASHFLOW({projection},loan_id)", "the same of one loan: type its loan_id")
_REST = ("XLFV_RESIDUAL_CASHFLOW({projection})", "the residual's cash and OC, month by month")
_WHOLE = ("XLFV_FAIR_VALUE({projection},{yields})", "the whole balance of the trust")
_TRUST = ("XLFV_TRUST_SUMMARY({trust})", "the trust on a page, its notices too")

_NEXT: dict[str, tuple[tuple[str, str], ...]] = {
    **dict.fromkeys(
        (
            "XLFV_TRANCHE_PV", "XLFV_TRANCHE_PRICE", "XLFV_TRANCHE_YIELD", "XLFV_TRANCHE_WAL", "XLFV_TRANCHE_DURATION",
            "XLFV_TRANCHE_LOSS",
        ),
        (_CLASS, _STEPS),
    ),
    "XLFV_TRANCHE_CASHFLOW": (_STEPS, _POOL),
    "XLFV_RESIDUAL_VALUE": (_REST, _STEPS),
    "XLFV_RESIDUAL_CASHFLOW": (_STEPS, _POOL),
    "XLFV_TRUST_CASHFLOW": (_LOAN, _STEPS),
    "XLFV_LOAN_CASHFLOW": (_POOL,),
    "XLFV_WATERFALL": (_POOL,),
    "XLFV_COLLATERAL_VALUE": (_WHOLE, _POOL),
    "XLFV_COLLATERAL_YIELD": (_WHOLE, _POOL),
    "XLFV_FAIR_VALUE": (_REST, _POOL),
    "XLFV_HEDGE_VALUE": (("XLFV_TRUST_CASHFLOW({projection},\"hedge_received,hedge_paid\")", "its cash, month by month"),),
    "XLFV_REO_VALUE": (_TRUST,),
    "XLFV_TRUST": (("XLFV_TRUST_SUMMARY({})", "the trust on a page, its notices too"),),
    "XLFV_PROJECT": (("XLFV_TRUST_CASHFLOW({})", "the loans' cash, month by month"), ("XLFV_WATERFALL({},1)", "every step of month 1")),
    "XLFV_TRUST_SUMMARY": (("XLFV_TABLE({trust},\"loans\")", "one of its tables"),),
}  # fmt: skip


def next_steps(call: Call) -> list[str]:
    """What to type next, and what it shows; with the arguments of the call where they are the same."""
    function = registry.find(call.function)
    steps = _NEXT.get(call.function, ())
    if function is None:
        return []
    given = dict(zip((arg.name for arg in function.args), call.arguments, strict=False))
    return [f"={_filled(form, given)} shows {words}" for form, words in steps]


def _filled(form: str, given: dict[str, str]) -> str:
    for name, text in given.items():
        form = form.replace("{" + name + "}", text or name)
    return form.replace("{}", "this cell")
