"""Month before: every trust as its files of the month before tell it, as handles that other sheets open from."""

from __future__ import annotations

from xlfv.excel.book.control import TABLES
from xlfv.excel.book.frame import MONTH_BEFORE, Book, TrustPlace, source_words
from xlfv.excel.book.page import FIRST, Page, at
from xlfv.excel.book.styles import HEAD, TEXT, Style
from xlfv.excel.functions.trust import trust_summary
from xlfv.months.valued import ValuedMonth

HEAD_ROW = FIRST + 4
NOTHING = "There is no folder of the month before, so there is nothing to compare with."
_FILES = (*TABLES, "curves", "indices", "yields")
_SHOWN = (("Loans", "loans", "count"), ("Pool ($)", "pool balance ($)", "dollars"))
_WIDTHS = (26, 14, 44, 48, 9, 15, 13, 26)


def before_of(book: Book) -> ValuedMonth | None:
    """The month before, where there is one."""
    return book.rolled.before if book.rolled is not None else None


def ends(book: Book, place: TrustPlace) -> str:
    """The first four arguments of what compares two month-ends."""
    return f"{place.named('projection_before')},{place.named('yields_before')},{place.projection},yields"


def since(book: Book, *words: str) -> str:
    """The last arguments of what rolls a trust forward: words that stand before the facts, and these; nothing without facts."""
    if book.company("facts") is None:
        return ""
    return "".join(f',"{word}"' for word in words) + ",facts"


def write_month_before(book: Book) -> None:
    """Write the sheet."""
    page = book.pages[MONTH_BEFORE]
    before = before_of(book)
    if before is None:
        page.note(FIRST, 0, NOTHING)
    else:
        _dates(page)
        files = _files(page, before, HEAD_ROW + len(book.trusts) + 2)
        _trusts(page, before, files)
    page.layout(_WIDTHS, (FIRST, 1), None)
    page.heading("Every trust as the files of the month before tell it: changes are measured from these handles.", "all trusts",
                 "as each column says")  # fmt: skip


def _dates(page: Page) -> None:
    page.text(FIRST, 0, "As of")
    page.formula(FIRST, 1, "=N(as_of)-DAY(as_of)", Style("date", align="left"))
    page.name_range("as_of_before", FIRST, 1)
    page.text(FIRST + 1, 0, "Month")
    page.formula(FIRST + 1, 1, '=TEXT(as_of_before,"yyyy-mm")')
    page.name_range("month_before", FIRST + 1, 1)


def _files(page: Page, before: ValuedMonth, row: int) -> dict[tuple[str, str], str]:
    """The path of each table; gives its cell, by trust and table."""
    page.section(row, "Files that the trusts are built from", len(_WIDTHS))
    page.heads(row + 1, 0, ("Trust", "Table", "File", *[""] * (len(_WIDTHS) - 3)), numbers_from=len(_WIDTHS))
    found = {}
    r = row + 2
    for place in page.book.trusts:
        source = before.trusts[place.name].source
        for table in _FILES:
            if table not in source.tables:
                continue
            page.text(r, 0, place.name)
            page.text(r, 1, table)
            words = source_words(
                place, table, before.month.data, before.month.month, r, source.sources[table], "month_before"
            )
            page.formula(r, 2, f"={words}")
            found[place.name, table] = f"$C${r + 1}"
            if table == "yields":
                page.name_range(place.named("yields_before"), r, 2)
            r += 1
    return found


def _trusts(page: Page, before: ValuedMonth, files: dict[tuple[str, str], str]) -> None:
    page.section(HEAD_ROW - 1, "Trusts", len(_WIDTHS))
    titles = (
        "Trust",
        "Consolidated",
        "Trust handle",
        "Projection handle",
        *(title for title, *_ in _SHOWN),
        "Months",
        "State",
    )
    page.heads(HEAD_ROW, 0, titles, numbers_from=4)
    page.text(HEAD_ROW, len(titles) - 1, titles[-1], HEAD.but(indent=1))
    for k, place in enumerate(page.book.trusts):
        row = HEAD_ROW + 1 + k
        trust, projection = at(row, 2), at(row, 3)
        lines = [line[0] for line in trust_summary(before.trusts[place.name].source.trust)]
        page.text(row, 0, place.name)
        page.formula(row, 1, f'=IF(INDEX(XLFV_TRUST_SUMMARY({trust}),4,2),"yes","no")')
        page.formula(row, 2, _trust_formula(place.name, row, files))
        project = [trust, files[place.name, "curves"], files.get((place.name, "indices"), "")]
        page.formula(row, 3, f"=XLFV_PROJECT({','.join(filter(None, project))})")
        for j, (_, line, number) in enumerate(_SHOWN):
            page.formula(row, 4 + j, f"=INDEX(XLFV_TRUST_SUMMARY({trust}),{lines.index(line) + 1},2)", Style(number))
        page.formula(row, 6, f"=ROWS(XLFV_RESIDUAL_CASHFLOW({projection}))-1", Style("count"))
        page.formula(row, 7, f'=IF(ISERROR({projection}),XLFV_WHY({projection}),"projected")', TEXT.but(indent=1))
        page.name_range(place.named("trust_before"), row, 2)
        page.name_range(place.named("projection_before"), row, 3)


def _trust_formula(name: str, row: int, files: dict[tuple[str, str], str]) -> str:
    arguments = [files.get((name, table), "") for table in TABLES]
    while arguments[-1] == "":
        arguments.pop()
    return f"=XLFV_TRUST($A{row + 1},as_of_before,{','.join(arguments)})"
