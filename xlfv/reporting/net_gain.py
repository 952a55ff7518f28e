"""The net gain of trust assets and liabilities, in figures and in the letter's sentence.

Source: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1: "the trust assets would reflect a net loss of
$186,704 ($218,157 minus $31,453) as a result of losses from REO of $218,157 offset by gains from other trust assets of $31,453.
Correspondingly, net gains on trust liabilities were $199,709 ($254,007 minus $54,298) resulting in a net gain from trust assets
and liabilities of $13,005 ($199,709 minus $186,704)." (In thousands.)
"""

from __future__ import annotations

from dataclasses import dataclass

from xlfv.reporting.rollforward import ASSETS, LIABILITIES, Rollforward


@dataclass(frozen=True)
class NetGain:
    """Gains (losses below 0) of a period, in the rollforward's unit.

    Attributes:
        reo: losses from REO.
        others: change in fair value of trust assets, REO excluded.
        borrowings, derivatives: change in fair value of trust liabilities.
    """

    reo: float
    others: float
    borrowings: float
    derivatives: float

    @property
    def assets(self) -> float:
        """Of trust assets, REO included."""
        return self.reo + self.others

    @property
    def liabilities(self) -> float:
        """Of trust liabilities."""
        return self.borrowings + self.derivatives

    @property
    def net(self) -> float:
        """Of trust assets and liabilities together."""
        return self.assets + self.liabilities


def net_gain(rollforward: Rollforward) -> NetGain:
    """The net gain of a rollforward; interest, settlements and long-term debt are left out."""
    change = rollforward.activity["change_in_fair_value"]
    return NetGain(
        reo=sum(rollforward.activity["reo_losses"][item] for item in (*ASSETS, *LIABILITIES)),
        others=sum(change[item] for item in ASSETS),
        borrowings=change[LIABILITIES[0]],
        derivatives=change[LIABILITIES[1]],
    )


def sentence(gain: NetGain, decimals: int = 0) -> str:
    """The letter's sentence with a rollforward's figures."""

    def money(amount: float) -> str:
        return f"${abs(amount):,.{decimals}f}"

    def word(amount: float, many: bool = False) -> str:
        return ("losses" if many else "loss") if round(amount, decimals) < 0 else ("gains" if many else "gain")

    def nil(amount: float) -> bool:
        return round(amount, decimals) == 0

    def made_of(one: float, other: float) -> str:
        """The two parts of a sum, the larger first: minus where they oppose each other, plus where not; none of one part."""
        larger, smaller = sorted((one, other), key=abs, reverse=True)
        if nil(smaller):
            return ""
        return f" ({money(larger)} {'minus' if larger * smaller < 0 else 'plus'} {money(smaller)})"

    def net_of(amount: float, parts: str) -> str:
        return "no net gain or loss" + parts if nil(amount) else f"a net {word(amount)} of {money(amount)}{parts}"

    causes = ((gain.reo, "REO"), (gain.others, "other trust assets"))
    told = [f"{word(amount, True)} from {what} of {money(amount)}" for amount, what in causes if not nil(amount)]
    result = (" offset by " if gain.reo * gain.others < 0 else " and ").join(told)
    liabilities = made_of(gain.borrowings, gain.derivatives)
    owed = f"net {word(gain.liabilities, True)} on trust liabilities were {money(gain.liabilities)}{liabilities}"
    if nil(gain.liabilities):
        owed = f"there was no net gain or loss on trust liabilities{liabilities}"
    net = f"{word(gain.net)} from trust assets and liabilities of {money(gain.net)}"
    return (
        f"Trust assets would reflect {net_of(gain.assets, made_of(gain.reo, gain.others))}"
        f"{f' as a result of {result}' if result else ''}. Correspondingly, {owed}, resulting in"
        f" {'no net gain or loss from trust assets and liabilities' if nil(gain.net) else f'a net {net}'}"
        f"{made_of(gain.assets, gain.liabilities)}."
    )


def gain_grid(gain: NetGain) -> list[list[object]]:
    """The figures, a row each, and the sentence below."""
    rows: list[list[object]] = [
        ["line", "amount"],
        ["Losses from REO", gain.reo],
        ["Change in fair value of other trust assets", gain.others],
        ["Net gain (loss) on trust assets", gain.assets],
        ["Change in fair value of securitized mortgage borrowings", gain.borrowings],
        ["Change in fair value of derivative liabilities", gain.derivatives],
        ["Net gain (loss) on trust liabilities", gain.liabilities],
        ["Net gain (loss) from trust assets and liabilities", gain.net],
        [sentence(gain), None],
    ]
    return rows
