"""Every rule of a deal by example: the small deals of the reference page run, and give what the page says."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from tests.excel.helpers import one
from xlfv.excel import call, reference
from xlfv.excel.codec import Grid, serial
from xlfv.excel.examples import disagreement
from xlfv.excel.rule_examples import AS_OF, RULES, RuleExample
from xlfv.trust.trust import SCHEMAS

ARGUMENTS = ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo", "schedules", "accounts")


def in_cells(grid: Grid | None) -> Any:
    """A table as a sheet hands it over: dates are serial numbers."""
    if grid is None:
        return None
    return [[float(serial(cell)) if isinstance(cell, dt.date) else cell for cell in row] for row in grid]


def projected(example: RuleExample) -> tuple[str, str]:
    """Handles of the example's trust and projection."""
    assert set(example.tables) <= {*SCHEMAS, "cash", "indices"}
    parts = [in_cells(example.tables.get(name)) for name in ARGUMENTS]
    trust = one(call("XLFV_TRUST", "RULE", serial(AS_OF), *parts))
    return trust, one(call("XLFV_DISTRIBUTE", trust, example.tables["cash"], example.tables.get("indices")))


@pytest.mark.parametrize("example", RULES, ids=lambda example: example.title)
def test_an_example_gives_what_the_page_shows(example: RuleExample) -> None:
    _, projection = projected(example)
    assert example.shows
    for shown in example.shows:
        found = [
            [cell if cell != "" else None for cell in row] for row in call(shown.function, projection, *shown.args)
        ]
        assert disagreement(shown.gives, found) == "", shown.formula
        assert len(found) == len(shown.gives)
        assert len(found[0]) == len(shown.gives[0])


def test_every_rule_of_a_deal_has_its_example() -> None:
    """The rules that the waterfall carries, one by one."""
    titles = " | ".join(example.title.lower() for example in RULES)
    for rule in (
        "day counts", "stub", "delay", "net wac cap", "carryforward", "unpaid interest", "steps up after the call date",
        "interest-only", "principal-only", "(z)", "inverse floater", "swap and cap", "sequential", "pro rata", "pac, tac",
        "shifting interest", "nas", "groups that support each other", "target enhancement", "build and release", "write-up",
        "stay whole", "fails and cures", "senior enhancement", "depleted", "reserve account", "insurer", "overflow", "clean-up call",
    ):  # fmt: skip
        assert rule in titles, rule
    assert len({example.title for example in RULES}) == len(RULES)
    assert all(3 <= len(example.tables["waterfall"]) - 1 <= 8 for example in RULES)


@pytest.mark.parametrize("example", RULES, ids=lambda example: example.title)
def test_the_check_finds_nothing_in_an_example_but_that_shortfalls_are_left_out(example: RuleExample) -> None:
    told = [row[0] for row in call("XLFV_CHECK", projected(example)[0])[1:]]
    left_out = ("interest once unpaid is never made good", "no loans are given", "nothing looks wrong")
    assert [what for what in told if not what.startswith(left_out)] == []


def shown(title: str, nth: int) -> dict[str, list[Any]]:
    """The columns that the page shows of one call of an example."""
    (example,) = [each for each in RULES if each.title.startswith(title)]
    grid = example.shows[nth].gives
    return {str(name): [row[k] for row in grid[1:]] for k, name in enumerate(grid[0])}


# What the page shows, worked by hand: the example, which of its calls, the column, and the months.
HAND: list[tuple[str, int, str, list[float]]] = [
    # 10 to 25 January, then the days of the months: of 360, at 5% on 36,000, 5 dollars a day.
    ("Day counts", 0, "interest_due", [5.0 * 15, 5.0 * 31, 5.0 * 28]),
    # 90,000 x 8% / 12 is due before the cap and 90,000 x 6% / 12 after it; of 500 the rest is excess.
    ("Net WAC", 0, "interest_due", [90e3 * 0.06 / 12, 90e3 * 0.06 / 12, 90e3 * 0.08 / 12]),
    ("Net WAC", 0, "capped_interest", [600.0 - 450, 600.0 - 450, 0.0]),
    ("Net WAC", 0, "basis_risk_paid", [500.0 - 450, 500.0 - 450, 750.0 - 600]),
    ("Net WAC", 0, "basis_risk_carryforward", [150.0 - 50, 100 + 150.0 - 50, 200.0 - 150]),
    ("Unpaid interest", 0, "interest_due", [100e3 * 0.02] * 3),
    ("Unpaid interest", 0, "shortfall_interest", [0.0, 1000 * 0.02, 2020 * 0.02]),
    ("Unpaid interest", 0, "interest_shortfall", [1000.0, 1000 * 1.02 + 1000, 2020 * 1.02 + 1000]),
    ("Margin", 0, "coupon", [0.03 + 0.002, 0.03 + 0.002, 0.03 + 0.004]),
    ("Margin", 0, "interest_due", [90e3 * 0.032 / 12, 80e3 * 0.032 / 12, 71e3 * 0.034 / 12]),
    ("Interest-only", 0, "interest_due", [100e3 * 0.005 / 12, 90e3 * 0.005 / 12, 81e3 * 0.005 / 12]),
    ("Interest-only", 1, "begin_balance", [80e3, 80e3 - 10e3, 70e3 - 9e3]),
    ("Interest-only", 1, "interest_due", [80e3 * 0.01 / 12, 70e3 * 0.01 / 12, 61e3 * 0.01 / 12]),
    ("Principal-only", 0, "cash", [0.2 * 10e3, 0.2 * 9e3, 0.2 * 8100]),
    ("Accrual", 0, "principal_paid", [40e3 * 0.01, 500.0 - 400, 0.0]),
    ("Accrual", 1, "accreted", [40e3 * 0.01, 40400 * 0.01, 0.0]),
    ("Accrual", 1, "principal_paid", [0.0, 404.0 - 100, 0.0]),
    ("Accrual", 1, "interest_paid", [0.0, 0.0, 40500 * 0.01]),
    ("Accrual", 1, "end_balance", [40000.0 + 400, 40400.0 + 404 - 304, 40500.0]),
    ("Floater", 0, "coupon", [0.05 + 0.005, 0.04 + 0.005, 0.10]),
    ("Floater", 1, "coupon", [0.285 - 3 * 0.05, 0.285 - 3 * 0.04, max(0.285 - 3 * 0.096, 0.0)]),
    ("Floater", 0, "interest_due", [75e3 * 0.055 / 12, 75e3 * 0.045 / 12, 75e3 * 0.10 / 12]),
    ("Floater", 1, "interest_due", [25e3 * 0.135 / 12, 25e3 * 0.165 / 12, 0.0]),
    # 1% of 50,000 a year against the trust, then for it; in month 3 2% of the swap and 1% of the cap.
    ("Swap", 0, "hedge_paid", [50e3 * 0.01 / 12, 0.0, 0.0]),
    ("Swap", 0, "hedge_received", [0.0, 50e3 * 0.01 / 12, 50e3 * 0.03 / 12]),
    ("Swap", 1, "interest_due", [90e3 * 0.045 / 12, 90e3 * 0.065 / 12, 90e3 * 0.075 / 12]),
    ("Swap", 2, "cash", [500 - 500 / 12 - 337.5, 500 - 487.5 + 500 / 12, 500 + 125 - 562.5]),
    ("Sequential", 0, "principal_paid", [10e3, 15e3 - 10e3, 0.0]),
    ("Sequential", 1, "principal_paid", [0.0, 9e3 - 5e3, 8100.0]),
    ("Pro rata", 0, "principal_paid", [10e3 / 3, 9e3 / 3, 8100 / 3]),
    ("Pro rata", 1, "principal_paid", [20e3 / 3, 18e3 / 3, 16200 / 3]),
    # S takes 10,000 - 3,000, then its last 5,000; P takes 9,000 - 5,000, then all.
    ("Planned", 0, "principal_paid", [3000.0, 9e3 - 5e3, 8100.0]),
    ("Planned", 1, "principal_paid", [10e3 - 3e3, 12e3 - 7e3, 0.0]),
    # 90% of 1,000 and all of 9,900; then 8/9 of 900, and of 8,820 8/9 and half of the ninth that is left.
    ("Shifting", 0, "principal_paid", [900.0 + 9900, 900 * 8 / 9 + 8820 * (8 / 9 + 0.5 / 9)]),
    ("Shifting", 1, "principal_paid", [100.0, 900 / 9 + 8820 * 0.5 / 9]),
    ("Lockout", 0, "principal_paid", [0.0, 9e3 * 20 / 90 * 0.5]),
    ("Lockout", 1, "principal_paid", [10e3, 9e3 - 1e3]),
    ("Loan groups", 0, "principal_paid", [9e3, 0.0]),
    ("Loan groups", 1, "principal_paid", [6000.0 + (10e3 - 9e3), 5400.0 + 3000]),
    ("Target", 0, "principal_paid", [10e3, 50e3 - 0.60 * 81e3]),
    ("Target", 1, "principal_paid", [0.0, 48600 + 20e3 - 0.80 * 81e3]),
    ("Target", 2, "principal_paid", [0.0, 48600 + 16200 + 15e3 - 0.95 * 81e3]),
    # 95,000 x 0.5% of 1,000; then 85,000 x 0.5% of 900, and what principal the targets leave.
    ("Target", 3, "cash", [1000 - 95e3 * 0.005, 900 - 85e3 * 0.005 + 9000 - 1400 - 3800 - 2850]),
    ("Target", 3, "oc", [90e3 - 85e3, 0.05 * 81e3]),
    ("Overcollateralization", 0, "principal_paid", [1000 - 98e3 * 0.005, 3000.0 - 2510, 97e3 - (90e3 - 900)]),
    ("Overcollateralization", 1, "cash", [0.0, 1000 - 97490 * 0.005 - 490, 1000 - 97e3 * 0.005 + 10e3 - 7900]),
    ("Overcollateralization", 1, "oc", [2000.0 + 510, 2510.0 + 490, 0.01 * 90e3]),
    ("Write-down", 0, "writedown", [6000.0 - 2000 - 2000, 0.0, 0.0]),
    ("Write-down", 0, "end_balance", [96e3 - 4e3 - 2e3, 90e3, 90e3 + 2e3 - 4800]),
    ("Write-down", 1, "writeup", [0.0, 0.0, 4800.0 - 2000 - 2000]),
    ("Notes", 1, "oc", [90e3 - (75e3 + 20e3), 81e3 - (70500 + 20e3)]),
    ("Trigger that", 0, "value", [500 / 100e3] * 3),
    # 1,000, 900 and 810 of interest less 0.5% of 90,000, 80,500 and 71,002.50.
    ("Trigger that", 1, "principal_paid", [9000.0 + 500, 9000 + 900 - 80500 * 0.005, 8100.0]),
    ("Trigger that", 2, "cash", [1000 - 450.0, 0.0, 810 - 71002.5 * 0.005]),
    # 60 days late over the pool at the end of the month; 40% of what the seniors leave of it at the start.
    ("Trigger against", 0, "value", [9e3 / 90e3, 16200 / 81e3]),
    ("Trigger against", 0, "threshold", [0.4 * (1 - 60e3 / 100e3), 0.4 * (1 - 50e3 / 90e3)]),
    ("Trigger against", 1, "principal_paid", [10e3, 9e3 + 900 - (50e3 + 30e3) * 0.005]),
    ("Seniors", 0, "principal_paid", [5000.0, 4500 * 40 / 90]),
    ("Seniors", 1, "principal_paid", [0.0, 4500 * 50 / 90]),
    ("Seniors", 1, "writedown", [0.0, 4500.0]),
    ("Seniors", 2, "writedown", [5000.0, 0.0]),
    ("Reserve", 0, "deposited", [1000.0 - 450, 0.0, 0.0]),
    ("Reserve", 0, "drawn", [0.0, 450.0 - 300, 0.0]),
    ("Reserve", 0, "released", [0.0, 0.0, 100.0 + 550 - 150]),
    ("Reserve", 2, "cash", [0.0, 0.0, 1000 - 450 + 100e3 - 90e3 + 500.0]),
    # A premium of 20 leaves 380 of the 500 due; then 18, 450, and the rest of 900 is paid back.
    ("Bond insurer", 0, "drawn", [500 - (400 - 100e3 * 0.0024 / 12) + 5000, 0.0]),
    ("Bond insurer", 0, "reimbursed", [0.0, 900 - 90e3 * 0.0024 / 12 - 90e3 * 0.005]),
    ("Bond insurer", 0, "outstanding", [5120.0, 5120.0 - 432]),
    ("Capped expenses", 0, "paid", [200.0, 90e3 * 0.005, 0.0, 700.0 - 200 - 450, 0.0, 0.0]),
    ("Capped expenses", 1, "paid", [200.0, 450.0, 0.0, 50.0 + 300 - 200, 900 - 200 - 450 - 150.0, 0.0]),
    ("Clean-up", 0, "call_price", [0.0, 90e3 - 9e3, 0.0]),
    ("Clean-up", 1, "principal_paid", [10e3, 80e3 - 10e3, 0.0]),
    ("Clean-up", 2, "cash", [1000 - 80e3 * 0.005, 900 - 70e3 * 0.005 + 9e3 + 81e3 - 70e3, 0.0]),
]


@pytest.mark.parametrize(("title", "nth", "column", "hand"), HAND, ids=[f"{t}, {n}, {c}" for t, n, c, _ in HAND])
def test_what_is_shown_is_what_hand_arithmetic_gives(title: str, nth: int, column: str, hand: list[float]) -> None:
    assert shown(title, nth)[column] == pytest.approx(hand, abs=0.00501)


def test_every_example_is_worked_by_hand() -> None:
    worked = {title for title, *_ in HAND}
    assert [each.title for each in RULES if not any(each.title.startswith(title) for title in worked)] == []


def test_the_page_shows_every_example_and_its_links_lead_there() -> None:
    page = reference.markdown()
    section = page.partition("\n## Deal rules by example\n")[2].partition("\n## ")[0]
    for example in RULES:
        mine = section.partition(f"\n### {example.title}\n")[2].partition("\n### ")[0]
        assert example.text in mine
        assert all(f"`{each.formula}` gives" in mine for each in example.shows)
        assert all(f"**{name}**" in mine for name in example.tables)
    anchors = {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in re.findall(r"^#+ (.*)$", page, re.M)}
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) <= anchors


SPELLED = [
    (example, row, column)
    for example in RULES
    for row in range(1, len(example.tables["waterfall"]))
    for column, name in enumerate(map(str, example.tables["waterfall"][0]))
    if name not in ("step", "group") and isinstance(example.tables["waterfall"][row][column], str)
]


@pytest.mark.parametrize(
    ("example", "row", "column"), SPELLED, ids=[f"{e.title}, {r}, {e.tables['waterfall'][0][c]}" for e, r, c in SPELLED]
)
def test_a_misspelt_word_of_any_step_is_one_fault_with_a_suggestion(
    example: RuleExample, row: int, column: int
) -> None:
    tables = dict(example.tables)
    steps = [list(each) for each in tables["waterfall"]]
    word = str(steps[row][column])
    steps[row][column] = f"q{word}" if word[0].isalpha() else f"{word}q"
    tables["waterfall"] = steps
    cell = one(call("XLFV_TRUST", "RULE", serial(AS_OF), *[in_cells(tables.get(name)) for name in ARGUMENTS]))
    assert cell == "#VALUE!"
    assert "faults:" not in cell.reason, cell.reason
    assert f"row {row + 1}, column {'ABCDEFGH'[column]}" in cell.reason
    short = len(word) < 3 or "," in word or word.startswith("share")
    assert short or "did you mean" in cell.reason, cell.reason
