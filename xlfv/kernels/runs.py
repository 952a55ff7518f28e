"""The waterfall run: one scenario with every step on record, or eight side by side in brief.

Both run :func:`xlfv.kernels.waterfall.run_months` and give the same bits.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xlfv.kernels.brief import Brief
from xlfv.kernels.deal import (
    BOOKS,
    BRIEF_DEAL,
    BRIEF_TRANCHE,
    TRANCHE_COLUMNS,
    TRIGGERS,
    WIDTHS,
    Deal,
    Places,
    Record,
    compiled,
)
from xlfv.kernels.lanes import LANES, load, room, spread
from xlfv.kernels.waterfall import Scratch, run_months


@compiled
def _run_one(
    deal: Deal, places: Places, cash: np.ndarray, rows: int, groups: int, wide: int, called: float, ends: np.ndarray,
    scratch: Scratch, ledger: np.ndarray, none: np.ndarray,
) -> None:  # fmt: skip
    run_months(
        deal, places, cash, rows, groups, wide, called, ends, scratch, ledger, places.size, none, none, none, 0.0
    )


@compiled
def _run_eight(
    deal: Deal, places: Places, cash: np.ndarray, rows: int, groups: int, wide: int, called: np.ndarray,
    ends: np.ndarray, scratch: Scratch, ledger: np.ndarray, classes: np.ndarray, whole: np.ndarray, first: np.ndarray,
) -> None:  # fmt: skip
    run_months(
        deal, places, cash, rows, groups, wide, load(called, 0), ends, scratch, ledger, 0, classes, whole, first,
        spread(0.0),
    )  # fmt: skip


def places_of(deal: Deal, *, steps: bool = True) -> Places:
    """Where the parts of a month's record begin, with steps or without."""
    counts = (
        deal.balance.size, deal.steps.shape[0] + 1 if steps else 0, deal.cost_rate.size, deal.hedge_linked.size, deal.measure.size, 1,
        deal.account_balance.size, deal.insurers,
    )  # fmt: skip
    begins = np.cumsum([count * width for count, width in zip(counts, WIDTHS, strict=True)])
    return Places(*map(int, begins))


def _scratch(deal: Deal, groups: int, rows: int, width: int) -> tuple[int, Scratch]:
    """The most that any row of what is owed holds, and room to work in for so many scenarios."""
    classes, buckets, accounts = deal.balance.size, deal.buckets, deal.account_balance.size
    wide = max(classes, deal.cost_rate.size, deal.hedge_linked.size, accounts, deal.insurers, 1)
    sizes = (
        BOOKS * wide, (buckets + accounts) * groups, (buckets + accounts) * groups, groups, groups, groups, groups + 1, accounts,
        classes, wide, TRIGGERS + deal.measure.size, deal.steps.shape[0], rows,
    )  # fmt: skip
    whole = room(sum(sizes) * width)
    whole[:] = 0.0
    ends = np.cumsum(sizes) * width
    return wide, Scratch(*(whole[end - size * width : end] for size, end in zip(sizes, ends, strict=True)))


def beside(flows: Sequence[np.ndarray]) -> np.ndarray:
    """Cash of at most eight scenarios side by side, float64[G, T+1, 10, 8]; places beyond hold the last one's."""
    shape = flows[0].shape
    whole = room(*shape, LANES)
    for lane in range(LANES):
        whole[..., lane] = flows[min(lane, len(flows) - 1)]
    return whole


def run(deal: Deal, cash: np.ndarray, called: int = 0, ends: np.ndarray | None = None) -> Record:
    """Run the waterfall.

    Args:
        deal: the rules.
        cash: float64[G, T+1, 10], collateral cash by group; see the C_ columns.
        called: the month of the call, 0 for none.
        ends: float64[H], dollars to the trust as each derivative is terminated then; None: nothing.

    Returns:
        What every month left. Nothing here raises: the caller proves conservation.
    """
    groups, rows, _ = cash.shape
    places = places_of(deal)
    wide, scratch = _scratch(deal, groups, rows, 1)
    ledger = np.empty((rows, places.size))
    flat = np.ascontiguousarray(cash).reshape(-1)
    ends = np.zeros(deal.hedge_linked.size) if ends is None else ends
    none = np.zeros(0)
    _run_one(deal, places, flat, rows, groups, wide, float(called), ends, scratch, ledger.reshape(-1), none)
    begin, parts = 0, []
    for end, width in zip(places, WIDTHS, strict=True):
        part = ledger[:, begin:end].reshape(rows, (end - begin) // width, width)
        parts.append(part.transpose(1, 0, 2))
        begin = end
    parts[5] = parts[5][0]
    return Record(*parts)


def run_eight(deal: Deal, cash: np.ndarray, called: np.ndarray, ends: np.ndarray) -> Brief:
    """Run the waterfall of eight scenarios side by side.

    Args:
        cash: float64[G, T+1, 10, 8], see :func:`beside`.
        called: float64[8], the month of each one's call, 0 for none.
        ends: float64[H, 8], dollars to the trust as each derivative is terminated then.

    Returns:
        The months of each in brief: to the last bit what :func:`run` records of it.
    """
    groups, rows, _, width = cash.shape
    places = places_of(deal, steps=False)
    wide, scratch = _scratch(deal, groups, rows, width)
    shapes = (
        (rows, deal.balance.size, BRIEF_TRANCHE, width), (rows, BRIEF_DEAL, width),
        (deal.balance.size, TRANCHE_COLUMNS, width),
    )  # fmt: skip
    brief = Brief(*(room(*shape) for shape in shapes))
    _run_eight(
        deal, places, cash.reshape(-1), rows, groups, wide, called, ends.reshape(-1), scratch, room(places.size * width),
        *(part.reshape(-1) for part in brief),
    )  # fmt: skip
    return brief
