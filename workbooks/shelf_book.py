"""The workbook of the shelf deal: ``python -m workbooks.shelf_book`` writes it, ``python -m workbooks.build`` too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from workbooks import shelf_deal
from workbooks.shelf_hand import EVENTS, HAND, TOLD, check_cells, write_events, write_hand
from workbooks.shelf_months import CLASSES_SHEET, STEPS, STORY, write_classes, write_steps, write_story
from workbooks.shelf_pages import CASH, TERMS, WATERFALL, write_cash, write_terms, write_waterfall
from xlfv.excel.hosts.headless import Recalculated
from xlfv.excel.pen import HEAD, NOTE, TEXT, Pen, Pens, Style, written

BOOK = Path("workbooks/shelf_deal.xlsm")
PICTURE = Path("workbooks/shelf_deal.png")
READ_ME = "Read me"
_SHEETS = {
    TERMS: "the tables: classes, terms, triggers, fees, swaps, reserve fund; and the cells that hold the trust and its projection",
    WATERFALL: "the priority of payments, a row a step, under the headings of a prospectus, with the dollars of a month of your choice",
    CASH: "what the loans bring by month and loan group, given as a table, and LIBOR",
    STORY: "the run: pool, bonds, overcollateralization, triggers, step-down, capped interest, losses, support; with charts",
    EVENTS: "eight events, each step by step by hand beside the engine's figures, with a check",
    HAND: "the same deal as plain spreadsheet arithmetic, every month, with no function of xlfv, and its difference from the engine",
    CLASSES_SHEET: "every class by month, from the engine",
    STEPS: "every step of the chosen month, from the engine",
}


def draft(answers: Recalculated | None, plain: str = "") -> bytes:
    """The workbook with every sheet written.

    Args:
        answers: the values of its formulas; None where they are not known.
        plain: which formulas stand as values, see :class:`xlfv.excel.pen.Pens`.
    """
    pens = Pens("A shelf deal, run month by month", dt.date.fromisoformat(shelf_deal.AS_OF), answers, plain)
    if plain != "all":
        pens.with_macros()
    names = (READ_ME, *_SHEETS)
    sheets = {name: pens.sheet(name) for name in names}
    _read_me(sheets[READ_ME])
    write_terms(sheets[TERMS])
    write_waterfall(sheets[WATERFALL])
    write_cash(sheets[CASH])
    write_story(sheets[STORY])
    write_events(sheets[EVENTS])
    write_hand(sheets[HAND])
    write_classes(sheets[CLASSES_SHEET])
    write_steps(sheets[STEPS], sum(len(lines) for _, lines in shelf_deal.WATERFALL))
    return pens.content()


def content(plain: str = "") -> bytes:
    """The workbook with the values of all its formulas."""
    return written(draft, BOOK.name, plain)


def _read_me(pen: Pen) -> None:
    pen.top(f"{shelf_deal.NAME}: a shelf deal in tables", "A securitization trust that never was, of the kind described in supplements of 2005 to 2007: two loan"
            " groups, an insured class, mezzanines, overcollateralization, swaps and a cap.")  # fmt: skip
    pen.button(2, 4)
    for k, words in enumerate((
        "The deal stands in tables that an analyst fills in. Nobody wrote a program for it: the waterfall is the table on the sheet Waterfall.",
        "It is run on collateral cash given as a table, made so that the deal's rules come to bear one after another.",
        "Each event is then worked by hand, in formulas of the spreadsheet alone, and stands beside the engine's figure.",
    )):  # fmt: skip
        pen.put(3 + k, 0, words, TEXT)
    pen.section(7, "The sheets", 5)
    row = 8
    for name, words in _SHEETS.items():
        pen.link(row, 0, name)
        pen.put(row, 1, words, TEXT)
        row += 1
    row += 1
    pen.section(row, "What happens, and whether arithmetic by hand agrees with the engine", 5)
    pen.heads(row + 1, 0, ("event", "", "", "months looked at", "checks that fail"), 3)
    row += 2
    first = row
    for event in TOLD:
        pen.put(row, 0, event.title, TEXT)
        pen.put(row, 3, ", ".join(map(str, event.months)), Style("text", align="right"))
        pen.formula(
            row, 4, f"=IF(COUNT({check_cells(event)})=0,1,SUM({check_cells(event)}))", Style("check", align="right")
        )
        row += 1
    pen.put(
        row, 0, "All months, all classes: figures on the sheet By hand that differ from the engine in any month", TEXT
    )
    pen.formula(row, 4, "=hand_check", Style("check", align="right"))
    pen.put(row + 1, 0, "All checks of this workbook (0 = fine)", Style("text", bold=True, top=True))
    for k in range(1, 4):
        pen.put(row + 1, k, None, Style("text", bold=True, top=True))
    pen.formula(row + 1, 4, f"=SUM(E{first + 1}:E{row + 1})", Style("check", align="right", top=True))
    pen.name("all_checks", row + 1, 4)
    row += 3
    pen.section(row, "What XLFV_CHECK finds in the tables before they are run", 5)
    pen.spill(row + 1, 0, "=XLFV_CHECK(trust)", 2, [TEXT, TEXT, TEXT], HEAD)
    row += 4
    pen.section(row, "What is given and what is not", 5)
    for k, words in enumerate((
        "The trust, its numbers, its cash and the path of LIBOR are made up. The rules are of the kind found in public documents, whose usual sections the notes of the",
        "waterfall name: Impac Secured Assets Corp., Series 2007-2 (prospectus supplement of March 29, 2007: two loan groups that support each other, swaps, caps, a",
        "policy for some seniors only) and Series 2007-3 (pooling and servicing agreement, section 1.01: support seniors, principal distribution amounts class by class).",
        "Of these documents cover pages, lists of definitions and single clauses were read, not every clause: where they may differ, the words beside each step say what is done here.",
        "Ours is the reserve fund: that of Series 2007-3 pays net WAC shortfalls of four mezzanines only and is not filled again.",
        "Simpler than such deals: a trigger event is two blocks of the same steps, one a test; from the step-down date on the two seniors of group 1 are paid one after the other.",
    )):  # fmt: skip
        pen.put(row + 1 + k, 0, words, NOTE)
    pen.layout([26, 62, 40, 24, 18], (2, 0), tall=1)


def main() -> None:
    """Write the workbook."""
    BOOK.write_bytes(content())


if __name__ == "__main__":
    main()
