"""Plans of contracts, kept: to change prepayments, defaults or severities costs only the rolling."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import layout as k
from xlfv.kernels import plan as kernel
from xlfv.kernels import roll
from xlfv.kernels.lanes import room
from xlfv.projection.cores import side_by_side
from xlfv.projection.sections import Section

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KEPT = 64 << 20  # bytes


@dataclass
class Plan:
    """What the contracts of a section say; see :func:`xlfv.kernels.plan.plan_blocks` for the arrays.

    Attributes:
        section: the loans.
        months: horizon.
        marks: int64[blocks, months + 2], where something changes; empty once all is filled.
        first, terms, when: the events.
        indices: float64[index, lead + months + 1], and ``lead``, entries before month 0.
    """

    section: Section
    months: int
    marks: Ints
    first: Ints
    terms: Floats
    when: Ints
    indices: Floats
    lead: int

    @property
    def filled(self) -> bool:
        """Whether the events are written."""
        return self.marks.size == 0

    @property
    def pool(self) -> roll.Pool:
        """The loans with their plan."""
        return self.section.pool._replace(first=self.first, terms=self.terms, when=self.when)

    def fill(self, begin: int, end: int) -> None:
        """Write the events of the blocks from ``begin`` to ``end``."""
        compiled: Callable[..., None] = kernel.plan_blocks
        compiled(
            self.section.pool.numbers, self.section.whole, self.section.pool.whole, self.indices, self.lead, self.months,
            self.section.pool.starts, self.marks, self.first, begin, end, self.terms, self.when,
        )  # fmt: skip


def mark(section: Section, months: int) -> tuple[Ints, Ints]:
    """The months in which something changes for eight loans, and how many there are before each block."""
    blocks = section.group.size
    marks, events = np.empty((blocks, months + 2), dtype=np.int64), np.zeros(blocks, dtype=np.int64)
    side_by_side(partial(_mark, section, months, marks, events), 0, blocks)
    return marks, np.concatenate([[0], np.cumsum(events)]).astype(np.int64)


def _mark(section: Section, months: int, marks: Ints, events: Ints, begin: int, end: int) -> None:
    compiled: Callable[..., None] = kernel.mark_events
    compiled(section.whole, section.pool.starts, months, begin, end, marks, events)


def prepare(section: Section, indices: Floats, months: int) -> Plan:
    """Room for the plan of a section, to be filled.

    Args:
        indices: float64[index, rows], row 0 for month 0; the last row holds on.
    """
    marks, first = mark(section, months)
    lead = int(section.whole[k.L_LOOKBACK].max())
    read = np.clip(np.arange(-lead, months + 1), 0, indices.shape[1] - 1)
    events = int(first[-1])
    terms, when = room(events * kernel.EVENT), np.empty(events + section.group.size, dtype=np.int64)
    return Plan(section, months, marks, first, terms, when, np.ascontiguousarray(indices[:, read]), lead)


_kept: OrderedDict[str, tuple[Ints, Floats, Ints]] = OrderedDict()
_lock = Lock()


def plan_of(section: Section, indices: Floats, months: int) -> Plan:
    """The plan of a section: a filled one that was kept, or room for one."""
    with _lock:
        if section.name in _kept:
            _kept.move_to_end(section.name)
            nothing = np.empty((0, 0), dtype=np.int64)
            return Plan(section, months, nothing, *_kept[section.name], np.empty((0, 0)), 0)
    return prepare(section, indices, months)


def keep(plan: Plan) -> None:
    """Keep a plan, filled by now, for the next curves; the oldest leave when there is too much."""
    with _lock:
        _kept[plan.section.name] = plan.first, plan.terms, plan.when
        while _kept and sum(part.nbytes for made in _kept.values() for part in made) > KEPT:
            _kept.popitem(last=False)
