"""The net gain or loss from trust assets and liabilities in words, as a rollforward's rows make it.

Source: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1: the gains of the recurring level 3 table do
not hold the losses from real estate owned; with them stands what the trusts gained or lost as a whole.
"""

from __future__ import annotations

from xlfv.reporting.rollforward import ASSETS, DEBT, ITEMS, LIABILITIES, TITLES, Rollforward
from xlfv.reporting.wording import Paragraph, listed, sign_of

_NAMES = {item: title[:1].lower() + title[1:] for item, title in TITLES.items()} | {
    "real_estate_owned": "real estate owned"
}
_COLLATERAL, _BORROWINGS, _REO = (
    "securitized_mortgage_collateral",
    "securitized_mortgage_borrowings",
    "real_estate_owned",
)


def rollforward_paragraphs(rollforward: Rollforward, unit: str) -> list[Paragraph]:
    """How the values moved, the net gain, and whether the table foots."""
    return [_gain(rollforward, unit), _movement(rollforward, unit), _footing(rollforward, unit)]


def _gain(roll: Rollforward, unit: str) -> Paragraph:
    """Gain or loss by item, with real estate owned, of assets, of liabilities, and of both."""
    text = Paragraph("Net gain or loss from trust assets and liabilities", unit)
    changes, losses = roll.activity["change_in_fair_value"], roll.activity["reo_losses"]
    told = [item for item in ASSETS + LIABILITIES if sign_of(changes[item])]
    parts = [f"{text.gain(changes[item], _NAMES[item], _at('change in FV', item))} on {_NAMES[item]}" for item in told]
    if parts:
        text.say(f"The changes in fair value of the period are {listed(parts)}.")
    else:
        text.say("The rollforward holds no changes in fair value of trust assets and liabilities.")
    recurring = sum(changes[item] for item in ASSETS)
    reo = sum(losses[item] for item in ASSETS + LIABILITIES)
    assets, liabilities = recurring + reo, sum(changes[item] for item in LIABILITIES)
    if sign_of(reo):
        _with_reo(roll, recurring, reo, text)
    net_assets = text.gain(assets, "trust assets, net", "change in FV of trust assets + losses from REO")
    net_owed = text.gain(liabilities, "trust liabilities, net", _at("change in FV", "total_trust_liabilities"))
    net = text.gain(roll.net_trust_gain, "trust assets and liabilities, net", "the two above, added")
    text.say(
        f"Trust assets show {net_assets} and trust liabilities {net_owed}: {_together(assets, liabilities)}, {net} from trust"
        " assets and liabilities together."
    )
    debt = sum(roll.activity["change_in_debt"][item] for item in DEBT)
    if sign_of(debt):
        own = text.gain(debt, "long-term debt", _at("change in FV of long-term debt", "long_term_debt"))
        text.say(f"The change in fair value of long-term debt, {own}, is no part of it.")
    return text


def _with_reo(roll: Rollforward, recurring: float, reo: float, text: Paragraph) -> None:
    """What the table of recurring measurements leaves out."""
    lost = text.gain(reo, "real estate owned", _at("losses from REO", _REO))
    without = text.gain(recurring, "trust assets, excluding REO", _at("change in FV", "total_trust_assets"))
    text.say(
        f"Real estate owned, which is measured on a nonrecurring basis and stands outside these changes, shows {lost}"
        f" beside {without} on the other trust assets."
    )
    changes = roll.activity["change_in_fair_value"]
    both = sign_of(changes[_COLLATERAL]), sign_of(changes[_BORROWINGS])
    if both == (1, 1) and reo < 0.0:
        taken = text.gain(changes[_COLLATERAL] + reo, "collateral and real estate owned", "the two above, added")
        text.say(
            f"Collateral and borrowings both show a gain; collateral and real estate owned taken together show {taken}."
        )


def _together(assets: float, liabilities: float) -> str:
    """How the two sides stand to each other."""
    one, other = sign_of(assets), sign_of(liabilities)
    if one == 0 or other == 0:
        return "one side alone moves" if one or other else "neither side moves"
    if one == other:
        return "they add to each other"
    first, second = ("gain", "loss") if liabilities > 0.0 else ("loss", "gain")
    if not sign_of(assets + liabilities):
        return f"the {first} on liabilities equals the {second} on assets"
    how = "more than offsets" if abs(liabilities) > abs(assets) else "offsets in part"
    return f"the {first} on liabilities {how} the {second} on assets"


def _movement(roll: Rollforward, unit: str) -> Paragraph:
    """Opening and closing value of every item; of liabilities what is owed."""
    text = Paragraph("Movement of the values", unit)
    for item in ITEMS:
        owed = -1.0 if item in LIABILITIES + DEBT else 1.0
        begin, end = owed * roll.begin[item] + 0.0, owed * roll.end[item] + 0.0
        if not sign_of(begin) and not sign_of(end):
            continue
        opening = text.money(begin, f"{_NAMES[item]}, opening", _at("opening", item))
        closing = text.money(end, f"{_NAMES[item]}, closing", _at("closing", item))
        moved = text.change(end - begin, f"{_NAMES[item]}, change", "closing less opening")
        text.say(f"{_NAMES[item][:1].upper()}{_NAMES[item][1:]} {moved}, from {opening} to {closing}.")
    return text


def _footing(roll: Rollforward, unit: str) -> Paragraph:
    """Whether the rows lead from opening to closing."""
    text = Paragraph("Footing of the rollforward", unit)
    gaps = [item for item in ITEMS if sign_of(roll.gap(item))]
    for item in gaps:
        gap = text.money(
            abs(roll.gap(item)), f"{_NAMES[item]}, difference, without sign", _at("footing difference", item)
        )
        text.say(f"The rows of {_NAMES[item]} do not lead from opening to closing: the difference is {gap}.")
    unexplained = roll.activity.get("unexplained", {})
    for item in ITEMS:
        if sign_of(unexplained.get(item, 0.0)):
            amount = text.money(
                abs(unexplained[item]), f"{_NAMES[item]}, unexplained, without sign", _at("unexplained", item)
            )
            text.say(f"Of the movement of {_NAMES[item]}, {amount} is unexplained.")
    if not gaps:
        text.say("Every item's rows lead from its opening to its closing value.")
    return text


def _at(row: str, item: str) -> str:
    return f"rollforward, row {row}, column {TITLES[item]}"
