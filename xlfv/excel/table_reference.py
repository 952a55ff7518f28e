"""What stands in each input table, column by column, written from the schemas: a part of the reference page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xlfv.excel.words import one_of
from xlfv.market.curves import BOUNDS, COLUMNS, DEFAULT, PREPAY
from xlfv.market.names import INDICES
from xlfv.projection.given_cash import CASH
from xlfv.reporting.balance_sheet import VALUES
from xlfv.reporting.consolidation import SCHEMA as FACTS
from xlfv.reporting.debt_rollforward import DEBT_ACTIVITY
from xlfv.reporting.disclosure import INPUTS
from xlfv.reporting.ledger import ACTUALS, LEDGER, MORE
from xlfv.reporting.rollforward import ACTIVITY, FURTHER, ITEMS, TITLES
from xlfv.review.remittance import ITEMS as REPORTED
from xlfv.review.remittance import REMITTANCE
from xlfv.review.tape_table import LATER
from xlfv.tables.schema import Column, Schema
from xlfv.trust.terms import TERM_KINDS, TERM_MEANINGS
from xlfv.trust.trust import SCHEMAS
from xlfv.valuation.debt_terms import DEBT
from xlfv.valuation.measures import MEASURES
from xlfv.valuation.quotes import QUOTES
from xlfv.valuation.reo import SALES
from xlfv.valuation.yield_ranges import RANGES
from xlfv.valuation.yields import YIELDS

INTRODUCTION = """A table is a header row with the rows below it. Case, spaces, hyphens and underscores in a header or in a word do not matter, nor
does the order of columns. A column that is not listed here is carried along and not used, with a notice. A blank cell
takes the default; wholly blank rows are passed over. Rates are decimals (0.0625): 6.25 is refused. Dates are date cells, or
text like 2009-12-31. Bad input is refused whole, with every fault named: its sheet and cell (or file and row), its column, its
loan, and what to do.
"""

_ABOUT = {
    "loans": "One row a loan, balances at the cut-off. A loan in REO stands here too, with the status reo. "
    "A payment_cap needs payment_reset_frequency; a prepayment penalty needs its months, and a kind or a rate.",
    "bonds": "One row a tranche, balances after the last distribution. A z class accretes: what a step would pay it as "
    "interest joins its balance while a class ahead of it is outstanding, and the cash becomes principal (or is drawn on by the "
    "name of the class).",
    "waterfall": "The deal's rules: one row a step, run in this order every month. What no step takes goes to the residual.",
    "costs": "What the trust pays before its bonds; a step of the waterfall pays each by its name.",
    "terms": "The deal's dates and targets, one a row.",
    "triggers": "Tests that a step of the waterfall can depend on.",
    "hedges": "Swaps, caps, corridors and floors.",
    "reo": "Real estate owned; its cash comes from here only.",
    "schedules": "Notionals and planned balances by month; a row holds until the next.",
    "accounts": "Reserve funds and other accounts: steps deposit to one up to its target, draw on it by its name, and release "
    "to the excess what it holds above the target. Nothing is kept once the loans are gone.",
    "cash": "Collateral cash given instead of loans: one row a month and group, from month 1 on without a gap. What a month "
    "leaves of its balance is what the next begins with, to 3 dollars of rounding.",
    "measures": "What XLFV_SCENARIOS measures in every scenario, one measure a row.",
    "yields": "The chosen yield of every tranche and of the residual: the register. A yield outside its range needs a reason.",
    "quotes": "What pricing services and dealers quoted, one quote a row. One that is not orderly or stale is listed and counts for "
    "nothing; one dated after the as-of date is refused.",
    "ranges": "The policy of risk premiums, one row a kind of class. Of the rows that fit a class the one that names most criteria "
    "counts; of those that name the same ones, that with the closest rating and the fewest vintages.",
    "ledger": "What was posted in a month, one posting a row, dollars; several of an item add up. A month's `activity.csv` is one, "
    "whose items are all of its trust and month.",
    "facts": "Who has what in a trust, one fact a row; a fact holds from its date until the next of its kind.",
    "values": "Fair values of trusts: grids of XLFV_TRUST_VALUES stacked; rows of totals and checks are passed over.",
    "debt_activity": "What was paid on long-term debt and borrowed in a period, one instrument a row; in the company's month folder.",
    "debt": "Long-term debt of the company (trust preferred), one instrument a row. It is valued at yield + own_credit_spread. A "
    "coupon in words has pieces joined by `then`, each but the last with an end: a rate with a percent sign, `+1% a year` (from "
    "the rate before it, the first rise when the piece begins), an index with its margin, or `floating` (the column index). "
    "`until 2014-01-01`: the next piece holds from that day on; `through 2013-12-31` or `through 2013`: from the day after.",
    "remittance": "The trustee's report of a month, one figure a row, as the statement to certificateholders gives it; held against ours "
    "by XLFV_TIEOUT and `xlfv tie`. A figure that the report does not give is left out.",
    "sales": "Properties sold between two dates, one a row.",
    "inputs": "What fair values rest on, one item a row; XLFV_INPUTS gives the rows of a trust, and rows of long-term debt are "
    "added to them. A header that stands again where tables are stacked is passed over.",
}
_USED_BY = dict.fromkeys(SCHEMAS, "XLFV_TRUST") | {
    "cash": "XLFV_DISTRIBUTE",
    "measures": "XLFV_SCENARIOS",
    "yields": "XLFV_COLLATERAL_YIELD, XLFV_COLLATERAL_VALUE, XLFV_FAIR_VALUE, XLFV_YIELD_REVIEW",
    "quotes": "XLFV_QUOTES, XLFV_YIELD_RANGE, XLFV_YIELD_REVIEW",
    "ranges": "XLFV_YIELD_RANGE, XLFV_YIELD_REVIEW",
    "debt": "XLFV_DEBT_VALUE, XLFV_DEBT_CASHFLOW, XLFV_DEBT_ROLLFORWARD",
    "sales": "XLFV_REO_MOVEMENT",
    "inputs": "XLFV_DISCLOSURE, XLFV_HIERARCHY, XLFV_NARRATIVE",
}
_USED_BY |= {
    "ledger": "XLFV_TRUST_ROLLFORWARD, XLFV_CASH_RECONCILIATION, XLFV_IMPLIED_CASH",
    "facts": "XLFV_CONSOLIDATE, XLFV_TRUST_ROLLFORWARD, XLFV_CASH_RECONCILIATION",
    "values": "XLFV_CONSOLIDATE",
    "debt_activity": "XLFV_DEBT_ROLLFORWARD, `xlfv rollforward`",
    "remittance": "XLFV_TIEOUT",
}
_KINDS = {"integer": "whole number", "flag": "yes or no", "cell": "number or text"}
_MOST_WORDS = 30
_HEADERS = ("column", "what", "unit", "allowed", "default", "meaning")


@dataclass(frozen=True)
class Section:
    """One table on the page: its name and its text in Markdown."""

    name: str
    text: str


def sections() -> list[Section]:
    """Every input table, in the order in which a trust is built and valued."""
    of_trust = [_of_schema(schema) for schema in SCHEMAS.values()]
    return [
        *of_trust,
        _curves(),
        _indices(),
        _of_schema(CASH),
        _of_schema(YIELDS),
        _of_schema(QUOTES),
        _of_schema(RANGES),
        _of_schema(MEASURES),
        _of_schema(DEBT),
        _of_schema(SALES),
        _of_schema(INPUTS),
        _rollforward(),
        _actuals(),
        *map(_of_schema, (LEDGER, FACTS, VALUES, DEBT_ACTIVITY)),
        _tapes(),
        _remittance(),
    ]


def markdown_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; bars in cells are escaped."""
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def _of_schema(schema: Schema) -> Section:
    if schema.name == "terms":
        rows = [(f"`{term}`", _term_kind(kind), TERM_MEANINGS[term]) for term, kind in TERM_KINDS.items()]
        body = "Columns: `term` and `value`, both required.\n\n" + markdown_table(("term", "value", "meaning"), rows)
    else:
        body = markdown_table(_HEADERS, map(_row, schema.columns))
    return _section(schema.name, _ABOUT[schema.name], _USED_BY[schema.name], body)


def _section(name: str, about: str, used_by: str, body: str) -> Section:
    return Section(name, f"### {name}\n\n{about} Taken by {used_by}.\n\n{body}")


def _row(column: Column) -> tuple[str, ...]:
    what = _KINDS.get(column.kind, column.kind)
    return f"`{column.name}`", what, column.unit, allowed_words(column), default_words(column), column.meaning


def allowed_words(column: Column) -> str:
    """What a cell of the column may be."""
    if len(column.allowed) > _MOST_WORDS:
        return "one of those below"
    if column.allowed:
        return one_of(column.allowed)
    high = "below 1" if column.unit == "rate" else "" if column.high is None else f"at most {column.high:,.15g}"
    low = "" if column.low is None else f"at least {column.low:,.15g}"
    once = "each once" if column.unique else ""
    return ", ".join(filter(None, [low, high, once]))


def default_words(column: Column) -> str:
    """What a blank cell takes."""
    if column.required:
        return "required"
    if column.kind == "flag":
        return "yes" if column.default else "no"
    return (
        "" if column.default is None else f"{column.default:.15g}" if column.kind == "number" else f"{column.default}"
    )


def _term_kind(kind: str) -> str:
    return one_of([word.strip() for word in kind.split("|")])


def _remittance() -> Section:
    """The columns, then every item with what it is about."""
    of_schema = _of_schema(REMITTANCE)
    rows = [(f"`{item}`", about or "whole trust", unit, meaning) for item, (about, unit, meaning) in REPORTED.items()]
    items = markdown_table(("item", "tranche names", "unit", "meaning"), rows)
    return Section(of_schema.name, f"{of_schema.text}\n{items}")


def _curves() -> Section:
    about = (
        "Prepayment, default and severity, one row a month; a row holds until the next and the last holds on. A cell may be "
        "a vector in words, in percent (months and speeds of PSA and SDA as they are): `6 ramp 24 to 12`, `2 for 6 then 8`; at "
        "its end the whole of it may be scaled and shifted: `8 ramp 24 to 15 * 1.1`, `2 for 6 then 8 + 1`. Give "
        f"{one_of(PREPAY)}, and {one_of(DEFAULT)}. Loans late today are liquidated on a timeline of their own where `cure` or "
        "`months_to_liquidation` is given for their status."
    )
    rows = [(f"`{name}`", _bounds(name), meaning) for name, meaning in COLUMNS.items()]
    return _section(
        "curves", about, "XLFV_PROJECT, XLFV_CURVES_CHANGE", markdown_table(("column", "allowed", "meaning"), rows)
    )


def _bounds(name: str) -> str:
    if name not in BOUNDS:
        return "required" if name == "month" else ""
    low, high = BOUNDS[name]
    return f"{low:,.15g} to {high:,.15g}"


def _indices() -> Section:
    about = "Forward rates, one row a month; a row holds until the next and the last holds on."
    rows = [
        ("`month`", "whole number", "required; 0 is today: the rate published then"),
        ("an index", "decimal a year", f"a column an index: {', '.join(INDICES)}, or `CUSTOM_` and a name of your own"),
        (
            "`discount`",
            "decimal a year",
            "annual zero rate by month of maturity, for derivatives (else the forward LIBOR_1M)",
        ),
        ("`volatility`", "decimal a year", "volatility of the forward rate, for caps, corridors and floors"),
    ]
    return _section("indices", about, "XLFV_PROJECT", markdown_table(("column", "unit", "meaning"), rows))


def _rollforward() -> Section:
    about = (
        "Opening and closing values: a header of items over one row of amounts, or two columns `item` and `amount`. Activity: "
        "a column `row` and a column an item. Liabilities are negative. Totals may be given: they are checked, never used."
    )
    items = markdown_table(("item", "meaning"), [(f"`{item}`", TITLES[item]) for item in ITEMS])
    body = (
        items
        + "\n"
        + markdown_table(("row of the activity",), [(title,) for title in (*ACTIVITY.values(), *FURTHER.values())])
    )
    return _section("opening, activity, closing", about, "XLFV_ROLLFORWARD", body)


def _actuals() -> Section:
    about = (
        "What really happened in a month, a file `activity.csv` in the month's folder: columns `item` and `amount`, dollars. "
        "An item left out is 0."
    )
    words = {**ACTUALS, **MORE}
    body = markdown_table(("item", "meaning"), [(f"`{item}`", meaning) for item, meaning in words.items()])
    return _section("activity of a month", about, "xlfv refresh", body)


def _tapes() -> Section:
    about = (
        "Two loan tapes of one trust: tables of loans as a trust takes them, of which only these columns are read. They may "
        "keep loans that are gone, which need no balance and no terms; a living loan needs its balance, and in the earlier "
        "tape a performing one its rate and remaining_term. loss, liquidation_proceeds, default_balance and "
        "liquidation_date are read in the later tape only."
    )
    return _section("earlier, later", about, "XLFV_ACTUALS", markdown_table(_HEADERS, map(_row, LATER.columns)))
