"""The text beside the tables: what the trusts are worth, what that rests on, why it changed, and how sensitive it is.

Paragraph by paragraph, out of the tables only. What no table says is not said; every number stands beside its source; and the
words (a gain or a loss, higher or lower, more than offset or in part) are chosen by the numbers.

Source of the topics: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1 (the proposed disclosure and the
explanation of the net gain from trust assets and liabilities); ASC 820-10-50-2(b), (bbb) and (g).
"""

from __future__ import annotations

import numpy as np

from xlfv.reporting import inputs as i
from xlfv.reporting.disclosure import Disclosed, disclosed, hierarchy, total_of
from xlfv.reporting.methods import Curved, curves_paragraph, yields_paragraph
from xlfv.reporting.rollforward import Rollforward
from xlfv.reporting.sensitivity_words import Shocked, sensitivity_paragraphs
from xlfv.reporting.trust_gain import rollforward_paragraphs
from xlfv.reporting.wording import Paragraph, listed, percent, plural, sign_of
from xlfv.tables.schema import Records

_NAMES = {klass: title[:1].lower() + title[1:] for klass, title in i.TITLES.items()}
_IN_TRUSTS = (i.COLLATERAL, i.BORROWINGS)


def narrative(
    rows: Records,
    rollforward: Rollforward | None = None,
    shocked: Shocked | None = None,
    unit: str = "dollars",
    register: Records | None = None,
    curved: Curved | None = None,
) -> list[Paragraph]:
    """The paragraphs that the tables support.

    Args:
        rows: inputs, of :func:`xlfv.reporting.disclosure.read_inputs`.
        rollforward: of the same trusts, over the period.
        shocked: a table of sensitivities.
        unit: of the rollforward, dollars or thousands of dollars; the other tables are in dollars.
        register: chosen yields, of :func:`xlfv.reporting.methods.read_register`.
        curved: what the curves say of themselves.
    """
    found = [_worth(rows), *_measured(rows), _yields(rows), _levels(rows), _credit(rows)]
    if curved is not None:
        found.append(curves_paragraph(curved))
    if register is not None:
        found.append(yields_paragraph(register))
    if rollforward is not None:
        found += rollforward_paragraphs(rollforward, unit)
    if shocked is not None:
        found += sensitivity_paragraphs(shocked)
    return [one for one in found if one is not None and one.sentences]


def _worth(rows: Records) -> Paragraph | None:
    """What the trusts hold and owe, and what that leaves."""
    text = Paragraph("Trust assets, trust liabilities and residual interests")
    trusts = {str(name).lower() for name in rows["trust"][np.isin(rows["class"], _IN_TRUSTS)]}
    if trusts:
        _consolidated(rows, len(trusts), text)
    aside = rows.take(rows["class"] == i.SECURITIES)
    if aside.count:
        count = len({str(name).lower() for name in aside["trust"]})
        at = f"inputs, class {i.SECURITIES}"
        number = text.count(count, "issuers of investment securities", f"{at}: distinct trusts")
        held = text.count(aside.count, "investment securities", f"{at}: rows")
        value = text.money(total_of(rows, i.SECURITIES), "investment securities", f"{at}: sum of fair_value")
        text.say(
            f"Investment securities available for sale, {held} {plural(aside.count, 'interest')} in {number}"
            f" {plural(count, 'trust')}, have a fair value of {value}."
        )
    return text


def _consolidated(rows: Records, count: int, text: Paragraph) -> None:
    number = text.count(count, "consolidated trusts", "inputs: distinct trusts with collateral or borrowings")
    sides: list[tuple[str, float]] = []
    for classes in ((i.COLLATERAL, i.DERIVATIVE_ASSETS, i.REO), (i.BORROWINGS, i.DERIVATIVE_LIABILITIES)):
        there = [klass for klass in classes if (rows["class"] == klass).any()]
        amounts = [
            f"{_NAMES[klass]} of {text.money(total_of(rows, klass), _NAMES[klass], _sum(klass))}" for klass in there
        ]
        sides.append((listed(amounts) or "none", total_of(rows, *there) if there else 0.0))
    (assets, held), (liabilities, owed) = sides
    text.say(
        f"The assets of {number} {plural(count, 'consolidated trust')} in the table are {assets}; the liabilities are"
        f" {liabilities}."
    )
    net = held - owed
    amount = text.money(abs(net), "assets less liabilities, without sign", "the sums above")
    more = {1: f"exceed liabilities by {amount}", -1: f"fall short of liabilities by {amount}"}.get(sign_of(net))
    text.say(f"Assets {more}." if more else f"Assets equal liabilities: the difference is {amount}.")
    if (rows["class"] == i.RESIDUAL_INTERESTS).any():
        _residual(rows, net, held, text)


def _residual(rows: Records, net: float, held: float, text: Paragraph) -> None:
    worth = total_of(rows, i.RESIDUAL_INTERESTS)
    value = text.money(worth, "residual interests", _sum(i.RESIDUAL_INTERESTS))
    share = ""
    if held > 0.0:
        part = text.rate(worth / held, "residual interests as a share of assets", "residual interests / sum of assets")
        share = f", {part} of these assets"
    text.say(f"The residual interests are valued at {value}{share}.")
    rest = worth - net
    if sign_of(rest):
        gap = text.money(abs(rest), "difference, without sign", "residual interests less assets less liabilities above")
        word = "more" if rest > 0.0 else "less"
        text.say(
            f"That is {gap} {word} than assets less liabilities above: what the trusts hold or owe besides is not in the"
            " table."
        )
    else:
        text.say("That is what assets less liabilities leave.")


def _sum(klass: str) -> str:
    return f"inputs, class {klass}: sum of fair_value"


def _measured(rows: Records) -> list[Paragraph]:
    """Of every class: technique, and each input with its range and average."""
    found = []
    told = disclosed(rows)
    for klass in i.CLASSES:
        mine = rows.take(rows["class"] == klass)
        if not mine.count:
            continue
        text = Paragraph(f"Inputs: {i.TITLES[klass]}")
        value = text.money(total_of(rows, klass), _NAMES[klass], _sum(klass))
        techniques = listed(sorted({str(name) for name in mine["technique"]}))
        text.say(f"The value of {_NAMES[klass]}, {value}, is found by {techniques}.")
        for one in told:
            if one.klass == klass:
                text.say(_input(one, text))
        found.append(text)
    return found


def _input(one: Disclosed, text: Paragraph) -> str:
    """One input's sentence."""
    at = f"disclosure, {one.klass}, {one.input}"
    low = text.rate(one.low, f"{one.input}, low", f"{at}: low")
    if percent(one.low) == percent(one.high) or (one.items == 1 and one.low == one.high):
        return f"{one.input}: {low}{_note(one)}."
    high = text.rate(one.high, f"{one.input}, high", f"{at}: high")
    if one.weighted is None:
        average = text.rate(one.average, f"{one.input}, arithmetic average", f"{at}: average")
        return f"{one.input}: from {low} to {high}, {average} on arithmetic average{_note(one)}."
    average = text.rate(one.weighted, f"{one.input}, weighted average", f"{at}: weighted_average")
    return f"{one.input}: from {low} to {high}, {average} on average weighted by fair value{_note(one)}."


def _note(one: Disclosed) -> str:
    return f" ({one.note})" if one.note else ""


def _yields(rows: Records) -> Paragraph | None:
    """The collateral's discount rate beside those of the bonds and the residual interests."""
    title = "Discount rate"
    found = {one.klass: one for one in disclosed(rows) if one.input == title and one.weighted is not None}
    if i.COLLATERAL not in found or not {i.BORROWINGS, i.RESIDUAL_INTERESTS} & set(found):
        return None
    text = Paragraph("Discount rates of collateral, borrowings and residual interests")

    def average(klass: str) -> str:
        value = found[klass].weighted
        assert value is not None
        return text.rate(value, f"{_NAMES[klass]}, weighted average", f"disclosure, {klass}, {title}: weighted_average")

    own = found[i.COLLATERAL].weighted
    mine = average(i.COLLATERAL)
    beside = []
    for klass in (i.BORROWINGS, i.RESIDUAL_INTERESTS):
        if klass in found:
            beside.append(f"{_compared(own, found[klass].weighted)} that of {_NAMES[klass]} ({average(klass)})")
    text.say(
        f"The discount rate of securitized mortgage collateral, {mine} on average weighted by fair value, is"
        f" {listed(beside)}."
    )
    return text


def _compared(one: float | None, other: float | None) -> str:
    """Above, below or equal to, as printed."""
    assert one is not None
    assert other is not None
    if percent(one) == percent(other):
        return "equal to"
    return "above" if one > other else "below"


def _levels(rows: Records) -> Paragraph | None:
    """What of the measured is level 3."""
    text = Paragraph("Fair value hierarchy")
    for line in hierarchy(rows):
        if line.measured == "nonrecurring":
            value = text.money(line.total, "real estate owned", f"hierarchy, {line.title}: total")
            text.say(f"Real estate owned of {value} is measured on a nonrecurring basis.")
        elif not line.klass and line.total > 0.0:
            side = "assets" if line.side == "asset" else "liabilities"
            three = text.money(line.levels[2], f"{side}, level 3", f"hierarchy, {line.title}: level_3")
            total = text.money(line.total, f"{side}, total", f"hierarchy, {line.title}: total")
            share = text.rate(line.levels[2] / line.total, f"{side}, share of level 3", "level 3 / total")
            text.say(f"Of {side} measured at fair value on a recurring basis, {total}, level 3 is {three} ({share}).")
    return text


def _credit(rows: Records) -> Paragraph | None:
    """Where the table gives a credit spread, and where it gives none."""
    text = Paragraph("Credit spreads in discount rates")
    told = {one.klass: one for one in disclosed(rows) if one.input == "Credit spread"}
    for klass in (i.BORROWINGS, i.DERIVATIVE_LIABILITIES, i.LONG_TERM_DEBT):
        if not (rows["class"] == klass).any():
            continue
        if klass not in told:
            text.say(f"For {_NAMES[klass]} the table gives no credit spread.")
            continue
        one, at = told[klass], f"disclosure, {klass}, Credit spread"
        low = text.rate(one.low, f"{_NAMES[klass]}, credit spread, low", f"{at}: low")
        if percent(one.low) == percent(one.high):
            text.say(f"For {_NAMES[klass]} the table gives a credit spread of {low}.")
        else:
            high = text.rate(one.high, f"{_NAMES[klass]}, credit spread, high", f"{at}: high")
            text.say(f"For {_NAMES[klass]} the table gives credit spreads from {low} to {high}.")
    return text
