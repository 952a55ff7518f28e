"""By hand: one trust's values once more, by the spreadsheet's own formulas from cash that is printed on the sheet.

No function of xlfv values anything here: they give the cash by month, and the numbers that are held against those by hand. Each
present value is a sum of products, the blended yield is found by Newton's steps, and the rows of the rollforward come from the
month before, the register and the ledger.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from xlfv.excel.book.cashreo import RECONCILED_COLUMN, RECONCILED_DUE, RECONCILED_TRUST
from xlfv.excel.book.frame import HAND, Book, TrustPlace
from xlfv.excel.book.monthbefore import before_of
from xlfv.excel.book.page import FIRST, Page, at, quote_text, span
from xlfv.excel.book.styles import BOLD, OWN, Style
from xlfv.excel.book.trust import item_value, yield_cells
from xlfv.projection.timeline import Timeline
from xlfv.reporting.forms import CLOSING, OPENING, matrix
from xlfv.reporting.rollforward import ACTIVITY, COLUMNS, FURTHER, TITLES
from xlfv.reporting.trust_columns import held_classes
from xlfv.trust.measurement import BLENDED as IMPOSED
from xlfv.trust.measurement import CFE_ASSETS
from xlfv.valuation import fair_value as fv
from xlfv.valuation.measurement import measurement_of
from xlfv.valuation.yields import RESIDUAL, Chosen

_HEADS = (
    "what", "basis", "yield", "periods a year", "delay (days)", "by hand ($)", "by xlfv ($)", "difference ($)", "how",
)  # fmt: skip
_BASIS, _YIELD, _PERIODS, _DELAY, _MINE, _THEIRS, _APART, _HOW = range(1, 9)
_WIDE = len(_HEADS)
_LOANS = ("loan_cash", "call_price", "costs", "residual_cash")
_STEPS = 14  # of Newton: each doubles the digits once it is near
_START = 0.05
_DOLLARS, _CENTS, _RATE, _FLOW = Style("dollars"), Style("cents"), Style("rate4"), Style("flow")
_SUM = Style("dollars", bold=True, top=True)
_OTHERS = (
    (fv.DERIVATIVE_LIABILITIES, 1), (fv.DERIVATIVE_ASSETS, -1), (fv.REO, -1), (fv.OTHER_ASSETS, -1), (fv.OTHER_LIABILITIES, 1),
)  # fmt: skip
"""What else makes C, taken from the balance, and its sign."""
_ROLLED = (("securitized_mortgage_collateral", "Collateral"), ("securitized_mortgage_borrowings", "Borrowings"))
_POSTED = {
    "securitized_mortgage_collateral": (
        ("interest_collected", "penalties_collected"), ("servicing_paid", "costs_paid"),
        ("principal_collected", "liquidation_proceeds"), ("loans_bought",),
    ),
    "securitized_mortgage_borrowings": (("bond_interest_paid",), (), ("bond_principal_paid",), ("bonds_issued",)),
}  # fmt: skip
"""Items of the ledger: interest, what lessens it, principal, what lessens that."""


@dataclass(frozen=True)
class _Table:
    """Where the printed cash stands.

    Attributes:
        first, last: rows of its months.
        years: delay in days -> column of the years to payment.
        cash: class, ``residual`` or ``loans`` -> column.
    """

    first: int
    last: int
    years: dict[int, int]
    cash: dict[str, int]

    def column(self, column: int) -> str:
        return span(self.first, column, self.last, column)


def write_by_hand(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[HAND]
    place = book.trusts[0]
    classes = place.valued.source.trust.tranches
    rolls = _rolls(book, place)
    steps = FIRST + 2 + len(classes) + 1 + len(_OTHERS) + 4
    rows = steps + _STEPS + 4
    head = rows + (12 if rolls else 4)
    table = _plan(place, head)
    lines = _values(page, place, table)
    last = _collateral(page, place, table, lines, steps)
    if rolls:
        _rollforward(page, place, rows)
    _cash(page, place, table, head)
    _check(page, place, table, lines, last)
    page.layout([44, 15, *[14] * (max(table.cash.values()) - 1)], (FIRST, 1), None)
    page.heading("Values once more by the spreadsheet's own formulas, from the cash printed below, beside those of xlfv.",
                 f"={quote_text(place.name)}", "dollars")  # fmt: skip


def _plan(place: TrustPlace, head: int) -> _Table:
    """Columns: month and date, the years to payment of each delay, the loans' cash and its parts, classes."""
    bonds = place.valued.source.trust.classes
    delays = sorted({0, *(int(days) for days in bonds["delay_days"])})
    years = {delay: 2 + len(_LOANS) + k for k, delay in enumerate(delays)}
    loans = 2 + len(_LOANS) + len(delays)
    cash = {RESIDUAL: 2 + _LOANS.index("residual_cash"), "loans": loans}
    cash |= {name: loans + 1 + k for k, name in enumerate(place.valued.source.trust.tranches)}
    return _Table(head + 2, head + 1 + place.valued.projection.months, years, cash)


def _why_not(chosen: Chosen, measurement: str, name: str) -> str:
    """Why a value is not made by hand, whatever its basis; empty where it is."""
    if measurement == CFE_ASSETS and name != RESIDUAL:
        return "measured from the assets: as on Fair value"
    if chosen.cash != "expected":
        return "discounts contractual cash, which is not printed: as on Fair value"
    return "" if chosen.wrap else "without its insurer's draws, which are not printed: as on Fair value"


def _values(page: Page, place: TrustPlace, table: _Table) -> list[int]:
    """Each class and the residual; gives the rows that are by hand."""
    trust, yields = place.valued.source.trust, place.valued.yields
    page.section(FIRST, f"{place.name}: values of the classes and the residual from their printed cash", _WIDE)
    page.heads(FIRST + 1, 0, _HEADS, numbers_from=2)
    delays = dict(zip(trust.tranches, map(int, trust.classes["delay_days"]), strict=True))
    found = []
    for k, name in enumerate((*trust.tranches, RESIDUAL)):
        row = FIRST + 2 + k
        item = fv.RESIDUAL_INTEREST if name == RESIDUAL else name
        page.text(row, 0, item)
        rate, basis = yield_cells(page.book, page.book.yields.rows[place.name, name.lower()])
        shown = f'IF({basis}="","monthly",{basis})'
        page.formula(row, _BASIS, f"={shown}")
        page.formula(row, _YIELD, f"={rate}", _RATE)
        theirs = f"={item_value(place, item)}"
        why = _why_not(yields[name], measurement_of(place.valued.projection), name)
        if why:
            page.formula(row, _MINE, theirs, _CENTS)
            page.text(row, _HOW, why)
        else:
            word = at(row, _BASIS)
            page.formula(row, _PERIODS, f'=IF({word}="annual",1,IF({word}="bond_equivalent",2,12))', Style("count"))
            delay = delays.get(name, 0)
            page.value(row, _DELAY, float(delay), Style("count"))
            margin = f'{word}="dm"'
            page.formula(row, _MINE, f"=IF({margin},{theirs[1:]},{_worth(row, table, name, delay)})", _CENTS)
            page.formula(row, _HOW, f'=IF({margin},"a discount margin: as on Fair value","")')
            found.append(row)
        page.formula(row, _THEIRS, theirs, _CENTS)
        page.formula(row, _APART, f"=ROUND({at(row, _MINE)}-{at(row, _THEIRS)},5)", _CENTS)
    return found


def _worth(row: int, table: _Table, name: str, delay: int) -> str:
    """Present value of a column of cash: ``sum(cash * (1 + y / f) ^ (-f * years))``."""
    rate, periods = at(row, _YIELD), at(row, _PERIODS)
    years = table.column(table.years[delay])
    return f"SUMPRODUCT({table.column(table.cash[name])},(1+{rate}/{periods})^(-{periods}*{years}))"


def _by_hand(place: TrustPlace) -> str:
    """Why the collateral is not worked out by hand; empty where it is."""
    value = place.valued.value
    if measurement_of(place.valued.projection) != IMPOSED:
        return "The collateral is not measured at the blended yield: its yield and value are not worked out here."
    if place.valued.projection.called:
        return "The deal is called: what its loans would bring had nobody bought them is not printed."
    return "" if math.isfinite(value.collateral_yield) else "There is no blended yield."


def _collateral(page: Page, place: TrustPlace, table: _Table, lines: list[int], steps: int) -> list[tuple[int, float]]:
    """C, the yield that makes the loans' cash worth it, and the balance; gives rows with how far they may be apart."""
    first = FIRST + 2
    row = first + len(place.valued.source.trust.tranches) + 1
    for item, sign in _OTHERS:
        page.text(row, 0, f"{'+' if sign > 0 else '-'} {item}")
        page.formula(row, _MINE, f"={item_value(place, item)}", _CENTS)
        page.text(
            row, _HOW, "as on Fair value, undiscounted" if item != fv.DERIVATIVE_LIABILITIES else "as on Fair value"
        )
        row += 1
    signs = [at(k, _MINE) for k in range(first, row - len(_OTHERS))]
    parts = [f"{'+' if sign > 0 else '-'}{at(row - len(_OTHERS) + k, _MINE)}" for k, (_, sign) in enumerate(_OTHERS)]
    page.text(row, 0, "C: what the loans are to be worth", BOLD)
    page.formula(row, _MINE, f"=SUM({signs[0]}:{signs[-1]}){''.join(parts)}", _SUM)
    why = _by_hand(place)
    if why:
        page.note(row + 1, 0, why)
        return [(each, 0.01) for each in lines]
    page.formula(row, _THEIRS, f"={item_value(place, fv.COLLATERAL)}", _SUM)
    page.formula(row, _APART, f"=ROUND({at(row, _MINE)}-{at(row, _THEIRS)},5)", _CENTS)
    page.text(row, _HOW, "the collateral on Fair value")
    total = at(row, _MINE)
    _newton(page, table, total, steps)
    found = row + 1
    page.text(found, 0, "Blended yield: the loans' cash is worth C", BOLD)
    page.formula(found, _MINE, f"={at(steps + _STEPS, 1)}", Style("rate", bold=True, top=True))
    page.formula(
        found, _THEIRS, f"=XLFV_COLLATERAL_YIELD({place.projection},yields)", Style("rate", bold=True, top=True)
    )
    page.formula(found, _APART, f"=ROUND({at(found, _MINE)}-{at(found, _THEIRS)},12)", Style("rate4"))
    page.text(found, _HOW, "last of Newton's steps below")
    return [*((each, 0.01) for each in lines), (row, 0.01), (found, 1e-10)]


def _newton(page: Page, table: _Table, total: str, row: int) -> None:
    """The yield at which the loans' cash is worth C, step by step."""
    page.section(row - 1, "The blended yield by Newton's steps", _WIDE)
    page.heads(row, 0, ("step", "yield", "value of the loans' cash ($)", "less C ($)", "slope ($)"), numbers_from=1)
    cash, years = table.column(table.cash["loans"]), table.column(table.years[0])
    for k in range(1, _STEPS + 1):
        r = row + k
        page.value(r, 0, float(k), Style("count"))
        if k == 1:
            page.value(r, 1, _START, Style("rate4", role="input"))
        else:
            page.formula(r, 1, f"={at(r - 1, 1)}-{at(r - 1, 3)}/{at(r - 1, 4)}", _RATE)
        rate = at(r, 1)
        page.formula(r, 2, f"=SUMPRODUCT({cash},(1+{rate}/12)^(-12*{years}))", _CENTS)
        page.formula(r, 3, f"=ROUND({at(r, 2)}-{total},5)", _CENTS)
        page.formula(r, 4, f"=-SUMPRODUCT({cash},{years},(1+{rate}/12)^(-12*{years}-1))", _DOLLARS)


def _cash(page: Page, place: TrustPlace, table: _Table, head: int) -> None:
    """The printed cash, month by month."""
    line: Timeline = place.valued.projection.timeline
    months = place.valued.projection.months
    wide = max(table.cash.values()) + 1
    page.section(head - 1, "Cash by month: the loans' is loan cash less what a call pays and trust costs", wide)
    titles = ["month", "remitted on", *(name.replace("_", " ") for name in _LOANS)]
    titles += [f"years to payment{f', {delay} days later' if delay else ''}" for delay in table.years]
    titles += ["loans' cash", *place.valued.source.trust.tranches]
    page.heads(head, 0, titles, numbers_from=0)
    handle, top = place.projection, table.first - 1
    looks = [Style("count"), Style("date", align="right"), *[_FLOW] * len(_LOANS)]
    page.spill(top, 0, f'=XLFV_TRUST_CASHFLOW({handle},"{",".join(_LOANS)}")', months + 1, len(looks), looks, OWN)
    for name in place.valued.source.trust.tranches:
        asked = f'XLFV_TRANCHE_CASHFLOW({handle},{quote_text(name)},"cash")'
        page.column_spill(top, table.cash[name], f"=INDEX({asked},0,3)", months + 1, _FLOW, OWN)
    begin, february = _as_of(page, head - 2)
    for row in range(table.first, table.last + 1):
        for delay, column in table.years.items():
            date = f"({at(row, 1)}+{delay})"
            days = _days(date, begin, february) if line.dated else f"30*{at(row, 0)}+{delay}"
            page.formula(row, column, f"=({days})/360", Style("years"))
        paid, called, costs = (at(row, 2 + k) for k in range(3))
        page.formula(row, table.cash["loans"], f"={paid}-{called}-{costs}", _FLOW)


def _as_of(page: Page, row: int) -> tuple[str, str]:
    """Cells with the as-of date's day as 30/360 counts it, and whether it is the last of February (1) or not (0)."""
    page.text(row, 0, "Years are 30/360 US: the as-of date counts as day")
    page.formula(row, 1, f"=IF({span(row, 5)}=1,30,MIN(DAY(as_of),30))", Style("count"))
    page.text(row, 3, "it is the last of February (1)")
    page.formula(row, 5, "=IF(AND(MONTH(as_of)=2,DAY(as_of+1)=1),1,0)", Style("count"))
    return span(row, 1), span(row, 5)


def _days(date: str, begin: str, february: str) -> str:
    """30/360 days from the as-of date to a date (Bond Market Association, Standard Formulas, SF-44)."""
    last = f"AND(DAY({date})=31,{begin}=30)"
    both = f"AND({february}=1,MONTH({date})=2,DAY({date}+1)=1)"
    months = f"360*(YEAR({date})-YEAR(as_of))+30*(MONTH({date})-MONTH(as_of))"
    return f"{months}+IF(OR({last},{both}),30,DAY({date}))-{begin}"


def _check(page: Page, place: TrustPlace, table: _Table, lines: list[int], rows: list[tuple[int, float]]) -> None:
    """The sheet's check; an error fails it."""
    row = FIRST
    called = f"SUM({table.column(2 + _LOANS.index('call_price'))})>0"  # then the loans' cash is not all printed
    near = {r: f"ABS({at(r, _APART)})<{most:.10f}".rstrip("0") for r, most in rows}
    passes = ",".join(one if r in lines else f"OR({called},{one})" for r, one in near.items())
    page.check(row, _WIDE + 1, f"{place.name}: {len(lines)} values, C and the blended yield by hand are those of xlfv",
               f"AND({passes})")  # fmt: skip


def _rolls(book: Book, place: TrustPlace) -> bool:
    """The rows of the rollforward can be worked out: the trust stood on the balance sheet, at monthly yields."""
    before = before_of(book)
    if before is None or book.rolled is None or place.name not in before.trusts:
        return False
    then = before.trusts[place.name]
    monthly = all(one.basis == "monthly" for one in then.yields.values())
    held = held_classes(then.source.trust) or held_classes(place.valued.source.trust)
    return (
        not held
        and monthly
        and then.consolidated
        and place.valued.consolidated
        and math.isfinite(then.value.collateral_yield)
    )


def _rollforward(page: Page, place: TrustPlace, row: int) -> None:
    """Opening, effective interest less contractual, settlements and closing; what they leave is the change in fair value."""
    assert page.book.rolled is not None
    titles = matrix(page.book.rolled.month[place.name])[0]
    page.section(row, f"{place.name}: the month's rollforward", _WIDE)
    heads = [f"{name}, {whose}" for _, name in _ROLLED for whose in ("by hand ($)", "by xlfv ($)")]
    page.heads(row + 1, 0, ("row", "", *heads), numbers_from=2)
    apart = []
    for k, (column, _) in enumerate(_ROLLED):
        mine, theirs = 2 + 2 * k, 3 + 2 * k
        for r, (title, formula, rows) in enumerate(_rolled_rows(place, titles, column, row, mine), row + 2):
            page.text(r, 0, title)
            page.formula(r, mine, f"={formula}", _CENTS)
            page.formula(r, theirs, f"={'+'.join(_printed(titles, one, column) for one in rows)}", _CENTS)
            apart.append(f"ABS({at(r, mine)}-{at(r, theirs)})<0.01")
    page.check(
        FIRST + 1,
        _WIDE + 1,
        f"{place.name}: the rows of the rollforward by hand are those of xlfv",
        f"AND({','.join(apart)})",
    )


def _printed(titles: Sequence[str], title: str, column: str) -> str:
    """A cell of the first trust's rollforward on Trust rollforwards."""
    return f"INDEX(rollforwards_month,{2 + titles.index(title)},{3 + COLUMNS.index(column)})"


def _rolled_rows(
    place: TrustPlace, titles: Sequence[str], column: str, row: int, mine: int
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Title, formula by hand and the rows of the table it is held against."""
    sign = 1 if column == "securitized_mortgage_collateral" else -1
    name = quote_text(place.name)
    owed = f'(before_trust={name})*(before_side="liability")'
    others = "*".join(
        f"(before_item<>{quote_text(item)})" for item in (fv.DERIVATIVE_LIABILITIES, fv.OTHER_LIABILITIES)
    )
    which = f"{owed}*{others}" if sign < 0 else f"(before_trust={name})*(before_item={quote_text(fv.COLLATERAL)})"
    value = f"SUMPRODUCT({which},before_value)"
    effective = f"SUMPRODUCT({which},before_value,before_yield)/12"

    def posted(*items: str) -> str:
        return "+".join(f'SUMIFS(ledger_amount,ledger_trust,{name},ledger_item,"{item}")' for item in items) or "0"

    taken, less, principal, lent = (posted(*items) for items in _POSTED[column])
    due = f"SUMIFS({RECONCILED_DUE},{RECONCILED_TRUST},{name},{RECONCILED_COLUMN},{quote_text(TITLES[column])})"
    minus = "-" if sign < 0 else ""
    foreclosed = ""
    if sign > 0:  # REO took what it was foreclosed at, and gave what the ledger says
        reo = _printed(titles, ACTIVITY["settlements"], "real_estate_owned")
        foreclosed = f"-({reo}+{posted('reo_sales_proceeds')})"
    opening, interest, settled, closing = (at(row + 2 + k, mine) for k in (0, 1, 2, 4))
    interest_row = ACTIVITY["interest_income" if sign > 0 else "interest_expense"]
    now = item_value(place, fv.COLLATERAL)
    if sign < 0:
        side, lines, values = (place.named(word) for word in ("fv_side", "fv_item", "fv_value"))
        apart = "*".join(f"({lines}<>{quote_text(item)})" for item in (fv.DERIVATIVE_LIABILITIES, fv.OTHER_LIABILITIES))
        now = f'SUMPRODUCT(({side}="liability")*{apart},{values})'
    left = (ACTIVITY["change_in_fair_value"], ACTIVITY["transfers"], FURTHER["unexplained"])
    return [
        ("Opening: the month before, input on Fair value", f"{minus}{value}", (OPENING,)),
        ("Interest: a twelfth of opening yields, less what was due (Cash and REO)", f"{minus}({effective}-{due})", (interest_row,)),
        ("Settlements: posted beyond what was due (collateral: and foreclosed)",
         f"{'-' if sign > 0 else ''}(({taken})-({less})-{due}+({principal})-({lent})){foreclosed}", (ACTIVITY["settlements"],)),
        ("Change in fair value and what is unexplained: the rest", f"{closing}-{opening}-{interest}-{settled}",
         left),
        ("Closing: Fair value", f"{minus}{now}", (CLOSING,)),
    ]  # fmt: skip
