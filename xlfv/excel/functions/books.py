"""The books in cells: implied cash, the computed rollforward, consolidation, net gain and real estate owned apart."""

from __future__ import annotations

import datetime as dt

from xlfv.excel.arguments import Arg
from xlfv.excel.example_books import (
    BALANCE_GRID,
    CHAIN_GRID,
    GAIN_GRID,
    IMPLIED_GRID,
    RECONCILED_GRID,
    REO_GRID,
    ROLLED_GRID,
    VALUES_GRID,
)
from xlfv.excel.functions.projection import attempt
from xlfv.excel.functions.value import YIELDS
from xlfv.excel.registry import Example, function
from xlfv.projection.projection import Projection
from xlfv.reporting import balance_sheet, consolidation, forms, interest, ledger, nonrecurring
from xlfv.reporting import rollforward as report
from xlfv.reporting.implied_cash import TRUSTEE, implied_cash, month_faults
from xlfv.reporting.net_gain import gain_grid, net_gain
from xlfv.reporting.reprojection import MonthEnd
from xlfv.reporting.trust_rollforward import GAINS_GO, TrustRollforward, trust_rollforward
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.trust.trust import Trust
from xlfv.valuation.fair_value import fair_value
from xlfv.valuation.yields import read_yields

_LETTER = "Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1"
_OPENING = Arg("opening_projection", "handle", "the trust's projection at the opening month-end", of="projection")
_CLOSING = Arg("closing_projection", "handle", "the trust's projection a month later", of="projection")
_OPENING_YIELDS = Arg("opening_yields", "table", YIELDS.meaning)
_CLOSING_YIELDS = Arg("closing_yields", "table", "the same at the closing")
_LEDGER = Arg("ledger", "table", "postings: item, amount; trust, date, line, text as given; several of an item add up")
_POLICY = Arg("policy", "text", "whose yield the interest takes: opening, closing or average", default="opening",
              choices=interest.POLICIES)  # fmt: skip
_GAINS = Arg("gains", "text", "where those of a residual held as a security go: earnings or oci", default="earnings",
             choices=GAINS_GO)  # fmt: skip
_FORM = Arg("form", "text", "letter (interest net of the contractual), gross (settlements are all cash) or later (later"
            " years' rows)", default="letter", choices=("letter", "gross", "later"))  # fmt: skip
_FACTS = Arg("facts", "table", "facts of consolidation as XLFV_CONSOLIDATE takes them, for the day on which the trust's status changed;"
             " blank: the closing", default=None)  # fmt: skip
_APART = ["#VALUE!: when the two are not one trust at month-ends in a row, or have no loans"]


@function(
    "XLFV_IMPLIED_CASH",
    family="reporting",
    args=[
        _OPENING,
        _CLOSING,
        Arg("trustee", "table", f"item, amount of what states cannot say: {', '.join(TRUSTEE)}", default=None),
    ],
    result="grid",
    unit="dollars",
    source="xlfv",
    errors=_APART,
    example=Example("=XLFV_IMPLIED_CASH(projection, projection_after, ledger)", IMPLIED_GRID),
)
def implied(
    opening_projection: Projection, closing_projection: Projection, trustee: Table | None
) -> list[list[object]]:
    """The cash of a month as the two states of a trust say it themselves, item by item, each with its source.

    Bonds: what the coupon made due less the growth of shortfalls; the balance's drop less write-downs. Collateral: loan by loan
    from the two tapes. REO: from the two property lists. Derivatives and costs: by the deal's rules. Residual: what is left.
    """
    before, after = opening_projection.trust, closing_projection.trust
    told = ledger.read_ledger(trustee, before.name, before.as_of, after.as_of).amounts if trustee is not None else None
    cash = implied_cash(before, after, opening_projection.indices, told)
    rows: list[list[object]] = [["item", "what", "amount", "source"]]
    return rows + [[one.item, one.what, one.amount, one.source] for one in cash.amounts]


def _rolled(
    opening_projection: Projection, opening_yields: Table, closing_projection: Projection, closing_yields: Table,
    postings: Table, form: str, policy: str, gains: str, facts: Table | None,
) -> TrustRollforward:  # fmt: skip
    """The month's rollforward; the faults of the month-ends and of all tables are told together."""
    before, after = opening_projection.trust, closing_projection.trust
    faults = month_faults(before, after)
    changed = attempt(lambda table: _changed_on(table, before, after), facts, faults) if facts is not None else None
    first = attempt(lambda table: read_yields(table, before), opening_yields, faults)
    last = attempt(lambda table: read_yields(table, after), closing_yields, faults)
    posted = None
    if before.as_of < after.as_of:  # else no posting can lie between them
        posted = attempt(lambda t: ledger.read_ledger(t, before.name, before.as_of, after.as_of), postings, faults)
    refuse_if(faults)
    assert first is not None
    assert last is not None
    assert posted is not None
    return trust_rollforward(
        MonthEnd(opening_projection, first),
        MonthEnd(closing_projection, last),
        posted,
        interest="gross" if form == "gross" else "net",
        policy=policy,
        gains=gains,
        changed_on=changed,
    )


def _changed_on(facts: Table, before: Trust, after: Trust) -> dt.date | None:
    """The day of the month on which the trust's status changed by its facts, which its terms may not contradict."""
    own = consolidation.facts_of(consolidation.read_facts(facts), after.name)
    if own is None:
        raise Refused(Fault(f"{after.name} has no facts", facts.place.start, "record who has power and interests"))
    ends = [(trust.as_of, trust.consolidated) for trust in (before, after)]
    return consolidation.changed_between(after.name, own, ends[0], ends[1])


@function(
    "XLFV_TRUST_ROLLFORWARD",
    family="reporting",
    args=[_OPENING, _OPENING_YIELDS, _CLOSING, _CLOSING_YIELDS, _LEDGER, _FORM, _POLICY, _GAINS, _FACTS],
    result="grid",
    unit="dollars; liabilities negative",
    source=_LETTER,
    errors=[*_APART, "#NUM!: when there is no blended yield"],
    example=Example("=XLFV_TRUST_ROLLFORWARD(projection, yields, projection_after, yields_after, ledger)", ROLLED_GRID),
)
def rolled(
    opening_projection: Projection, opening_yields: Table, closing_projection: Projection, closing_yields: Table,
    ledger: Table, form: str, policy: str, gains: str, facts: Table | None,
) -> list[list[object]]:  # fmt: skip
    """A month's level 3 rollforward of one trust, every row computed on its own; what they leave is the row Unexplained.

    Interest: effective-yield interest on the opening value, in the letter's form less the contractual interest that the states make
    due. Change in fair value: the effects of independent reprojections, with the cash that the states imply. Losses from REO: by
    property. Settlements: the ledger, and loans foreclosed into REO, equal and opposite. Loans that appear are purchases or transfers
    at the ledger's value. A receipt missing from the ledger stands in Unexplained to the dollar. Bonds that the company holds are
    eliminated; of a trust that is not consolidated they and the residual are rolled forward, as a security. A change of status is a
    transfer at the values of the last month-end on or before its day by the facts.
    """
    found = _rolled(
        opening_projection, opening_yields, closing_projection, closing_yields, ledger, form, policy, gains, facts
    )
    return forms.grid(found.rollforward, "later" if form == "later" else "letter")


@function(
    "XLFV_CASH_RECONCILIATION",
    family="reporting",
    args=[_OPENING, _OPENING_YIELDS, _CLOSING, _CLOSING_YIELDS, _LEDGER, _POLICY, _FACTS],
    result="grid",
    unit="dollars; of liabilities, paid",
    source=_LETTER,
    errors=[*_APART, "#NUM!: when there is no blended yield"],
    example=Example(
        "=XLFV_CASH_RECONCILIATION(projection, yields, projection_after, yields_after, ledger)", RECONCILED_GRID
    ),
)
def reconciliation(
    opening_projection: Projection, opening_yields: Table, closing_projection: Projection, closing_yields: Table,
    ledger: Table, policy: str, facts: Table | None,
) -> list[list[object]]:  # fmt: skip
    """A month's interest and cash by column of the rollforward: effective = contractual_due + accretion, cash = contractual + principal.

    Contractual interest is that of the ledger, of collateral net of servicing and trust costs; contractual_due is what the states
    make due, and accretion is what effective interest is beyond that. Beside the ledger's cash stands the cash that the states
    imply; their difference is unexplained. Notices, in the first row, say where the two tell of something else.
    """
    found = _rolled(
        opening_projection,
        opening_yields,
        closing_projection,
        closing_yields,
        ledger,
        "letter",
        policy,
        "earnings",
        facts,
    )
    header = ["column", "effective_interest", "contractual", "accretion", "principal", "cash", "implied_cash",
              "unexplained", "contractual_due", "notices"]  # fmt: skip
    told = "; ".join(dict.fromkeys(found.notices)) or None
    rows: list[list[object]] = [[*header]]
    for one in found.reconciled:
        left = 0.0 if abs(one.unexplained) < forms.NOISE else one.unexplained
        rows.append([report.TITLES[one.line], one.effective, one.received, one.accretion, one.principal, one.cash,
                     one.implied, left, one.due, told if len(rows) == 1 else None])  # fmt: skip
    return rows


@function(
    "XLFV_CHAIN_ROLLFORWARDS",
    family="reporting",
    args=[
        Arg("rollforwards", "table", "rollforwards of XLFV functions, one below the other, headers and all"),
        Arg("how", "text", "months (each opens with what the one before closed with) or trusts (of the same time)",
            default="months", choices=("months", "trusts")),
        Arg("form", "text", "rows of the result: letter or later", default="letter", choices=forms.FORMS),
    ],
    result="grid",
    unit="as given",
    source=_LETTER,
    errors=["#VALUE!: when months do not follow each other, a trust stands twice among trusts, or a table is none"],
    example=Example("=XLFV_CHAIN_ROLLFORWARDS(rollforwards)", CHAIN_GRID),
)  # fmt: skip
def chained(rollforwards: Table, how: str, form: str) -> list[list[object]]:
    """Months chained to a quarter or a year, or trusts added up: the rollforward of the whole.

    Months: opening of the first, closing of the last, everything between added; with a column trust, each trust's by itself and
    all of them in total. Trusts: everything added.
    """
    found = forms.read_grid(rollforwards)
    if how == "trusts":
        return forms.grid(forms.add_up(forms.once_each(found)), form)
    whole = forms.chain_each(found)
    if "trust" in rollforwards.columns:
        return forms.grid_by_trust(whole, form)
    return forms.grid(whole[""], form)


@function(
    "XLFV_NET_TRUST_GAIN",
    family="reporting",
    args=[
        Arg("rollforward", "table", "a rollforward; or opening values, with activity and end beside it"),
        Arg("activity", "table", "activity, as XLFV_ROLLFORWARD takes it", default=None),
        Arg("end", "table", "closing values, as XLFV_ROLLFORWARD takes them", default=None),
    ],
    result="grid",
    unit="as given",
    source=_LETTER,
    errors=["#VALUE!: when activity comes without end, or a table is no rollforward"],
    example=Example("=XLFV_NET_TRUST_GAIN(opening, activity, closing)", GAIN_GRID),
)
def gain(rollforward: Table, activity: Table | None, end: Table | None) -> list[list[object]]:
    """The letter's net gain from trust assets and liabilities: losses from REO with the assets, in figures and in its sentence.

    Several rollforwards stacked are added up; with a column trust, those of a trust are months that follow each other.
    """
    if (activity is None) != (end is None):
        raise Refused(Fault("activity and end go together", todo="give the three tables, or one rollforward"))
    if activity is not None and end is not None:
        return gain_grid(net_gain(report.build_rollforward(rollforward, activity, end)))
    found = forms.read_grid(rollforward)
    parts = found[""] if "" in found else forms.chain_each(found).values()
    return gain_grid(net_gain(forms.add_up(parts)))


@function(
    "XLFV_REO_TABLE",
    family="reporting",
    args=[
        Arg("opening_trust", "handle", "the trust at the opening", of="trust"),
        Arg("closing_trust", "handle", "the trust at the closing", of="trust"),
        Arg("proceeds", "number", "cash of REO sold in the period, net of costs to sell; blank: nothing was sold", unit="dollars",
            default=None),
        Arg("level", "integer", "level of its inputs in the hierarchy of fair values", unit="level", default=3,
            choices=(1, 2, 3)),
    ],
    result="grid",
    unit="dollars; losses below 0",
    source=f"ASC 820-10-50-2; {_LETTER}",
    errors=["#VALUE!: when the two are not one trust at two dates, or proceeds stand without a sale or a sale without proceeds"],
    example=Example("=XLFV_REO_TABLE(trust, trust_after, 92000)", REO_GRID),
)  # fmt: skip
def reo_table(opening_trust: Trust, closing_trust: Trust, proceeds: float | None, level: int) -> list[list[object]]:
    """Real estate owned in the table of non-recurring measurements: what was measured in the period, its level, its losses.

    Measured is what was foreclosed or revalued in the period. Losses are those of the rollforward's row: on what is held, and on
    what was sold, proceeds less the opening's net realizable value.
    """
    return nonrecurring.reo_grid(nonrecurring.measure_reo(opening_trust, closing_trust, proceeds), level)


@function(
    "XLFV_TRUST_VALUES",
    family="reporting",
    args=[Arg("projection", "handle", "the trust's projection", of="projection"), YIELDS],
    result="grid",
    unit="dollars",
    source=_LETTER,
    errors=["#NUM!: when there is no blended yield"],
    example=Example("=XLFV_TRUST_VALUES(projection, yields)", VALUES_GRID),
)
def trust_values(projection: Projection, yields: Table) -> list[list[object]]:
    """A trust's rows for XLFV_CONSOLIDATE: its balance at fair value, classes that the company holds, fees due to the company.

    Stack those of several trusts, headers and all.
    """
    return balance_sheet.trust_values(projection, fair_value(projection, read_yields(yields, projection.trust)))


@function(
    "XLFV_CONSOLIDATE",
    family="reporting",
    args=[
        Arg("facts", "table", f"trust, date, fact, value, source; facts: {', '.join(consolidation.FACTS)}"),
        Arg("values", "table", "trust, side, item, fair_value, held_by: XLFV_TRUST_VALUES of the trusts, stacked"),
        Arg("as_of", "date", "the date of the balance sheet"),
        Arg("show", "text", "balance (lines before and after eliminations), trusts (who is consolidated and why) or changes"
            " (of status, by date)", default="balance", choices=("balance", "trusts", "changes")),
    ],
    result="grid",
    unit="dollars",
    source="FIN 46(R) and FAS 140 until 2009-12-31; ASC 810-10-25-38A (FAS 167) from 2010-01-01; ASC 810-10-45-1",
    errors=["#VALUE!: when a trust stands twice, has no facts or no values, or its facts do not answer what the rule asks"],
    example=Example('=XLFV_CONSOLIDATE(facts, trust_values, DATE(2009,12,31))', BALANCE_GRID),
)  # fmt: skip
def consolidate(facts: Table, values: Table, as_of: dt.date, show: str) -> list[list[object]]:
    """Which trusts the company consolidates and why, and its balance sheet lines before and after eliminations.

    Facts hold from their date until the next of the same kind. Until 2009-12-31 a qualifying special-purpose entity is not
    consolidated, and others are by who bears most of losses and returns (FIN 46(R)); from 2010-01-01 it is who has power and an
    interest that could be significant (ASC 810). Eliminated: bonds that the company holds, the residuals against the trusts'
    equity, and fees that the trusts owe the company. Of trusts not consolidated the residual and bonds held are securities. A trust
    whose values carry a term consolidated that its facts contradict is refused.
    """
    register = consolidation.read_facts(facts)
    if show == "balance":
        return balance_sheet.balance_grid(values, register, as_of)
    balance_sheet.check_status(*balance_sheet.read_values(values, register), consolidation.decisions(register, as_of))
    if show == "trusts":
        return consolidation.trusts_grid(register, as_of)
    return consolidation.changes_grid(register, as_of)
