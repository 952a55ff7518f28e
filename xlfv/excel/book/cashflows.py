"""Cash flows of a chosen trust, and of a chosen class of it, month by month."""

from __future__ import annotations

from xlfv.excel.book.frame import CASH, TRANCHES, YIELDS, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.styles import BOLD, OWN, RIGHT, Style
from xlfv.excel.cash_columns import TRANCHE_USUAL

HEAD_ROW = FIRST + 5  # selectors, a blank, totals, titles; then the function's own headers
COLUMNS = (
    "begin_balance", "scheduled_principal", "prepaid_principal", "curtailed_principal", "advanced_principal",
    "liquidation_proceeds", "subsequent_recoveries", "reo_proceeds", "call_price", "interest_funds", "hedge_received",
    "account_cash", "insurer_cash", "costs", "hedge_paid", "bond_cash", "residual_cash", "all_losses", "end_balance", "oc", "oc_target",
)  # fmt: skip
_BALANCES = {
    "begin_balance",
    "end_balance",
    "oc",
    "oc_target",
    "coupon",
    "interest_shortfall",
    "basis_risk_carryforward",
}
CASH_IN = (
    "scheduled_principal", "prepaid_principal", "curtailed_principal", "advanced_principal", "liquidation_proceeds",
    "subsequent_recoveries", "reo_proceeds", "call_price", "interest_funds", "hedge_received", "account_cash",
    "insurer_cash",
)  # fmt: skip
CASH_OUT = ("costs", "hedge_paid", "bond_cash", "residual_cash")
"""What comes in each month goes out: the sheet proves it."""
_FLOW = Style("flow")
_LEAD = (Style("count"), Style("date", align="right"))


def choose(page: Page, row: int, column: int, title: str, name: str, value: object, source: str) -> None:
    """A cell to choose from a list (or a whole number from 1), with its title on the left and a name."""
    page.text(row, column, title, BOLD)
    style = Style("", role="input", bold=True, align="left")
    page.value(row, column + 2, value, style)
    rule = {"validate": "list", "source": source} if source else {"validate": "integer", "criteria": ">=", "value": 1}
    page.allow(row, column + 2, rule)
    page.name_range(name, row, column + 2)


def write_cash_flows(book: Book) -> None:
    """Write the sheet of the collateral's cash and where it goes."""
    page = book.pages[CASH]
    chosen = book.trusts[0]
    choose(page, FIRST, 0, "Trust", "chosen_trust", chosen.name, "=trusts")
    page.note(FIRST, 4, "choose a trust in the blue cell; Tranches and Charts follow it")
    page.text(FIRST + 1, 0, "Projection")
    page.formula(FIRST + 1, 2, "=INDEX(projections,MATCH(chosen_trust,trusts,0))")
    page.name_range("chosen_projection", FIRST + 1, 2)
    months = chosen.valued.projection.months
    looks = [*_LEAD, *[_FLOW] * len(COLUMNS)]
    formula = f'=XLFV_TRUST_CASHFLOW(chosen_projection,"{",".join(COLUMNS)}")'
    page.spill(HEAD_ROW, 0, formula, months + 1, len(looks), looks, OWN)
    last = HEAD_ROW + book.longest()
    _totals(page, ("month", "date", *COLUMNS), last)
    gap = len(looks)
    page.text(HEAD_ROW - 1, gap, "cash in less out", RIGHT)
    for row in range(HEAD_ROW + 1, HEAD_ROW + 1 + months):
        page.formula(row, gap, f'=IF({at(row, 0)}="","",ROUND({_net(row)},2))', _FLOW)
    _cash_checks(page, last, gap)
    page.layout([7, 11, *[12.5] * len(COLUMNS), 9], (HEAD_ROW + 1, 2), (HEAD_ROW - 1, HEAD_ROW))
    page.heading("Expected cash of the loans and where it goes. Losses and balances are no cash.", "=chosen_trust", "dollars a month")  # fmt: skip


def _column(name: str) -> int:
    return 2 + COLUMNS.index(name)


def _net(row: int) -> str:
    inward = "+".join(at(row, _column(name)) for name in CASH_IN)
    return f"{inward}-{'-'.join(at(row, _column(name)) for name in CASH_OUT)}"


def _totals(page: Page, names: tuple[str, ...], last: int) -> None:
    """Titles, and above them totals over all months, where they stay in sight; an error where the table below is one."""
    row = HEAD_ROW - 2
    page.heads(HEAD_ROW - 1, 0, [name.replace("_", " ") for name in names], numbers_from=0)
    page.text(row, 0, "All months", BOLD)
    for column, name in enumerate(names):
        if column >= 2 and name not in _BALANCES:
            page.formula(
                row,
                column,
                f"=SUM({span(HEAD_ROW + 1, column, last, column)})+N({span(HEAD_ROW, 0)})",
                Style("flow", bold=True),
            )


def _cash_checks(page: Page, last: int, gap: int) -> None:
    row = FIRST
    whole = span(HEAD_ROW + 1, gap, last, gap)
    page.check(
        row,
        11,
        "chosen trust: cash is conserved in every month",
        f"AND(MAX({whole})+N({at(HEAD_ROW, 0)})<0.005,MIN({whole})>-0.005)",
    )
    begin, end = _column("begin_balance"), _column("end_balance")
    later, earlier = span(HEAD_ROW + 2, begin, last, begin), span(HEAD_ROW + 1, end, last - 1, end)
    page.check(
        row + 1,
        11,
        "chosen trust: every month begins where the last ended",
        f"SUMPRODUCT(({later}-{earlier})^2)+N({at(HEAD_ROW, 0)})<1",
    )


def write_tranches(book: Book) -> None:
    """Write the sheet of one class's cash."""
    page = book.pages[TRANCHES]
    place = book.trusts[0]
    spot = book.yields.spot
    item = book.pages[YIELDS].ref(spot.row + 1, spot.columns.headers.index("item"))
    page.text(FIRST, 0, "Trust", BOLD)
    page.formula(FIRST, 2, "=chosen_trust", Style(role="link", bold=True))
    page.note(FIRST, 4, "the trust is chosen on Cash flows; choose one of its classes in the blue cell")
    source = f"=OFFSET({item},MATCH(chosen_trust,yields_trust,0)-1,0,COUNTIF(yields_trust,chosen_trust)-1,1)"
    choose(page, FIRST + 1, 0, "Class", "chosen_class", _longest_class(place), source)
    months = place.valued.projection.months
    looks = [*_LEAD, *[Style("rate") if name == "coupon" else _FLOW for name in TRANCHE_USUAL]]
    formula = "=XLFV_TRANCHE_CASHFLOW(chosen_projection,chosen_class)"
    page.spill(HEAD_ROW, 0, formula, months + 1, len(looks), looks, OWN)
    last = HEAD_ROW + book.longest()
    _totals(page, ("month", "date", *TRANCHE_USUAL), last)
    _class_check(page, last)
    page.layout([7, 11, *[13] * len(TRANCHE_USUAL)], (HEAD_ROW + 1, 2), (HEAD_ROW - 1, HEAD_ROW))
    page.heading(
        "What a class is due and paid; cash is all it is paid.",
        '=chosen_trust&", class "&chosen_class',
        "dollars a month",
    )


def _longest_class(place: TrustPlace) -> str:
    """The class that is outstanding longest: the one with most to see."""
    paid = place.valued.projection.distributions
    names = place.valued.source.trust.tranches
    return max(names, key=lambda name: int((paid.tranche(name)["begin_balance"] > 0.5).sum()))


def _class_check(page: Page, last: int) -> None:
    """The balance rolls in every month and from each to the next (an io's notional rolls with others'); cash adds up."""

    def months(name: str, first: int = HEAD_ROW + 1, to: int = last) -> str:
        column = 2 + TRANCHE_USUAL.index(name)
        return span(first, column, to, column)

    def total(name: str) -> str:
        return at(HEAD_ROW - 2, 2 + TRANCHE_USUAL.index(name))

    between = f"({months('begin_balance', HEAD_ROW + 2)}-{months('end_balance', to=last - 1)})^2"
    raised = "+".join(months(name) for name in ("begin_balance", "accreted", "writeup"))
    lowered = "-".join(months(name) for name in ("principal_paid", "writedown", "end_balance"))
    notional = 'COUNTIFS(yields_trust,chosen_trust,yields_item,chosen_class,yields_kind,"io")>0'
    broken = f"N({at(HEAD_ROW, 0)})"  # an error where the table is one
    page.check(
        FIRST,
        10,
        "chosen class: its balance rolls in every month and from each to the next",
        f"SUMPRODUCT({between})+IF({notional},0,SUMPRODUCT(({raised}-{lowered})^2))+{broken}<1",
    )
    parts = ("interest_paid", "shortfall_paid", "basis_risk_paid", "principal_paid", "loss_paid")
    page.check(
        FIRST + 1,
        10,
        "chosen class: interest, principal and losses made good add up to its cash",
        f"ABS({'+'.join(map(total, parts))}-{total('cash')})<0.5",
    )
