"""A change in fair value in plain sentences, each built from its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlfv.reporting.posted_cash import apart, paid_by_side
from xlfv.reporting.reprojection import Explained
from xlfv.valuation import fair_value as fv

Sides = Mapping[str, float]
SMALL = 0.5  # dollars: what is less is none in words
_CAUSES = {
    "forward indices (LIBOR)": "forward indices",
    "prepayments": "prepayment curves",
    "actual performance": "what the loans really did against what was expected",
    "model": "the change of model, options or measurement",
}


def words_of(explained: Explained, found: Mapping[str, Sides], lines: Sequence[str], settled: bool) -> dict[str, str]:
    """A sentence for every line of an explanation.

    Args:
        explained: the change.
        found: line -> side -> gain or loss in dollars.
        lines: the lines of causes, in order.
        settled: cash really paid was given.
    """
    told = {line: _cause(line, found[line]) for line in lines if line != "discount yields"}
    if not settled:
        told["actual performance"] += " Cash beyond what was expected is in it: its value went and the cash came."
    told["discount yields"] = _yields(explained, found["discount yields"])
    told["all changes"] = _together(found, lines)
    told["time"] = (
        f"Opening yields earned on the opening values: {money(found['time']['assets'])} on assets and"
        f" {money(-found['time']['borrowings'])} owed on borrowings."
    )
    paid = "Cash paid" if settled else "Cash expected"
    told["cash"] = (
        f"{paid} until the closing: {money(-found['cash']['assets'])} came from the assets and"
        f" {money(found['cash']['borrowings'])} went to the borrowings; it is settled, neither gain nor loss."
    )
    told["change in value"] = _whole(explained)
    return told


def posted_words(posted: Mapping[str, float], paid: Mapping[str, float] | None, classes: Sequence[str]) -> str:
    """Whether a ledger's cash is what was paid by the account that the explanation uses, and how far it is off."""
    if paid is None:
        return " The ledger's cash is not held against it: what was paid by item is not known over this time."
    sides = apart(posted, paid_by_side(paid, classes))
    if not sides:
        return " The ledger posted the same."
    parts = [
        f"{one.side} {money(one.posted)} posted against {money(one.paid)}"
        f" ({money(abs(one.posted - one.paid))} {'more' if one.posted > one.paid else 'less'})"
        for one in sides
    ]
    return f" The ledger posted otherwise: {'; '.join(parts)}."


def money(dollars: float) -> str:
    """Dollars without cents: ``1,234 dollars``."""
    return f"{round(dollars) + 0:,} dollars"


def _moved(amount: float) -> str:
    return f"{'gained' if amount > 0.0 else 'lost'} {money(abs(amount))}"


def _sides_moved(sides: Sides) -> str:
    """``assets gained 5 dollars, borrowings lost 3 dollars (they are worth more): net a gain of 2 dollars``."""
    worth = "they are worth less" if sides["borrowings"] > 0.0 else "they are worth more"
    parts = []
    if abs(sides["assets"]) >= SMALL:
        parts.append(f"assets {_moved(sides['assets'])}")
    if abs(sides["borrowings"]) >= SMALL:
        parts.append(f"borrowings {_moved(sides['borrowings'])} ({worth})")
    if abs(sides["others"]) >= SMALL:
        parts.append(f"other liabilities {_moved(sides['others'])}")
    net = sides["net"]
    end = (
        f"a net {'gain' if net > 0.0 else 'loss'} of {money(abs(net))}" if abs(net) >= SMALL else "no net gain or loss"
    )
    return f"{', '.join(parts)}: {end}"


def _still(sides: Sides) -> bool:
    return all(abs(amount) < SMALL for amount in sides.values())


def _cause(line: str, sides: Sides) -> str:
    """The sentence of one cause."""
    cause = _CAUSES.get(line, "expected losses (default and severity curves)")
    if _still(sides):
        return f"{_capital(cause)} changed nothing."
    return f"{_capital(cause)}: {_sides_moved(sides)}."


def _yields(explained: Explained, sides: Sides) -> str:
    """The sentence on discount yields, with how far the bonds' moved on average by value."""
    moved = yield_moved(explained)
    if _still(sides):
        return "Discount yields changed nothing."
    way = "lower" if moved < 0.0 else "higher"
    points = (
        f"{abs(moved) * 100.0:.2f} percentage points {way} on average by value" if abs(moved) >= 5e-7 else "about level"
    )
    return f"Discount yields of the borrowings are {points}: {_sides_moved(sides)}."


def yield_moved(explained: Explained) -> float:
    """How far the chosen yields of the classes moved, averaged by their opening value (decimal).

    Classes whose yield is of another basis at the closing are left out.
    """
    first, last = explained.stages[0].yields, explained.stages[-1].yields
    worth = moved = 0.0
    for line in explained.opening.lines:
        name = line.item
        if line.side == "liability" and name in last and name in first and first[name].basis == last[name].basis:
            worth += line.value
            moved += line.value * (last[name].rate - first[name].rate)
    return moved / worth if worth else 0.0


def _together(found: Mapping[str, Sides], lines: Sequence[str]) -> str:
    """The answer to: why did the yields' effect on borrowings and the change as a whole go together?"""
    whole = found["all changes"]["borrowings"]
    yields = found["discount yields"]["borrowings"]
    helped = [
        line for line in lines if found[line]["borrowings"] * whole > 0.0 and abs(found[line]["borrowings"]) >= SMALL
    ]
    if abs(whole) < SMALL:
        return "The borrowings neither gained nor lost."
    if yields * whole < 0.0 and abs(yields) >= SMALL:
        others = [line for line in helped if line != "discount yields"]
        by = _listed([f"{_CAUSES.get(line, line)} ({_moved(found[line]['borrowings'])})" for line in others])
        word = "gain" if whole > 0.0 else "loss"
        return (
            f"Discount yields alone meant a {'loss' if yields < 0.0 else 'gain'} of {money(abs(yields))} on the borrowings;"
            f" against it stood {by}; together a {word} of {money(abs(whole))} on borrowings, and"
            f" {_net(found['all changes']['net'])} with the assets."
        )
    by = _listed([_CAUSES.get(line, line) for line in sorted(helped, key=lambda n: -abs(found[n]["borrowings"]))])
    return f"The borrowings {_moved(whole)}, by {by}; {_net(found['all changes']['net'])} with the assets."


def _net(net: float) -> str:
    return f"a {'gain' if net > 0.0 else 'loss'} of {money(abs(net))}" if abs(net) >= SMALL else "neither gain nor loss"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "nothing else"


def _whole(explained: Explained) -> str:
    """What assets, borrowings and residual were and are worth."""
    begin, end = explained.opening, explained.closing
    return (
        f"Assets went from {money(begin.total('asset'))} to {money(end.total('asset'))}, borrowings from"
        f" {money(begin.borrowings)} to {money(end.borrowings)}, the residual from"
        f" {money(begin.value(fv.RESIDUAL_INTEREST))} to {money(end.value(fv.RESIDUAL_INTEREST))}."
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
