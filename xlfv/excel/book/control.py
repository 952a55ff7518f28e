"""Control: the month, the trusts with their handles, the state of the work, every check of the book, the legend."""

from __future__ import annotations

from xlfv.excel.book.buttons import write_buttons, write_runs
from xlfv.excel.book.frame import CONTROL, ROLLFORWARD, Book, TrustPlace, source_words
from xlfv.excel.book.page import FIRST, Page, at, span
from xlfv.excel.book.styles import BOLD, TEXT, Style
from xlfv.months.folder import previous

WIDTHS = (26, 17, 42, 48, 9, 26, 18)
_INPUT = Style("text", role="input")
TABLES = (
    "loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo", "schedules",
    "accounts",
)  # fmt: skip
_STATES = ["draft", "checked", "locked"]
LOADED, STATE, LOCKED = "loaded_month", "loaded_tables", "locked_state"
OPEN = "not yet"


def write_control(book: Book) -> None:
    """Write the sheet; the last of all, as it lists every check."""
    page = book.pages[CONTROL]
    _month(page)
    _trusts(page)
    row = book.FIRST_TRUST + len(book.trusts) + 1
    _loaded(page, row + 6)
    listed = row + 9
    if book.buttons is not None:
        write_buttons(page)
        write_runs(page, listed)
        listed += 9
    checks = _checks(page, listed)
    _state(page, row, checks)
    _legend(page, row)
    page.layout(WIDTHS, (FIRST, 0), None)
    page.heading("Where the month is run from: what goes in, how far the work is, and every check of this book.", "all trusts",
                 "as each column says")  # fmt: skip


def _month(page: Page) -> None:
    book = page.book
    page.section(FIRST, "Month", 7)
    inputs = (
        ("As of", "as_of", book.as_of, "the valuation date"),
        ("Month", "month", None, "its folder in each trust's folder"),
        ("Status", "status", "draft", "draft, checked or locked"),
        ("Prepared by", "prepared_by", None, ""),
        ("Reviewed by", "reviewed_by", None, ""),
        ("Word (your reason)", "word", None, ""),  # beside nothing, as the paths below: it is long
        ("Data folder", "data_folder", book.data_folder or None, ""),
        ("Book", "book", book.kept.path or None, ""),
    )
    for k, (title, name, value, remark) in enumerate(inputs):
        row = FIRST + 1 + k
        page.text(row, 0, title)
        if name == "month":
            page.formula(row, 1, '=TEXT(as_of,"yyyy-mm")')
        else:
            page.value(row, 1, value, _INPUT.but(number="date", align="left") if name == "as_of" else _INPUT)
        page.name_range(name, row, 1)
        if remark:
            page.note(row, 2, remark)
    page.allow(FIRST + 3, 1, {"validate": "list", "source": _STATES})
    for k, (title, line) in enumerate((("xlfv", 1), ("Model hash", 2))):
        page.text(FIRST + 9 + k, 0, title)
        page.formula(FIRST + 9 + k, 1, f"=INDEX(XLFV_ABOUT(),{line},2)")
    how = "run xlfv refresh" if book.buttons is None else "type it above and press Load month"
    where = "Book, a book of months" if book.kept.path else "the data folder"
    page.note(
        FIRST + 11,
        0,
        f"Loans are read from {where}, all else stands in these sheets: for another month {how}.",
    )
    if book.buttons is not None:
        page.note(
            FIRST + 12,
            0,
            "Book: the file of a book of months, into which the buttons take what the data folder holds of a month; blank: plain"
            " folders. Word: why a warning may stand, a month is corrected, or locked with something open.",
        )


def _trusts(page: Page) -> None:
    book = page.book
    head = book.FIRST_TRUST - 1
    page.section(head - 1, "Trusts", 7)
    titles = ("Trust", "Consolidated", "Trust handle", "Projection handle", "Months", "State", "Sheet")
    page.heads(head, 0, titles, numbers_from=len(titles))
    for place in book.trusts:
        row = place.row
        page.text(row, 0, place.name, _INPUT)
        page.formula(row, 1, f'=IF(INDEX(XLFV_TRUST_SUMMARY({place.trust}),4,2),"yes","no")')
        page.formula(row, 2, trust_formula(book, place))
        page.formula(row, 3, project_formula(book, place))
        page.formula(row, 4, f"=ROWS(XLFV_RESIDUAL_CASHFLOW({place.projection}))-1", Style("count"))
        page.formula(row, 5, f'=IF(ISERROR({at(row, 3)}),XLFV_WHY({at(row, 3)}),"projected")')
        page.link(row, 6, place.sheet)
        page.name_range(place.trust, row, 2)
        page.name_range(place.projection, row, 3)
    last = book.trusts[-1].row
    for name, column in (("trusts", 0), ("consolidated", 1), ("projections", 3)):
        page.name_range(name, book.FIRST_TRUST, column, last, column)


def trust_formula(book: Book, place: TrustPlace) -> str:
    """The cell that builds a trust: small tables by range, the tape by its file."""
    arguments = [_argument(book, place, table) for table in TABLES]
    while arguments[-1] == "":
        arguments.pop()
    return f"=XLFV_TRUST($A{place.row + 1},as_of,{','.join(arguments)})"


def _argument(book: Book, place: TrustPlace, table: str) -> str:
    if table in book.plans[place.name].tables:
        return place.named(table)
    if table not in place.valued.source.tables:
        return ""
    month = book.valued.month
    return source_words(place, table, month.data, month.month, place.row)


def project_formula(book: Book, place: TrustPlace) -> str:
    """The cell that projects a trust."""
    indices = book.indices_names.get(place.name, "")
    return f"=XLFV_PROJECT({','.join(filter(None, (place.trust, place.named('curves'), indices)))})"


def _loaded(page: Page, row: int) -> None:
    """The month whose tables stand in the sheets; another month typed above would mix them with its tape."""
    page.text(row, 0, "Tables of")
    page.text(row, 1, page.book.valued.month.month)
    page.name_range(LOADED, row, 1)
    page.note(row, 2, page.book.kept.state)
    page.name_range(STATE, row, 2)
    page.check(row + 1, 0, "the tables in these sheets are those of the month above", f"{LOADED}=month")


def _state(page: Page, row: int, checks: str) -> None:
    book = page.book
    first, last = book.FIRST_TRUST, book.trusts[-1].row
    handles, projections = span(first, 2, last, 2), span(first, 3, last, 3)
    rolled = f"from {previous(book.valued.month.month)}, see {ROLLFORWARD}" if book.rolled else "no month before"
    steps = (
        ("Loaded", f'=COUNTIF({handles},"trust:*")&" of "&ROWS({handles})&" trusts"'),
        ("Valued", f'=COUNTIF({projections},"projection:*")&" of "&ROWS({projections})&" trusts"'),
        ("Checked", f'=IF(SUM({checks})=0,"all "&ROWS({checks})&" checks are 0",SUM({checks})&" checks fail")'),
        ("Rolled", f'="{rolled}"'),
    )
    page.section(row, "State of the work", 3)
    for k, (title, formula) in enumerate(steps):
        page.text(row + 1 + k, 0, title)
        page.formula(row + 1 + k, 1, formula)
    page.text(row + 1 + len(steps), 0, "Locked")
    page.name_range(LOCKED, row + 1 + len(steps), 1)
    if book.kept.path:
        page.text(row + 1 + len(steps), 1, book.kept.locked or OPEN)  # the book says it, and its button
    else:
        page.formula(row + 1 + len(steps), 1, f'=IF(status="locked","locked","{OPEN}")')


def _checks(page: Page, row: int) -> str:
    """The list of all checks; gives the range of their values."""
    page.section(row, "All checks (0 = fine)", 7)
    page.heads(row + 1, 0, ("Sheet", "Value", "What holds"), numbers_from=3)
    first = row + 2
    for k, check in enumerate(page.book.checks):
        cell = at(check.row, check.column)
        page.link(first + k, 0, check.sheet, cell=cell)
        page.formula(
            first + k, 1, f"={page.book.pages[check.sheet].ref(check.row, check.column)}", Style("check", align="left")
        )
        page.text(first + k, 2, check.what)
    last = first + max(len(page.book.checks), 1) - 1
    page.check_cells[:] = [span(first, 1, last, 1)]  # its own check stands in the list too
    page.formula(row, 1, f"=SUM({span(first, 1, last, 1)})", Style("check", role="section", align="left"))
    page.name_range("all_checks", row, 1)
    return span(first, 1, last, 1)


def _legend(page: Page, row: int) -> None:
    page.section(row, "Legend", 4, 3)
    samples = (
        ("Input", _INPUT, "typed or loaded; change it and recalculate"),
        ("Formula", TEXT, "calculated here"),
        ("Link", Style(role="link"), "comes from another sheet unchanged"),
        ("Total", BOLD.but(top=True), "adds up what stands above"),
    )
    for k, (word, style, meaning) in enumerate(samples):
        page.text(row + 1 + k, 3, word, style)
        page.text(row + 1 + k, 4, meaning)
    page.note(
        row + 5,
        3,
        "Opened without the add-in, cells show what was last calculated (not so in LibreOffice where a table spills).",
    )
