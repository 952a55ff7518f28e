"""A trust's sheet: the deal on a page, what its classes are worth, and the small tables that make it."""

from __future__ import annotations

from collections.abc import Sequence

from xlfv.excel.book.frame import FAIR_VALUE, Book, TrustPlace
from xlfv.excel.book.page import FIRST, Page, at, quote_text, span
from xlfv.excel.book.plan import Spot, TrustPlan
from xlfv.excel.book.styles import BOLD, HEAD, TEXT, Style
from xlfv.excel.book.tables import write_table
from xlfv.reporting.trust_columns import held_classes
from xlfv.trust.measurement import CFE_ASSETS
from xlfv.valuation import fair_value as fv
from xlfv.valuation.fair_value import RESIDUAL_INTEREST
from xlfv.valuation.measurement import measurement_of
from xlfv.valuation.yields import RESIDUAL

RIGHT_BLOCK = 4  # column E
_CLASS_HEADS = (
    "class", "balance ($)", "yield", "basis", "clean price", "fair value ($)", "average life (years)", "duration (years)",
    "expected loss ($)", "loss of balance", "value at yield -1 point ($)", "value at yield +1 point ($)",
)  # fmt: skip
_TITLES = {
    "bonds": "Bonds", "waterfall": "Waterfall", "costs": "Costs", "terms": "Terms", "triggers": "Triggers",
    "hedges": "Derivatives", "reo": "Real estate owned", "schedules": "Schedules",
    "accounts": "Accounts",
}  # fmt: skip


def write_trust(book: Book, place: TrustPlace) -> None:
    """Write a trust's sheet."""
    page = book.pages[place.sheet]
    plan = book.plans[place.name]
    _summary(page, place, plan)
    _values(page, place)
    _classes(page, place, plan)
    wide = max([12, *(spot.last_column + 1 for spot in plan.tables.values())])
    for name, spot in plan.tables.items():
        page.section(spot.row - 1, f"{_TITLES[name]} (input){'' if spot.columns.rows else ': none'}", wide)
        write_table(page, spot.row, spot.column, spot.columns)
        page.name_range(place.named(name), spot.row, spot.column, spot.last_row, spot.last_column)
    page.layout([34, 16, 18, 24, *[12.5] * (wide - 4)], (FIRST, 1), None)
    page.heading("The deal on a page: the pool and the bonds today, what each class is worth, and the rules it is paid by.",
                 f"={quote_text(place.name)}", "dollars")  # fmt: skip


def _summary(page: Page, place: TrustPlace, plan: TrustPlan) -> None:
    page.section(FIRST, "Today", 3)
    looks = [TEXT, Style("plain", align="right")]
    page.spill(plan.summary, 0, f"=XLFV_TRUST_SUMMARY({place.trust})", plan.summary_height, 2, looks)
    if page.book.answered:
        for r in range(plan.summary + 1, plan.summary + plan.summary_height):
            words = str(page.book.answer(page.name, r, 0))
            answer = page.book.answer(page.name, r, 1)
            page.value(r, 1, answer, _summary_look(words))


def _summary_look(words: str) -> Style:
    """The format of one line of the summary, by its words."""
    if words in ("notice", "consolidated", "trust"):
        return Style("text", align="" if words == "notice" else "right")
    if words == "as of":
        return Style("date", align="right")
    if "share" in words or words.endswith("rate"):
        return Style("rate", align="right")
    if "$" in words:
        return Style("dollars", align="right")
    return Style("count", align="right")


def _values(page: Page, place: TrustPlace) -> None:
    """Values and cover of the deal, each from a function of its own."""
    yields = page.book.yields
    row = yields.rows[place.name, RESIDUAL]
    rate, basis = yield_cells(page.book, row)
    projection, trust = place.projection, place.trust
    month_one = f"INDEX(XLFV_RESIDUAL_CASHFLOW({projection}),2,"
    lines: Sequence[tuple[str, str, str]] = (
        ("Collateral at fair value ($)", f"=XLFV_COLLATERAL_VALUE({projection},yields)", "dollars"),
        ("Blended yield of the collateral", f"=XLFV_COLLATERAL_YIELD({projection},yields)", "rate"),
        ("Real estate owned at NRV ($)", f"=XLFV_REO_VALUE({trust})", "dollars"),
        ("Derivatives, net ($)", f"=XLFV_HEDGE_VALUE({projection})", "dollars"),
        ("Residual interest ($)", f"=XLFV_RESIDUAL_VALUE({projection},{rate},{basis})", "dollars"),
        ("OC after the next remittance ($)", f"={month_one}4)", "dollars"),
        ("its target ($)", f"={month_one}5)", "dollars"),
        ("Losses still expected ($)", f'=SUM(INDEX(XLFV_TRUST_CASHFLOW({projection},"all_losses"),0,3))', "dollars"),
        ("Interest still expected, net ($)", f'=SUM(INDEX(XLFV_TRUST_CASHFLOW({projection},"net_interest"),0,3))', "dollars"),
        ("Residual cash still expected ($)", f"=SUM(INDEX(XLFV_RESIDUAL_CASHFLOW({projection}),0,3))", "dollars"),
    )  # fmt: skip
    page.section(FIRST, "Worth and cover", 5, RIGHT_BLOCK)
    for k, (title, formula, number) in enumerate(lines):
        page.text(FIRST + 1 + k, RIGHT_BLOCK, title)
        page.formula(FIRST + 1 + k, RIGHT_BLOCK + 4, formula, Style(number))
    _checks(page, place, FIRST + 1 + len(lines) + 1)


def _checks(page: Page, place: TrustPlace, row: int) -> None:
    first = FIRST + 1
    collateral, reo, hedges, residual = (at(first + k, RIGHT_BLOCK + 4) for k in (0, 2, 3, 4))
    plan = page.book.plans[place.name]
    total = at(plan.classes + 1 + len(place.valued.source.trust.tranches), 5)
    page.section(row, "Checks (0 = fine)", 5, RIGHT_BLOCK)
    derivatives = f"({item_value(place, fv.DERIVATIVE_ASSETS)}-{item_value(place, fv.DERIVATIVE_LIABILITIES)})"
    ties = [
        ("collateral agrees with Fair value", collateral, item_value(place, fv.COLLATERAL)),
        ("REO agrees with Fair value", reo, item_value(place, fv.REO)),
        ("derivatives agree with Fair value", hedges, derivatives),
        ("residual agrees with Fair value", residual, item_value(place, RESIDUAL_INTEREST)),
    ]
    if (
        measurement_of(place.valued.projection) != CFE_ASSETS
    ):  # there the bonds are what the assets leave them, not their yields
        ties.append(("classes one by one agree with Fair value", total, borrowings(place)))
    for k, (what, mine, theirs) in enumerate(ties):
        page.check(row + 1 + k, RIGHT_BLOCK, f"{place.name}: {what}", f"ABS({mine}-{theirs})<0.5")


def item_value(place: TrustPlace, item: str) -> str:
    """The value of a line of the trust's balance on the sheet Fair value; an error where that balance is one."""
    side, lines, values = (place.named(name) for name in ("fv_side", "fv_item", "fv_value"))
    return f'SUMPRODUCT(({side}<>"check")*({lines}={quote_text(item)}),{values})'


def side_value(place: TrustPlace, side: str) -> str:
    """The value of a side of the trust's balance; an error where that balance is one, which SUMIFS would pass over."""
    return f'SUMPRODUCT(--({place.named("fv_side")}="{side}"),{place.named("fv_value")})'


def borrowings(place: TrustPlace) -> str:
    """The value of all classes on the sheet Fair value."""
    side, lines, values = (place.named(name) for name in ("fv_side", "fv_item", "fv_value"))
    others = "*".join(f'({lines}<>"{name}")' for name in (fv.DERIVATIVE_LIABILITIES, fv.OTHER_LIABILITIES))
    return f'SUMPRODUCT(({side}="liability")*{others},{values})'


def held_value(place: TrustPlace, sign: str = "+") -> str:
    """What is added (or taken off) for the classes that the company holds, by the sheet Fair value; empty where it holds none."""
    return "".join(f"{sign}{item_value(place, name)}" for name in held_classes(place.valued.source.trust))


def yield_cells(book: Book, row: int) -> tuple[str, str]:
    """The cells of a yield and its basis, or the words of the basis where the register has no such column."""
    spot, page = book.yields.spot, book.pages["Yields"]
    headers = spot.columns.headers
    rate = page.ref(row, headers.index("yield"))
    if "basis" not in headers:
        return rate, '"monthly"'
    return rate, page.ref(row, headers.index("basis"))


def _classes(page: Page, place: TrustPlace, plan: TrustPlan) -> None:
    """Each class by the functions for one class; their sum is checked against the trust's balance."""
    page.section(
        plan.classes - 1, f"Classes at fair value; the same values as on {FAIR_VALUE}, one by one", len(_CLASS_HEADS)
    )
    page.heads(plan.classes, 0, _CLASS_HEADS)
    page.text(plan.classes, 3, _CLASS_HEADS[3], HEAD.but(indent=1))
    names = place.valued.source.trust.tranches
    for k, name in enumerate(names):
        _class(page, place, plan, name, plan.classes + 1 + k)
    total = plan.classes + 1 + len(names)
    page.text(total, 0, "All classes", BOLD.but(top=True))
    bonds = place.valued.source.trust["bonds"]
    kinds = dict(zip(map(str, bonds["tranche"]), map(str, bonds["kind"]), strict=True))
    notionals = "".join(f"-{at(plan.classes + 1 + k, 1)}" for k, name in enumerate(names) if kinds[name] == "io")
    for column in range(1, len(_CLASS_HEADS)):
        if column in (1, 5, 8, 10, 11):
            # The notional of an io is no debt: it does not belong in the sum of balances.
            aside = notionals if column == 1 else ""
            formula = f"=SUM({span(plan.classes + 1, column, total - 1, column)}){aside}"
            page.formula(total, column, formula, Style("dollars", bold=True, top=True))
        else:
            page.text(total, column, "", BOLD.but(top=True))


def _class(page: Page, place: TrustPlace, plan: TrustPlan, name: str, row: int) -> None:
    rate, basis = yield_cells(page.book, page.book.yields.rows[place.name, name.lower()])
    cell = {k: at(row, column) for column, k in enumerate("abcdefghijkl")}
    asked = f"{place.projection},{cell['a']}"
    priced = f"{asked},{cell['c']},{cell['d']}"
    page.formula(row, 0, f"={_bond_cell(page, place, plan, name, 'tranche')}", Style("text", role="link"))
    page.formula(row, 1, f"={_bond_cell(page, place, plan, name, 'balance')}", Style("dollars", role="link"))
    page.formula(row, 2, f"={rate}", Style("rate", role="link"))
    page.formula(row, 3, f'=IF({basis}="","monthly",{basis})', Style("text", role="link", indent=1))
    empty = f'=IF({cell["b"]}=0,"",'
    page.formula(row, 4, f"{empty}XLFV_TRANCHE_PRICE({priced}))", Style("price"))
    page.formula(row, 5, f"=XLFV_TRANCHE_PV({priced})", Style("dollars"))
    page.formula(row, 6, f'=IFERROR(XLFV_TRANCHE_WAL({asked}),"none")', Style("years", align="right"))
    duration = f'IF({cell["d"]}="dm","",XLFV_TRANCHE_DURATION({priced}))'
    page.formula(row, 7, f'=IF({cell["f"]}=0,"",{duration})', Style("years"))
    page.formula(row, 8, f"=XLFV_TRANCHE_LOSS({asked})", Style("dollars"))
    page.formula(row, 9, f"{empty}{cell['i']}/{cell['b']})", Style("rate"))
    for column, sign in ((10, "-"), (11, "+")):
        page.formula(row, column, f"=XLFV_TRANCHE_PV({asked},{cell['c']}{sign}0.01,{cell['d']})", Style("dollars"))


def _bond_cell(page: Page, place: TrustPlace, plan: TrustPlan, name: str, header: str) -> str:
    """The cell of a class in the table of bonds; its words or number where that travels by its file."""
    bonds = place.valued.source.trust["bonds"]
    row = [str(each) for each in bonds["tranche"]].index(name)
    spot: Spot | None = plan.tables.get("bonds")
    cell = spot.at(row, header) if spot else None
    if cell is not None:
        return at(*cell)
    return quote_text(name) if header == "tranche" else repr(float(bonds["balance"][row]))
