"""Words of a deal's tables: case, spaces, hyphens and underscores are alike; a wrong word gets the nearest known one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import Row, loan, make_trust
from xlfv.tables import Refused
from xlfv.tables.words import bare, near_word, same_word
from xlfv.trust.terms import TERM_KINDS
from xlfv.trust.waterfall import CONDITIONS, PAYS, SOURCES

BONDS = [
    {"tranche": "A-1", "balance": 60e3, "coupon": 0.05, "insured_by": "FSA", "schedule": "pac"},
    {"tranche": "Z", "balance": 30e3, "coupon": 0.05, "kind": "z"},
    {"tranche": "B", "balance": 8e3, "coupon": 0.06, "kind": "subordinate"},
]
STEPS = [
    {"step": "1", "from": "interest", "pay": "trustee fee", "to": None},
    {"step": "2", "from": "interest", "pay": "interest", "to": "A-1, Z, B"},
    {"step": "3", "from": "principal", "pay": "principal", "to": "A-1", "rule": "schedule", "when": "not late payers"},
    {
        "step": "4",
        "from": "principal",
        "pay": "principal",
        "to": "A-1, Z, B",
        "rule": "pro_rata",
        "when": "before_stepdown",
    },
    {"step": "5", "from": "reserve fund", "pay": "interest_shortfall", "to": "A-1", "amount": "due"},
    {"step": "6", "from": "excess", "pay": "writedown", "to": "B", "when": "not_called"},
]
TABLES: dict[str, list[Row]] = {
    "bonds": BONDS, "waterfall": STEPS,
    "costs": [{"cost": "trustee fee", "basis": "pool_balance", "rate": 0.001}],
    "accounts": [{"account": "reserve fund", "target_of": "original"}],
    "triggers": [{"trigger": "late payers", "measure": "rolling_delinquency", "test": ">", "threshold": 0.05}],
    "schedules": [{"schedule": "pac", "month": 1, "amount": 5e4}],
    "terms": [{"term": "call_factor", "value": 0.1}, {"term": "call_exercised", "value": "month 9"}],
}  # fmt: skip


def made(table: str = "", row: int = 0, **cells: Any) -> Any:
    """The deal with some cells of one row changed."""
    changed = {name: [dict(each) for each in rows] for name, rows in TABLES.items()}
    if table:
        changed[table][row].update(cells)
    return make_trust([loan()], **changed)


@pytest.mark.parametrize(
    ("table", "row", "cells"),
    [
        ("waterfall", 0, {"pay": "Trustee_Fee"}),
        ("waterfall", 1, {"from": " Interest ", "pay": "INTEREST"}),
        ("waterfall", 1, {"to": "a-1, z, b"}),
        ("waterfall", 1, {"to": "A 1, Z, B"}),
        ("waterfall", 2, {"when": "Not-Late-Payers"}),
        ("waterfall", 2, {"when": "not  late_payers"}),
        ("waterfall", 3, {"rule": "prorata"}),
        ("waterfall", 3, {"rule": "Pro-Rata"}),
        ("waterfall", 3, {"when": "before step down"}),
        ("waterfall", 3, {"when": "Before-Stepdown"}),
        ("waterfall", 4, {"from": "Reserve_Fund"}),
        ("waterfall", 4, {"pay": "interest shortfall"}),
        ("waterfall", 4, {"amount": "DUE"}),
        ("waterfall", 5, {"pay": "write-down"}),
        ("waterfall", 5, {"pay": "Write Down"}),
        ("waterfall", 5, {"when": "not called"}),
        ("waterfall", 5, {"when": "Not-Called"}),
        ("costs", 0, {"basis": "Pool Balance"}),
        ("accounts", 0, {"target_of": "Original"}),
        ("triggers", 0, {"measure": "Rolling-Delinquency"}),
        ("triggers", 0, {"measure": "rolling delinquency"}),
        ("terms", 0, {"term": "Call-Factor"}),
        ("terms", 0, {"term": "call factor"}),
        ("terms", 0, {"term": "CallFactor"}),
        ("terms", 1, {"value": "Month-9"}),
        ("terms", 1, {"value": "month_9"}),
        ("bonds", 2, {"kind": "Subordinate"}),
    ],
)
def test_case_spaces_hyphens_and_underscores_are_alike(table: str, row: int, cells: Row) -> None:
    spelled, plain = made(table, row, **cells), made()
    assert spelled.steps == plain.steps
    assert spelled.terms == plain.terms
    column = next(iter(cells))
    if table not in ("terms", "waterfall"):
        assert list(spelled[table][column]) == list(plain[table][column])


def test_headers_may_have_hyphens() -> None:
    bonds = [{key.replace("_", "-").title(): cell for key, cell in row.items()} for row in BONDS]
    assert make_trust([loan()], **{**TABLES, "bonds": bonds}).digest == made().digest


@pytest.mark.parametrize(
    ("table", "row", "column", "cell", "hint"),
    [
        ("waterfall", 2, "from", "pricipal", "principal"),
        ("waterfall", 2, "from", "sheduled", "scheduled"),
        ("waterfall", 4, "from", "reserve funds", "reserve fund"),
        ("waterfall", 5, "from", "exess", "excess"),
        ("waterfall", 5, "pay", "write-donw", "writedown"),
        ("waterfall", 5, "pay", "writ-up", "writeup"),
        ("waterfall", 0, "pay", "trustees fee", "trustee fee"),
        ("waterfall", 1, "to", "A-1, Z, BB", "B"),
        ("waterfall", 3, "rule", "sequental", "sequential"),
        ("waterfall", 3, "rule", "pro rated", "pro_rata"),
        ("waterfall", 3, "rule", "shedule", "schedule"),
        ("waterfall", 3, "when", "after the step down", "after_stepdown"),
        ("waterfall", 2, "when", "not late payer", "late payers"),
        ("waterfall", 2, "when", "allways", "always"),
        ("waterfall", 4, "amount", "senoir * 50", "senior"),
        ("waterfall", 4, "amount", "onw", "own"),
        ("triggers", 0, "measure", "cumulative losses", "cumulative_loss"),
        ("triggers", 0, "measure", "delinquancy", "delinquency"),
        ("triggers", 0, "measure", "pool-factors", "pool_factor"),
        ("triggers", 0, "test", "=>", ">="),
        ("triggers", 0, "test", "=<", "<="),
        ("triggers", 0, "test", "≤", "<="),
        ("triggers", 0, "threshold", "40% of enhancment", "enhancement"),
        ("waterfall", 0, "pay", "trustee fee over a cap", "trustee fee over cap"),
        ("terms", 1, "value", "econmic", "economic"),
        ("terms", 0, "term", "call-facter", "call_factor"),
        ("terms", 1, "term", "call exercise", "call_exercised"),
        ("terms", 1, "value", "frist", "first"),
        ("terms", 1, "value", "mont 9", "month"),
        ("bonds", 0, "schedule", "pacs", "pac"),
        ("bonds", 1, "accretes_while", "a-1", "A-1"),
        ("bonds", 0, "coupon_type", "floater", "floating"),
        ("costs", 0, "basis", "bonds balance", "bond_balance"),
    ],
)
def test_a_wrong_word_gets_the_nearest_known_one_with_its_cell(
    table: str, row: int, column: str, cell: str, hint: str
) -> None:
    with pytest.raises(Refused) as refused:
        made(table, row, **{column: cell})
    (fault,) = refused.value.faults
    assert f"did you mean {hint}?" in fault.todo
    assert fault.where.startswith(f"{table} row {row + 2}, column ")
    assert f"column {column}" in fault.where


def test_all_wrong_words_of_a_deal_are_told_at_once() -> None:
    tables = {name: [dict(row) for row in rows] for name, rows in TABLES.items()}
    wrong = [
        ("waterfall", 0, "pay", "trustees fee"), ("waterfall", 1, "to", "A-1, ZZ, B"), ("waterfall", 2, "from", "pricipal"),
        ("waterfall", 2, "when", "not late payer"), ("waterfall", 3, "rule", "sequental"), ("waterfall", 4, "amount", "onw"),
        ("waterfall", 5, "pay", "write-donw"), ("triggers", 0, "measure", "delinquancy"), ("triggers", 0, "test", "=>"),
        ("terms", 0, "term", "call-facter"), ("terms", 1, "value", "frist"), ("bonds", 0, "coupon_type", "floater"),
        ("bonds", 2, "kind", "mezannine"), ("accounts", 0, "target_of", "orignal"), ("costs", 0, "basis", "pool_balnce"),
    ]  # fmt: skip
    for table, row, column, cell in wrong:
        tables[table][row][column] = cell
    with pytest.raises(Refused) as refused:
        make_trust([loan()], **tables)
    told = {
        (fault.where.split(" row ")[0], fault.where.split("column ")[-1].split(",")[0])
        for fault in refused.value.faults
    }
    assert len(refused.value.faults) == len(wrong), str(refused.value)
    assert told == {(table, column) for table, _, column, _ in wrong}
    assert all("did you mean" in fault.todo for fault in refused.value.faults)


@pytest.mark.parametrize(
    ("when", "todo"),
    [
        ("not before stepdown", "write after_stepdown"),
        ("not not_called", "write called"),
        ("not always", "leave the step out"),
    ],
)
def test_a_condition_is_not_negated(when: str, todo: str) -> None:
    with pytest.raises(Refused) as refused:
        made("waterfall", 5, when=when)
    assert [fault.todo for fault in refused.value.faults] == [todo]


def test_a_term_in_two_spellings_stands_twice() -> None:
    terms = [*TABLES["terms"], {"term": "Call Factor", "value": 0.2}]
    with pytest.raises(Refused) as refused:
        make_trust([loan()], **{**TABLES, "terms": terms})
    (fault,) = refused.value.faults
    assert fault.what == "the term call_factor stands twice"
    assert fault.where.startswith("terms row 4")
    assert "terms row 2" in fault.todo


def test_a_term_of_no_use_is_told_with_the_nearest() -> None:
    trust = make_trust([loan()], **{**TABLES, "terms": [*TABLES["terms"], {"term": "closing", "value": "2006-06-29"}]})
    assert any("the term closing is not used; did you mean closing_date?" in told for told in trust.notices)


def test_names_that_differ_by_what_does_not_matter_are_kept_apart() -> None:
    """Exactly written, either is meant; written a third way, neither is guessed."""
    assert same_word("A1", ["A-1", "A1"]) == "A1"
    assert same_word("a-1", ["A-1", "A1"]) == "A-1"
    assert same_word("A_1", ["A-1", "A1"]) == ""
    assert same_word("-", ["A", "--"]) == ""


@given(word=st.sampled_from((*SOURCES, *PAYS, *CONDITIONS, *TERM_KINDS)), seed=st.randoms(use_true_random=False))
def test_every_word_is_itself_however_it_is_written(word: str, seed: Any) -> None:
    written = "".join(seed.choice((c.upper(), c)) + seed.choice(("", "", "_", " ", "-")) for c in bare(word))
    for known in (SOURCES, PAYS, CONDITIONS, tuple(TERM_KINDS)):
        if word in known:
            assert same_word(written, known) == near_word(written, known) == word
