"""The shelf deal's tables as people fill them in: terms and classes, the waterfall to read, the collateral's cash."""

from __future__ import annotations

import datetime as dt

from workbooks import shelf_cash, shelf_deal
from workbooks.shelf_deal import Cells
from workbooks.shelf_months import STEPS
from xlfv.excel.pen import HEAD, NOTE, RIGHT, Pen, Style, at

TERMS, WATERFALL, CASH = "Terms & classes", "Waterfall", "Collateral cash"
_INPUT = Style(role="input")
_LOOKS = {
    "balance": "cents", "original_balance": "cents", "amount": "cents", "target": "cents", "margin": "rate3", "margin_after_call": "rate3",
    "target_enhancement": "rate", "rate": "rate3", "pay_rate": "rate3", "strike": "rate3", "net_wac": "rate3", "accrual_start": "date",
    "payment_date": "date", "LIBOR_1M": "rate4", "month": "count", "end": "count",
    **dict.fromkeys(("scheduled_principal", "prepaid_principal", "liquidation_proceeds", "losses", "subsequent_recoveries",
                     "gross_interest", "net_interest", "delinquent_60"), "cents"),
}  # fmt: skip
_TERM_LOOKS = {"original_pool_balance": "cents", **dict.fromkeys(("oc_target", "oc_target_after_stepdown", "oc_floor",
               "stepdown_enhancement", "call_factor"), "rate")}  # fmt: skip
ORDER = ("bonds", "terms", "triggers", "costs", "hedges", "accounts", "schedules")
_WORDS = {
    "bonds": "Classes", "terms": "Terms", "triggers": "Triggers", "costs": "Fees and the insurer's premium",
    "hedges": "Swaps and cap", "accounts": "Reserve fund", "schedules": "Notionals",
}  # fmt: skip
NAMED = {
    "bonds": ("tranche", "balance", "margin", "target_enhancement"), "costs": ("cost", "rate"), "hedges": ("hedge", "pay_rate", "strike", "end"),
    "cash": ("month", "group", "balance", "scheduled_principal", "prepaid_principal", "liquidation_proceeds", "losses", "subsequent_recoveries",
             "net_interest", "delinquent_60", "net_wac", "payment_date"),
}  # fmt: skip
"""Columns that the arithmetic by hand names: ``cash_losses``."""


def typed(cell: str) -> object:
    """A cell of a CSV as a sheet holds it."""
    if not cell:
        return None
    try:
        return float(cell)
    except ValueError:
        pass
    try:
        return dt.date.fromisoformat(cell)
    except ValueError:
        return cell


def write_table(pen: Pen, row: int, column: int, name: str, cells: Cells) -> int:
    """A table with its names; gives the row after it."""
    header, *rows = cells
    for k, title in enumerate(header):
        pen.put(row, column + k, title, RIGHT if title in _LOOKS and _LOOKS[title] != "date" else HEAD.but(indent=1))
        for r, line in enumerate(rows, row + 1):
            value = typed(line[k])
            look = "date" if isinstance(value, dt.date) else _LOOKS.get(title, "")
            if name == "terms" and title == "value":
                look = _TERM_LOOKS.get(line[0], look)
            left = look in ("", "date") or name == "terms"
            pen.put(r, column + k, value, _INPUT.but(number=look, align="left" if left else "", indent=int(left)))
    last = row + len(rows)
    pen.name(name, row, column, last, column + len(header) - 1)
    for title in NAMED.get(name, ()):
        k = column + header.index(title)
        pen.name(f"{name}_{title}", row + 1, k, last, k)
    return last + 1


def write_terms(pen: Pen) -> None:
    """Every small table, one under another; the trust and its projection above."""
    pen.top(
        TERMS,
        "The deal as its documents give it. Blue cells are what somebody fills in; all else in the workbook follows from them.",
    )
    tables = shelf_deal.tables()
    pen.put(3, 0, "The trust", Style("text", bold=True))
    others = "costs,terms,triggers,hedges,,schedules,accounts"
    year, month, day = shelf_deal.AS_OF.split("-")
    pen.formula(
        3, 1, f'=XLFV_TRUST("{shelf_deal.NAME}",DATE({year},{int(month)},{int(day)}),,bonds,waterfall,{others})'
    )
    pen.put(4, 0, "Its projection", Style("text", bold=True))
    pen.formula(4, 1, "=XLFV_DISTRIBUTE(trust,cash,indices)")
    pen.name("trust", 3, 1)
    pen.name("projection", 4, 1)
    row = 6
    for name in ORDER:
        cells = tables[name]
        pen.section(row, f"{_WORDS[name]}  (table {name})", len(tables["bonds"][0]))
        if name == "terms":
            for k, (term, _) in enumerate(cells[1:]):
                if term in ("closing_date", "original_pool_balance", "oc_target", "oc_target_after_stepdown", "oc_floor",
                            "stepdown_age", "stepdown_enhancement"):  # fmt: skip
                    pen.name("original_pool" if term == "original_pool_balance" else term, row + 2 + k, 1)
        if name == "accounts":
            pen.name("reserve_balance", row + 2, 1)
            pen.name("reserve_target", row + 2, 2)
        if name == "schedules":
            for schedule in dict.fromkeys(line[0] for line in cells[1:]):
                at_rows = [row + 1 + k for k, line in enumerate(cells) if line[0] == schedule]
                key = schedule.lower().replace("-", "_")
                pen.name(f"{key}_months", at_rows[0], 1, at_rows[-1], 1)
                pen.name(f"{key}_amounts", at_rows[0], 2, at_rows[-1], 2)
        if name == "bonds":
            pen.sheet.set_row(row + 1, 30)
        row = write_table(pen, row + 1, 0, name, cells) + 1
    pen.layout([26, 29, 16, 17, 15, 15, 14, 12, 18, 15, 22, 14, 15, 19, 12, 15], (6, 1))


def write_waterfall(pen: Pen) -> None:
    """The steps under their headings, each in a sentence, with what it paid in the chosen month beside it."""
    pen.top(WATERFALL, "The priority of payments, run from top to bottom every month. Each row is one step: which cash it takes, what it pays and to"
            " whom, how, and when; then where a prospectus says so, and what it means.")  # fmt: skip
    pen.put(2, 1, "Month shown", Style("text", bold=True))
    pen.put(2, 3, 22.0, Style("count", role="input", align="left"))
    pen.name("shown_month", 2, 3)
    pen.sheet.data_validation(
        2, 3, 2, 3, {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": shelf_deal.MONTHS}
    )
    pen.put(2, 4, "choose another: the last two columns are the dollars of that month", NOTE)
    friendly = ("", "step", "the cash it takes", "what it pays", "to whom, in order", "shared out", "only when", "loan group",
                "section of the prospectus: in plain words", "", "")  # fmt: skip
    for k, title in enumerate(friendly):
        pen.put(4, k, title or None, Style(role="note", align="right" if k > 8 else "left") if title else Style())
    for k, title in enumerate(("step", "from", "pay", "to", "rule", "when", "group", "note")):
        pen.put(5, 1 + k, title, HEAD)
    for k, title in enumerate(("due, $", "paid, $")):
        pen.put(5, 9 + k, title, Style(role="head", align="right"))
    row, count = 6, sum(len(lines) for _, lines in shelf_deal.WATERFALL)
    for heading, lines in shelf_deal.WATERFALL:
        pen.sheet.set_row(row, 22)
        for k in range(11):
            pen.put(row, k, heading if k == 0 else None, Style(role="section"))
        row += 1
        for line in lines:
            cells = (*line[:7], f"{line.section}: {line.words}")
            for k, cell in enumerate(cells):
                pen.put(
                    row,
                    1 + k,
                    typed(cell) if k == 6 else cell or None,
                    _INPUT.but(wrap=k == 3, align="left") if k < 7 else Style("text", wrap=True),
                )
            for k, column in enumerate((6, 7)):
                steps = f"'{STEPS}'!$A$6:$A${5 + count}"
                values = steps.replace("$A", "$F" if column == 6 else "$G")
                pen.formula(row, 9 + k, f"=INDEX({values},MATCH({at(row, 1)},{steps},0))", Style("cents"))
            pen.sheet.set_row(row, 15.0 * max(_lines(cells[7], 82), _lines(cells[3], 24)))
            row += 1
    pen.name("waterfall", 5, 1, row - 1, 8)
    _glossary(pen, row + 1)
    pen.layout([3, 7, 17, 18, 24, 12, 17, 10, 76, 15, 15], (6, 2), (4, 5), tall=2)


_GLOSSARY = (
    ("The cash it takes", (
        ("interest", "the month's interest of the loans, after servicing; with a loan group, of that group's loans"),
        ("principal", "the month's principal of the loans, liquidation proceeds and subsequent recoveries among it"),
        ("hedge", "what the swaps and the cap pay to the trust"),
        ("excess", "whatever of these no later step takes: the net monthly excess cash flow"),
        (shelf_deal.RESERVE, "the reserve fund"),
        (shelf_deal.INSURER, "the insurer: what a step draws on it is owed to it until it is paid back"),
    )),
    ("What it pays", (
        ("interest", "interest of the month, up to the net WAC cap"),
        ("interest_shortfall", "interest unpaid in earlier months"),
        ("basis_risk", "interest cut off by the cap in this month and before: the basis risk carryforward"),
        ("principal", "balance, out of what the bonds may get of the principal collected"),
        ("oc", "balance, until the pool exceeds the bonds by the overcollateralization target"),
        ("writedown, writeup", "no cash: balances fall by losses and rise by recoveries"),
        ("unpaid_loss", "cash for what was written down"),
        ("hedge", "what the trust owes on a swap"),
        ("deposit, release", "into the reserve fund up to its target; out of it what is above"),
        ("reimbursement", "to the insurer, what was drawn on it"),
        ("residual", "to the holder of the residual"),
    )),
    ("How it is shared out", (
        ("sequential", "the first is paid in full before the next"),
        ("pro_rata", "each by what it is owed"),
        ("target", "in turn, each down to where the enhancement that the classes name stands behind it"),
    )),
    ("Only when", (
        ("before_stepdown", "until the step-down date: the later of the stated age and the enhancement asked for"),
        ("after_stepdown", "from then on; what the steps above have taken is gone, so a failed test leaves nothing here"),
        ("loss_test, delinquency_test", "while that trigger fails; no_subordination: once the mezzanines are gone"),
    )),
)  # fmt: skip


def _glossary(pen: Pen, row: int) -> None:
    """What the words of the table mean."""
    pen.section(row, "The words of the table", 11)
    for title, words in _GLOSSARY:
        row += 1
        pen.put(row, 1, title, Style("text", bold=True))
        for word, meaning in words:
            row += 1
            pen.put(row, 2, word)
            pen.put(row, 4, meaning)


def _lines(text: str, wide: int) -> int:
    return -(-len(text) // wide) or 1


def write_cash(pen: Pen) -> None:
    """The cash table, and beside it the index."""
    pen.top(CASH, "What the loans bring, by month and loan group, given as a table; and LIBOR. Made up so that every rule of the deal comes to bear: no"
            " forecast and no history.")  # fmt: skip
    cash = shelf_cash.cash()
    write_table(pen, 3, 0, "cash", cash)
    start = len(cash[0]) + 1
    write_table(pen, 3, start, "indices", shelf_cash.indices())
    pen.name("libor", 4, start + 1, 4 + shelf_deal.MONTHS, start + 1)
    pen.sheet.set_row(3, 30)
    pen.layout([7, 8, *[15] * 9, 10, 15, 3, 8, 11], (4, 2), (3, 3))
