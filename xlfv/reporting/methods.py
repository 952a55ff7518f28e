"""How the inputs were come by, as far as the tables of yields and of curves say so themselves.

Source of the topics: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1 (forecast curves of third
parties; yields that investors require, gathered from pricing services and held to an acceptable range with its risk premium).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from xlfv.market.curves import DEFAULT, PREPAY, read_curves
from xlfv.reporting.disclosure import without_headers
from xlfv.reporting.wording import Paragraph, listed, plural
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_date, as_text
from xlfv.tables.schema import Records
from xlfv.valuation.yields import YIELDS

_EDGE = 1e-12  # sums in a sheet end in the 16th digit: a yield at the end of its range is inside


def read_register(table: Table) -> Records:
    """Chosen yields of one trust or of several stacked, whatever their items.

    Raises:
        Refused: with every fault of the table; an item of a trust that stands twice.
    """
    faults: list[Fault] = []
    table = without_headers(table, faults, "item")
    rows = YIELDS.read(table, faults)
    first: dict[tuple[str, str], int] = {}
    for row in range(rows.count):
        key = str(rows["trust"][row]).strip().lower(), str(rows["item"][row]).strip().lower()
        if rows.sound(row, "item", "trust") and first.setdefault(key, row) != row:
            what = f"{rows['item'][row]} has two yields"
            faults.append(Fault(what, table.where(row, "item"), "keep one, or name the trusts in a column trust"))
    refuse_if(faults)
    return rows


def yields_paragraph(rows: Records) -> Paragraph:
    """How many yields, with which ranges, outside them why, from whom and when."""
    text = Paragraph("How the discount rates were chosen")
    count = text.count(rows.count, "chosen yields", "yields: rows")
    text.say(f"The table of yields holds {count} chosen {plural(rows.count, 'yield')}.")
    low, high, chosen = rows["low"], rows["high"], rows["yield"]
    ranged = np.isfinite(low) | np.isfinite(high)
    _ranges(text, rows, ranged, ranged & ((chosen < low - _EDGE) | (chosen > high + _EDGE)))
    premium = rows["risk_premium"][np.isfinite(rows["risk_premium"])]
    if premium.size:
        ends = [
            text.rate(float(end), f"risk premium, {name}", f"yields, column risk_premium: {name}")
            for end, name in ((premium.min(), "lowest"), (premium.max(), "highest"))
        ]
        number = text.count(int(premium.size), "yields with a risk premium", "yields, column risk_premium: filled rows")
        text.say(f"A risk premium is stated for {number} of them, from {ends[0]} to {ends[1]}.")
    sources = sorted({str(name).strip() for name in rows["source"]} - {""})
    if sources:
        text.say(f"Sources named: {listed(sources)}.")
    dates = rows["quote_date"][~np.isnat(rows["quote_date"])]
    if dates.size:
        one = text.date(dates.min().item(), "first quote", "yields, column quote_date: earliest")
        last = text.date(dates.max().item(), "last quote", "yields, column quote_date: latest")
        text.say(f"Quotes are dated {one}." if one == last else f"Quotes are dated from {one} to {last}.")
    forced = int((~rows["orderly"]).sum())
    if forced:
        number = text.count(forced, "yields not from an orderly market", "yields, column orderly: no")
        text.say(f"Of the yields, {number} {'is' if forced == 1 else 'are'} said not to come from an orderly market.")
    promised = int((rows["cash_basis"] == "contractual").sum())
    if promised:
        number = text.count(promised, "yields on contractual cash", "yields, column cash_basis: contractual")
        text.say(f"Contractual, not expected, cash is discounted at {number} of them.")
    approved = int((np.char.strip(rows["approved_by"]) != "").sum())
    number = text.count(approved, "approved yields", "yields, column approved_by: filled rows")
    text.say(f"An approval is recorded for {number} of {count}.")
    return text


def _ranges(text: Paragraph, rows: Records, ranged: np.ndarray, outside: np.ndarray) -> None:
    """Acceptable ranges, and the yields outside them with their reasons."""
    with_range, out = int(ranged.sum()), int(outside.sum())
    given = text.count(with_range, "yields with an acceptable range", "yields, columns low and high: rows with either")
    if not with_range:
        text.say(f"An acceptable range is given for {given} of them.")
        return
    beyond = text.count(out, "yields outside their range", "yields: yield below low or above high")
    text.say(
        f"An acceptable range is given for {given} of them; {beyond} of these {'lies' if out == 1 else 'lie'} outside it."
    )
    for row in np.flatnonzero(outside):
        name = " ".join(filter(None, (str(rows["trust"][row]), str(rows["item"][row]))))
        rate = text.rate(float(rows["yield"][row]), f"{name}, yield outside its range", f"yields, {name}: yield")
        reason = str(rows["reason"][row]).strip()
        text.say(f"{name} at {rate} lies outside: {reason or 'no reason is recorded'}.")


@dataclass(frozen=True)
class Curved:
    """What a curves table says of itself.

    Attributes:
        kinds: prepayment, default, severity: those it gives.
        sets: its curve sets.
        providers, versions: those it names.
        dates: dates of the curves.
    """

    kinds: tuple[str, ...]
    sets: tuple[str, ...]
    providers: tuple[str, ...]
    versions: tuple[str, ...]
    dates: tuple[dt.date, ...]


def read_curved(table: Table) -> Curved:
    """The provider, date and version of curves, and what they give.

    Raises:
        Refused: with every fault of the curves; a curve_date that is no date.
    """
    faults: list[Fault] = []
    sets: tuple[str, ...] = ()
    try:
        sets = tuple(read_curves(table).sets)
    except Refused as refused:
        faults += refused.faults
    dates: set[dt.date] = set()
    for row, cell in enumerate(table.columns.get("curve_date", [])):
        try:
            if cell is not None and not isinstance(cell, ErrorCell):
                dates.add(as_date(cell, text=table.text))
        except Refused as refused:
            faults += [Fault(f.what, table.where(row, "curve_date"), f.todo) for f in refused.faults]
    refuse_if(faults)
    kinds = {"prepayment": PREPAY, "default": DEFAULT, "severity": ("severity",)}
    given = tuple(kind for kind, columns in kinds.items() if set(columns) & set(table.columns))
    return Curved(given, sets, _words(table, "provider"), _words(table, "version"), tuple(sorted(dates)))


def _words(table: Table, column: str) -> tuple[str, ...]:
    cells = table.columns.get(column, [])
    return tuple(dict.fromkeys(as_text(cell).strip() for cell in cells if cell is not None and as_text(cell).strip()))


def curves_paragraph(curved: Curved) -> Paragraph:
    """Whose curves they are, of what, and when."""
    text = Paragraph("Assumption curves")
    count = text.count(len(curved.sets), "curve sets", "curves: distinct curve sets")
    text.say(f"The curves give {listed(list(curved.kinds))} for {count} {plural(len(curved.sets), 'curve set')}.")
    if curved.providers:
        text.say(
            f"{'Provider' if len(curved.providers) == 1 else 'Providers'} named: {listed(list(curved.providers))}."
        )
    else:
        text.say("The table names no provider.")
    if curved.dates:
        one = text.date(curved.dates[0], "first curve date", "curves, column curve_date: earliest")
        last = text.date(curved.dates[-1], "last curve date", "curves, column curve_date: latest")
        text.say(f"They are dated {one}." if one == last else f"They are dated from {one} to {last}.")
    if curved.versions:
        text.say(f"Version: {listed(list(curved.versions))}.")
    return text
