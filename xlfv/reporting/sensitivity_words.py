"""What a table of sensitivities says, in words: directions, sizes, and how inputs work together.

Every direction is read off the table; nothing is said of an input that it does not hold. Source of the topics:
ASC 820-10-50-2(g): how a change of an unobservable input would change the value, and how the inputs work together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from xlfv.reporting.shocks import AND
from xlfv.reporting.wording import Paragraph, listed, sign_of
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_text
from xlfv.tables.schema import Column, Schema

VALUES = {
    "collateral": "securitized mortgage collateral",
    "reo": "real estate owned",
    "derivatives": "derivatives, net",
    "other": "other assets less liabilities",
    "borrowings": "securitized mortgage borrowings",
    "residual": "the residual interest",
}
_WHOLE = ("collateral", "borrowings", "residual")

SENSITIVITY = Schema(
    "sensitivity",
    (
        Column("scenario", "text", "what is changed; the first row is the base", required=True, unique=True),
        *(
            Column(item, "number", f"value of {words}", "$", required=item in _WHOLE, default=0.0)
            for item, words in VALUES.items()
        ),
    ),
    key="scenario",
    may_be_empty=False,
)  # fmt: skip


@dataclass(frozen=True)
class Shocked:
    """A table of sensitivities.

    Attributes:
        names: of the shocks that have values; the first is the base.
        values: by item, float64[names].
        without: names of the shocks under which no value exists.
    """

    names: tuple[str, ...]
    values: dict[str, np.ndarray]
    without: tuple[str, ...]

    def change(self, item: str, name: str) -> float:
        """Change of an item against the base (dollars)."""
        return float(self.values[item][self.names.index(name)] - self.values[item][0])


def read_sensitivity(table: Table) -> Shocked:
    """A table as XLFV_SENSITIVITY gives it; changes are worked out anew from the values.

    Raises:
        Refused: with every fault: a missing column, a shock that stands twice, a base without values.
    """
    faults: list[Fault] = []
    bad = [
        row
        for row in range(len(table))
        if any(isinstance(table.columns[item][row], ErrorCell) for item in VALUES if item in table.columns)
    ]
    names = table.columns.get("scenario", [None] * len(table))
    if 0 in bad:
        raise Refused(Fault("the base has no values", table.where(0, "scenario"), "mend what it is made of"))
    keep = [row for row in range(len(table)) if row not in bad]
    columns = {name: [cells[row] for row in keep] for name, cells in table.columns.items()}
    lines = table.lines or tuple(range(len(table)))
    rows = SENSITIVITY.read(replace(table, columns=columns, lines=tuple(lines[row] for row in keep)), faults)
    refuse_if(faults)
    without = tuple(as_text(names[row]) for row in bad if names[row] is not None)
    return Shocked(tuple(map(str, rows["scenario"])), {item: rows[item] for item in VALUES}, without)


def sensitivity_paragraphs(shocked: Shocked) -> list[Paragraph]:
    """Each shock, what is common to them, and those that are made together."""
    return [*_directions(shocked), _common(shocked), *_joint(shocked)]


def _at(name: str, item: str) -> str:
    return f"sensitivity, row {name}, column {item}"


def _alone(shocked: Shocked) -> list[str]:
    """The shocks but the base and those that are made of others."""
    return [name for name in shocked.names[1:] if not _parts(name, shocked)]


def _parts(name: str, shocked: Shocked) -> list[str]:
    """The shocks of the table that one is made of; none where it stands for itself."""
    parts = name.split(AND)
    return parts if len(parts) > 1 and all(part in shocked.names[1:] for part in parts) else []


def _directions(shocked: Shocked) -> list[Paragraph]:
    """A paragraph a shock: which way, and how far, collateral, borrowings and residual would move."""
    found = []
    for name in _alone(shocked):
        text = Paragraph(f"Sensitivity: {name}")
        moves = []
        for item in _WHOLE:
            change, base = shocked.change(item, name), float(shocked.values[item][0])
            words = text.level(change, f"{VALUES[item]}, change", f"{_at(name, item)} less the base's")
            if sign_of(change) and base > 0.0:
                share = text.rate(abs(change) / base, "the same, of the base's value, without sign", _at(name, item))
                words += f" ({share})"
            moves.append(f"{VALUES[item]} would be {words}")
        text.say(f"Under '{name}', {moves[0]}, {moves[1]}, and {moves[2]}.")
        found.append(text)
    for name in shocked.without:
        text = Paragraph(f"Sensitivity: {name}")
        text.say(f"Under '{name}' no value exists.")
        found.append(text)
    return found


def _common(shocked: Shocked) -> Paragraph:
    """What assets and liabilities do together, and what moves the residual most."""
    text = Paragraph("How assets, liabilities and the residual interest move together")
    moved = [name for name in _alone(shocked) if any(sign_of(shocked.change(item, name)) for item in _WHOLE)]
    if not moved:
        return text
    count = text.count(len(moved), "changes of an input that move a value", "sensitivity: rows")
    same = [
        name for name in moved
        if sign_of(shocked.change("collateral", name)) == sign_of(shocked.change("borrowings", name)) != 0
    ]  # fmt: skip
    less = [name for name in moved if abs(shocked.change("residual", name)) < abs(shocked.change("collateral", name))]
    together = text.count(len(same), "of these: collateral and borrowings move alike", "signs of their changes")
    smaller = text.count(len(less), "of these: the residual moves less than the collateral", "sizes of their changes")
    text.say(
        f"Changes of an input that move a value: {count}. Of these, collateral and borrowings move in the same direction under"
        f" {together}, and the residual interest moves by fewer dollars than the collateral under {smaller}."
    )
    most = max(moved, key=lambda name: abs(shocked.change("residual", name)))
    change, base = shocked.change("residual", most), float(shocked.values["residual"][0])
    if sign_of(change):
        words = text.level(change, f"residual under {most}, change", f"{_at(most, 'residual')} less the base's")
        share = ""
        if base > 0.0:
            share = f" ({text.rate(abs(change) / base, 'the same, of the base, without sign', _at(most, 'residual'))})"
        text.say(f"The residual interest moves most under '{most}': {words}{share}.")
    return text


def _joint(shocked: Shocked) -> list[Paragraph]:
    """What shocks do together beside what each does alone: a paragraph for each that is made of others."""
    found = []
    for name in shocked.names[1:]:
        parts = _parts(name, shocked)
        text = Paragraph(f"Working together: {name}")
        for item in _WHOLE if parts else ():
            alone = [shocked.change(item, part) for part in parts]
            joint = shocked.change(item, name)
            if not any(map(sign_of, (*alone, joint))):
                continue
            each = [
                f"{text.level(change, f'{VALUES[item]} under {part}, change', _at(part, item))} under '{part}'"
                for part, change in zip(parts, alone, strict=True)
            ]
            whole = text.level(joint, f"{VALUES[item]} under {name}, change", _at(name, item))
            gap = text.level(
                joint - sum(alone), "the same, beside the sum of each alone", "joint change less their sum"
            )
            beside = "which is the sum of each alone"
            if sign_of(joint - sum(alone)):
                beside = f"{gap} than the sum of each alone: {_work(alone, joint)}"
            title = VALUES[item][:1].upper() + VALUES[item][1:]
            text.say(f"{title}: {listed(each)}; under all of these {whole}, {beside}.")
        if parts:
            found.append(text)
    return found


def _work(alone: list[float], joint: float) -> str:
    """How inputs work together, by the signs and sizes of what they do."""
    signs = {sign_of(change) for change in alone} - {0}
    if len(signs) > 1:
        return "they work against each other"
    if not signs:
        return "each does nothing without the other"
    extra = joint - sum(alone)
    if extra * sum(alone) > 0.0:
        return "they reinforce each other"
    return "together they do less than each added up"
