"""The words follow the numbers: whatever the tables hold, no sentence says what they do not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reporting.test_disclosure import HEADER, row
from xlfv.excel import call
from xlfv.excel.example_deal import DEAL
from xlfv.reporting import disclosure as d
from xlfv.reporting import inputs as i
from xlfv.reporting.narrative import narrative
from xlfv.reporting.rollforward import ACTIVITY, ASSETS, DEBT, ITEMS, LIABILITIES, Rollforward
from xlfv.reporting.sensitivity_words import read_sensitivity, sensitivity_paragraphs
from xlfv.reporting.trust_gain import rollforward_paragraphs
from xlfv.tables import from_grid

STACK = DEAL["inputs"]
NUMBER = re.compile(r"\$\d+(?:,\d{3})*(?: thousand)?|-?\d+\.\d\d%")


def printed():
    return call("XLFV_ROLLFORWARD", DEAL["opening"], DEAL["activity"], DEAL["closing"])


def paragraphs(grid):
    """Text, and its numbers' words and values, by topic, from the cells."""
    assert grid[0] == ["paragraph", "topic", "kind", "words", "label", "value", "unit", "source"], grid
    found = {}
    for _, topic, kind, words, label, value, unit, source in grid[1:]:
        if kind == "text":
            found[topic] = (words, [])
            assert (label, value, unit, source) == (None, None, None, None)
        else:
            assert words in found[topic][0]
            assert label
            assert source
            found[topic][1].append((words, value))
    return found


def traced(found):
    """Every amount and rate of the text stands in a cell of its own."""
    for text, facts in found:
        known = {number for words, _ in facts for number in NUMBER.findall(words)}
        assert set(NUMBER.findall(text)) <= known, text


def signs_agree(facts):
    """Words against the signs of the numbers behind them; half a dollar is nothing."""
    pairs = {"gain of": 1, "loss of": -1, "increased by": 1, "decreased by": -1, "higher": 1, "lower": -1}
    none = ("no gain or loss", "did not change", "unchanged")
    for words, value in facts:
        for word, sign in pairs.items():
            if word in words:
                assert value * sign >= 0.5, (words, value)
        if words in none:
            assert abs(value) < 0.5, (words, value)
        amount = re.search(r"\$([\d,]+)", words)
        if amount:
            assert abs(abs(value) - float(amount[1].replace(",", ""))) <= 0.5 + 1e-9 * abs(value)


def test_the_letters_year_in_words():
    # Amounts as printed in the letter of 3 February 2011, response 1: 27,804 and 254,007; 218,157; 31,453; 186,704; 199,709;
    # 13,005; the table: 765 of long-term debt, opening and closing values.
    grid = call("XLFV_NARRATIVE", STACK, printed(), None, "thousands of dollars")
    found = paragraphs(grid)
    gain, facts = found["Net gain or loss from trust assets and liabilities"]
    for words in (
        "a gain of $27,804 thousand on securitized mortgage collateral",
        "a gain of $254,007 thousand on securitized mortgage borrowings",
        "a loss of $54,298 thousand on derivative liabilities",
        "shows a loss of $218,157 thousand beside a gain of $31,453 thousand on the other trust assets",
        "Trust assets show a loss of $186,704 thousand and trust liabilities a gain of $199,709 thousand",
        "the gain on liabilities more than offsets the loss on assets, a gain of $13,005 thousand",
        "long-term debt, a gain of $765 thousand, is no part of it",
    ):
        assert words in gain, words
    assert {"thousands of dollars"} == {row[6] for row in grid if row[1].startswith("Net gain") and row[2] == "number"}
    moved = found["Movement of the values"][0]
    assert "borrowings decreased by $534,119 thousand, from $6,193,984 thousand to $5,659,865 thousand" in moved
    assert found["Footing of the rollforward"][0] == "Every item's rows lead from its opening to its closing value."
    traced(found.values())
    for _, facts in found.values():
        signs_agree(facts)


amounts = st.one_of(st.just(0.0), st.floats(-1e9, 1e9), st.floats(-0.49, 0.49))
rows_of = st.fixed_dictionaries(dict.fromkeys(ITEMS, amounts))


@settings(max_examples=200, deadline=None)
@given(rows_of, rows_of, st.fixed_dictionaries(dict.fromkeys(ACTIVITY, rows_of)), st.booleans())
def test_a_rollforward_is_told_by_its_signs(begin, end, activity, thousands):
    roll = Rollforward(begin, activity, end)
    unit = "thousands of dollars" if thousands else "dollars"
    gain, movement, footing = rollforward_paragraphs(roll, unit)
    found = [(one.text, [(fact.words, fact.value) for fact in one.facts]) for one in (gain, movement, footing)]
    traced(found)
    for _, facts in found:
        signs_agree(facts)
    changes, reo = activity["change_in_fair_value"], sum(activity["reo_losses"][x] for x in ASSETS + LIABILITIES)
    assets = sum(changes[x] for x in ASSETS) + reo
    owed = sum(changes[x] for x in LIABILITIES)
    if min(abs(assets), abs(owed)) > 1.0 and abs(assets + owed) > 1.0:
        assert ("they add to each other" in gain.text) == (assets * owed > 0)
        assert ("more than offsets" in gain.text) == (assets * owed < 0 and abs(owed) > abs(assets))
        assert ("offsets in part" in gain.text) == (assets * owed < 0 and abs(owed) < abs(assets))
    collateral, borrowings = changes["securitized_mortgage_collateral"], changes["securitized_mortgage_borrowings"]
    assert ("both show a gain" in gain.text) == (collateral >= 0.5 and borrowings >= 0.5 and reo <= -0.5)
    assert ("eal estate owned, which" in gain.text) == (abs(reo) >= 0.5)
    debt = sum(activity["change_in_debt"][x] for x in DEBT)
    assert ("long-term debt" in gain.text) == (abs(debt) >= 0.5)
    gaps = [item for item in ITEMS if abs(roll.gap(item)) >= 0.5]
    assert footing.text.count("do not lead from opening to closing") == len(gaps)
    assert ("Every item's rows lead" in footing.text) == (not gaps)


def test_a_balancing_amount_that_is_missing_is_said():
    grid = [list(cells) for cells in printed()]
    closing = next(cells for cells in grid if cells[0].endswith("closing"))
    closing[2] += 1000.0
    closing[5] += 1000.0  # total trust assets
    found = paragraphs(call("XLFV_NARRATIVE", STACK, grid))
    words = "rows of securitized mortgage collateral do not lead from opening to closing: the difference is $1,000."
    assert words in found["Footing of the rollforward"][0]


worth = st.one_of(st.just(0.0), st.floats(1.0, 1e9))
rate = st.one_of(st.none(), st.floats(0.0, 0.9))
lines = st.lists(
    st.tuples(st.sampled_from(i.CLASSES), st.integers(0, 3), worth, rate, rate, rate), min_size=1, max_size=10,
    unique_by=lambda line: (line[0], line[1]),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(lines)
def test_inputs_are_told_as_they_are_and_nothing_else(drawn):
    names = {"investment_securities_afs": "S", "long_term_debt": "company"}
    grid = [
        row(f"{names.get(klass, 'T')}{k}", klass, "x", value, discount_rate=a, default_rate=b, credit_spread=c)
        for klass, k, value, a, b, c in drawn
    ]
    rows = d.read_inputs(from_grid("inputs", [HEADER, *grid]))
    found = narrative(rows)
    traced([(one.text, [(fact.words, fact.value) for fact in one.facts]) for one in found])
    text = " ".join(one.text for one in found)
    for klass, title in i.TITLES.items():
        if klass not in {line[0] for line in drawn}:
            assert title.lower() not in text.lower().replace("collateral, borrowings", ""), title
    sums = {klass: sum(line[2] for line in drawn if line[0] == klass) for klass in i.CLASSES}
    held = sums[i.COLLATERAL] + sums[i.DERIVATIVE_ASSETS] + sums[i.REO]
    net = held - sums[i.BORROWINGS] - sums[i.DERIVATIVE_LIABILITIES]
    if any(line[0] in (i.COLLATERAL, i.BORROWINGS) for line in drawn):
        assert ("exceed liabilities" in text) == (net >= 0.5)
        assert ("fall short of liabilities" in text) == (net <= -0.5)
    shown = {one.klass: f"{100 * one.weighted:.2f}" for one in d.disclosed(rows)
             if one.input == "Discount rate" and one.weighted is not None}  # fmt: skip
    own = shown.get(i.COLLATERAL)
    for klass, title in (
        (i.BORROWINGS, "securitized mortgage borrowings"),
        (i.RESIDUAL_INTERESTS, "residual interests"),
    ):
        if own is not None and klass in shown:
            word = "equal to" if own == shown[klass] else "above" if float(own) > float(shown[klass]) else "below"
            assert f"{word} that of {title}" in text


def test_a_rate_of_one_item_is_told_once_and_a_missing_weight_is_told():
    grid = [HEADER, row(fair_value=0.0, discount_rate=0.1), row(item="B", fair_value=0.0, discount_rate=0.2)]
    (text,) = [
        one.text for one in narrative(d.read_inputs(from_grid("inputs", grid))) if one.topic.startswith("Inputs")
    ]
    assert "from 10.00% to 20.00%, 15.00% on arithmetic average (no item has a fair value" in text
    grid = [HEADER, row(fair_value=5.0, discount_rate=0.1)]
    (text,) = [
        one.text for one in narrative(d.read_inputs(from_grid("inputs", grid))) if one.topic.startswith("Inputs")
    ]
    assert "Discount rate: 10.00%." in text


def test_what_the_table_holds_besides_is_said_of_the_residual():
    grid = [
        HEADER,
        row(klass="securitized_mortgage_collateral", item="c", fair_value=1000.0),
        row(fair_value=900.0),
        row(klass="residual_interests", item="residual", fair_value=130.0),
    ]
    text = narrative(d.read_inputs(from_grid("inputs", grid)))[0].text
    assert "Assets exceed liabilities by $100." in text
    assert "The residual interests are valued at $130, 13.00% of these assets. That is $30 more than" in text


def shocked(*rows):
    return read_sensitivity(from_grid("s", [["scenario", "collateral", "borrowings", "residual"], *map(list, rows)]))


values = st.floats(0.0, 1e9)
triples = st.tuples(values, values, values)


@settings(max_examples=150, deadline=None)
@given(triples, triples, triples, triples)
def test_sensitivities_are_told_by_their_signs(base, up, down, both):
    table = shocked(("base", *base), ("up", *up), ("down", *down), ("up & down", *both))
    found = sensitivity_paragraphs(table)
    texts = [(one.text, [(fact.words, fact.value) for fact in one.facts]) for one in found]
    traced(texts)
    for _, facts in texts:
        signs_agree(facts)
    names = ("securitized mortgage collateral", "securitized mortgage borrowings", "the residual interest")
    for name, row_ in (("up", up), ("down", down)):
        text = next(one.text for one in found if one.topic == f"Sensitivity: {name}")
        for k, title in enumerate(names):
            change = row_[k] - base[k]
            word = "unchanged" if abs(change) < 0.5 else "higher" if change > 0 else "lower"
            assert re.search(rf"{title} would be (\$[\d,]+ )?{word}", text)
    joint = next(one for one in found if one.topic == "Working together: up & down")
    sentences = {title: s for s in joint.sentences for title in names if s.lower().startswith(title)}
    for k, title in enumerate(names):
        a, b, c = up[k] - base[k], down[k] - base[k], both[k] - base[k]
        if max(abs(a), abs(b), abs(c)) < 0.5:
            assert title not in sentences
            continue
        text = sentences[title]
        assert ("is the sum of each alone" in text) == (abs(c - (a + b)) < 0.5)
        if min(abs(a), abs(b), abs(c - a - b)) > 1.0:
            assert ("against each other" in text) == (a * b < 0)
            assert ("reinforce" in text) == (a * b > 0 and (c - a - b) * a > 0)
            assert ("do less than" in text) == (a * b > 0 and (c - a - b) * a < 0)


def test_the_most_is_the_most_and_directions_are_counted():
    table = shocked(("base", 100, 90, 10), ("up", 80, 75, 5), ("down", 130, 112, 18), ("turn", 90, 95, 10.2))
    text = next(one.text for one in sensitivity_paragraphs(table) if one.topic.startswith("How assets"))
    assert "Changes of an input that move a value: 3." in text
    assert "in the same direction under 2" in text
    assert "fewer dollars than the collateral under 3" in text
    assert "most under 'down': $8 higher (80.00%)" in text


def test_a_shock_without_values_is_said_and_a_base_without_is_refused():
    sensitive = [
        ["scenario", "collateral", "borrowings", "residual"],
        ["as given", 1000.0, 900.0, 100.0],
        ["far", "#NUM!", "#NUM!", "#NUM!"],
    ]
    found = paragraphs(call("XLFV_NARRATIVE", STACK, None, sensitive))
    assert found["Sensitivity: far"][0] == "Under 'far' no value exists."
    turned = [sensitive[0], sensitive[2], sensitive[1]]
    assert "the base has no values" in call("XLFV_NARRATIVE", STACK, None, turned)[0][0].reason
    twice = [*sensitive[:2], sensitive[1]]
    assert "stands twice" in call("XLFV_NARRATIVE", STACK, None, twice)[0][0].reason


def test_the_small_deals_own_tables_are_told_whole():
    parts = [DEAL[name] for name in ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")]
    trust = call("XLFV_TRUST", "SAMPLE-1", 40178.0, *parts)
    projection = call("XLFV_PROJECT", trust, DEAL["curves"], DEAL["indices"])
    inputs = call("XLFV_INPUTS", projection, DEAL["yields"])
    sensitive = call("XLFV_SENSITIVITY", trust, DEAL["curves"], DEAL["yields"], None, DEAL["indices"])
    found = paragraphs(call("XLFV_NARRATIVE", inputs, None, sensitive))
    at = sensitive[0].index("residual_change")
    for line in sensitive[2:]:
        if "&" in line[0]:
            assert f"Working together: {line[0]}" in found
            continue
        text = found[f"Sensitivity: {line[0]}"][0]
        change = line[at]
        word = "unchanged" if abs(change) < 0.5 else f"${abs(change):,.0f} {'higher' if change > 0 else 'lower'}"
        assert f"the residual interest would be {word}" in text
    text = found["Trust assets, trust liabilities and residual interests"][0]
    assert "That is what assets less liabilities leave." in text


@pytest.mark.parametrize(("missing", "words"), [("opening", "before an opening"), ("closing", "has no closing")])
def test_a_rollforward_without_its_ends_is_refused(missing, words):
    grid = [cells for cells in printed() if not cells[0].endswith(missing)]
    assert words in call("XLFV_NARRATIVE", STACK, grid)[0][0].reason


def test_two_rollforwards_are_refused():
    assert "holds 2 rollforwards" in call("XLFV_NARRATIVE", STACK, [*printed(), *printed()])[0][0].reason


@pytest.mark.parametrize("form", ["letter", "later"])
def test_both_forms_of_the_letters_year_tell_the_same_gain(form):
    grid = call("XLFV_ROLLFORWARD", DEAL["opening"], DEAL["activity"], DEAL["closing"], form)
    found = paragraphs(call("XLFV_NARRATIVE", STACK, grid, None, "thousands of dollars"))
    assert "a gain of $13,005 thousand" in found["Net gain or loss from trust assets and liabilities"][0]


@pytest.mark.parametrize("form", ["letter", "gross", "later"])
def test_a_computed_rollforward_is_told_in_its_own_signs(form):
    def projected(after):
        names = [
            f"loans{after}",
            f"bonds{after}",
            "waterfall",
            "costs",
            f"terms{after}",
            "triggers",
            f"hedges{after}",
            f"reo{after}",
        ]
        trust = call("XLFV_TRUST", "SAMPLE-1", 40209.0 if after else 40178.0, *[DEAL[name] for name in names])
        return call("XLFV_PROJECT", trust, DEAL[f"curves{after}"], DEAL[f"indices{after}"])

    ends = [projected(""), DEAL["yields"], projected("_after"), DEAL["yields_after"]]
    grid = call("XLFV_TRUST_ROLLFORWARD", *ends, DEAL["ledger"], form)
    inputs = call("XLFV_INPUTS", *ends[2:])
    found = paragraphs(call("XLFV_NARRATIVE", inputs, grid))
    for text, facts in found.values():
        traced([(text, facts)])
        signs_agree(facts)
    rows = {cells[0]: dict(zip(grid[0], cells, strict=True)) for cells in grid[1:]}
    changes = next(row for name, row in rows.items() if name.startswith("Change in FV of net trust assets"))
    reo = next(row for name, row in rows.items() if name.startswith("Losses from REO"))
    totals = [row[f"Total trust {side}"] for row in (changes, reo) for side in ("assets", "liabilities")]
    net = sum(totals)
    words = f"a {'gain' if net > 0 else 'loss'} of ${abs(net):,.0f} from trust assets and liabilities together"
    assert words in found["Net gain or loss from trust assets and liabilities"][0]
