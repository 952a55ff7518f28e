"""What the numbers among a deal's terms may be."""

from __future__ import annotations

from xlfv.tables import Fault, Refused

BOUNDS: dict[str, tuple[float, float, str]] = {
    "original_pool_balance": (1.0, 1e13, "the balance at closing, in dollars"),
    "cumulative_loss": (0.0, 1e13, "dollars, 0 or more"),
    "oc_target": (0.0, 1e13, "dollars, or a share below 1"),
    "oc_target_after_stepdown": (0.0, 1e13, "dollars, or a share below 1"),
    "oc_floor": (0.0, 1e13, "dollars, or a share below 1"),
    "stepdown_age": (0.0, 1200.0, "months"),
    "stepdown_enhancement": (0.0, 1.0, "a share: 38.3% is 0.383"),
    "residual_cost": (0.0, 1e13, "dollars, 0 or more"),
    "call_cost": (0.0, 1e13, "dollars, 0 or more"),
}
"""Bounds of terms, and what they are."""
SHARE_OR_DOLLARS = ("oc_target", "oc_target_after_stepdown", "oc_floor")
"""Below 1 they are shares; a few dollars on a large pool are perhaps a percentage."""


def bounded(key: str, value: float) -> float:
    """A number within the bounds of its term.

    Raises:
        Refused: it is not.
    """
    low, high, what = BOUNDS.get(key, (-1e13, 1e13, ""))
    if not low <= value <= high:
        raise Refused(Fault(f"{value:g} is not from {low:g} to {high:g}", todo=f"give {what}"))
    return value
