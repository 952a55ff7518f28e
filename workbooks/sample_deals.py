"""The three deals: classes, rules, costs, triggers and derivatives, as a prospectus would give them."""

from __future__ import annotations

from dataclasses import dataclass

Row = dict[str, str]


@dataclass(frozen=True)
class Class:
    """A bond class.

    Attributes:
        share: of the pool at the first month-end; None: what the others and the overcollateralization leave.
        original: balance at issue, dollars; None: the first class was what the others left, nothing else is repaid yet.
        coupon: fixed coupon, or the margin over LIBOR_1M of a floating class.
        notional_of: classes whose balance an io counts on.
    """

    name: str
    kind: str
    original: float | None
    share: float | None
    coupon: float
    floating: bool = False
    notional_of: str = ""
    rating: str = ""


@dataclass(frozen=True)
class Hedge:
    """A derivative on a schedule: ``start`` dollars at the first month-end, less ``step`` every month, to ``end``.

    ``end`` counts months from the first month-end; ``rate`` is what a swap pays or a cap's strike.
    """

    name: str
    kind: str
    rate: float
    start: float
    step: float
    end: int
    counterparty: str


@dataclass(frozen=True)
class Deal:
    """A deal's documents.

    Attributes:
        original_pool: dollars at closing.
        lost: cumulative loss at the first month-end, dollars.
        oc: overcollateralization at the first month-end, a share of the pool.
        terms: those that do not change.
        loss_schedule: highest cumulative loss by deal age, (last month of age, percent); the last one holds on.
        late_limit: highest rolling share of loans 60 days late or worse; 0: no such trigger.
    """

    closing: str
    original_pool: float
    lost: float
    oc: float
    classes: tuple[Class, ...]
    steps: tuple[tuple[str, ...], ...]
    costs: tuple[tuple[str, str, str, str, str], ...]
    terms: tuple[tuple[str, str], ...]
    loss_schedule: tuple[tuple[int, float], ...] = ()
    late_limit: float = 0.0
    hedges: tuple[Hedge, ...] = ()


_ALT_A_ORDER = "A-1, A-2, M-1, M-2, M-3, M-4, B"
ALT_A = Deal(
    closing="2005-06-29",
    original_pool=1_178_400_000.0,
    lost=36_871_204.55,
    oc=0.0300,
    classes=(
        Class("A-1", "senior", None, 0.400, 0.0026, True, rating="AAA"),
        Class("A-2", "senior", 440_000_000.0, None, 0.0036, True, rating="AAA"),
        Class("M-1", "mezzanine", None, 0.089, 0.0050, True, rating="AA"),
        Class("M-2", "mezzanine", None, 0.067, 0.0068, True, rating="A"),
        Class("M-3", "mezzanine", None, 0.045, 0.0110, True, rating="BBB+"),
        Class("M-4", "mezzanine", None, 0.034, 0.0160, True, rating="BBB-"),
        Class("B", "subordinate", None, 0.034, 0.0250, True, rating="BB"),
    ),
    steps=(
        ("1a", "interest", "trustee_fee", "Trustee", "", "", "trustee fee"),
        ("1b", "interest", "master_servicing_fee", "Master servicer", "", "", "master servicing fee"),
        ("2", "interest", "hedge", "SWAP", "", "", "net payment to the swap counterparty"),
        ("3", "interest", "interest", "A-1, A-2", "pro_rata", "", "senior interest"),
        ("4", "interest", "interest_shortfall", "A-1, A-2", "pro_rata", "", "senior interest unpaid before"),
        ("5", "interest", "interest", "M-1, M-2, M-3, M-4, B", "sequential", "", "mezzanine interest, class by class"),
        ("6", "hedge", "interest", "A-1, A-2, M-1, M-2, M-3, M-4, B", "sequential", "", "derivative receipts to unpaid interest"),
        ("7", "hedge", "basis_risk", "A-1, A-2", "pro_rata", "", "derivative receipts to capped senior interest"),
        ("8", "principal", "interest", "A-1, A-2", "pro_rata", "", "principal covers senior interest"),
        ("9", "principal", "principal", "A-1, A-2", "sequential", "loss_test", "seniors in turn while the loss test fails"),
        ("10", "principal", "principal", "A-1, A-2", "pro_rata", "not loss_test", "seniors alike while it passes"),
        ("11", "principal", "principal", "M-1, M-2, M-3, M-4, B", "sequential", "", "mezzanines once the seniors are retired"),
        ("12", "excess", "oc", _ALT_A_ORDER, "sequential", "", "excess spread restores overcollateralization"),
        ("13", "excess", "interest_shortfall", "M-1, M-2, M-3, M-4, B", "sequential", "", "mezzanine interest unpaid before"),
        ("14", "excess", "basis_risk", _ALT_A_ORDER, "sequential", "", "capped interest carried forward"),
        ("15", "excess", "writedown", "B, M-4, M-3, M-2, M-1", "sequential", "", "losses beyond overcollateralization, lowest class first"),
        ("16", "excess", "residual", "", "", "", "to the residual holder"),
    ),
    costs=(
        ("trustee_fee", "pool_balance", "0.000085", "", "trustee"),
        ("master_servicing_fee", "pool_balance", "0.0003", "", "servicer"),
    ),
    terms=(
        ("oc_target", "17676000.00"), ("oc_target_after_stepdown", "0.02"), ("oc_floor", "5892000.00"),
        ("stepdown_age", "37"), ("stepdown_enhancement", "0.301"), ("consolidated", "yes"),
        ("collateral_type", "Alt-A hybrid ARM and interest-only"),
    ),
    loss_schedule=((48, 2.25), (60, 3.50), (72, 4.50), (999, 5.00)),
    late_limit=0.0900,
    hedges=(
        Hedge("SWAP", "swap", 0.0437, 96_000_000.0, 4_000_000.0, 24, "Bank A"),
        Hedge("CAP", "cap", 0.0375, 60_000_000.0, 750_000.0, 66, "Bank B"),
    ),
)  # fmt: skip

FIXED = Deal(
    closing="2004-11-30",
    original_pool=409_800_000.0,
    lost=2_214_870.31,
    oc=0.0,
    classes=(
        Class("A-1", "senior", None, 0.270, 0.0475, rating="AAA"),
        Class("A-2", "senior", None, 0.230, 0.0500, rating="AAA"),
        Class("A-3", "senior", None, 0.200, 0.0515, rating="AAA"),
        Class("A-4", "senior", None, None, 0.0525, rating="AAA"),
        Class("A-IO", "io", None, None, 0.0030, notional_of="A-1, A-2, A-3, A-4", rating="AAA"),
        Class("B-1", "subordinate", None, 0.0480, 0.0550, rating="AA"),
        Class("B-2", "subordinate", None, 0.0300, 0.0550, rating="A"),
        Class("B-3", "subordinate", None, 0.0210, 0.0550, rating="BBB"),
    ),
    steps=(
        ("1a", "interest", "trustee_fee", "Trustee", "", "", "trustee fee"),
        ("1b", "interest", "audit", "Trustee", "", "", "audit fee"),
        ("2", "interest", "interest", "A-1, A-2, A-3, A-4, A-IO", "pro_rata", "", "senior interest"),
        ("3", "interest", "interest_shortfall", "A-1, A-2, A-3, A-4, A-IO", "pro_rata", "", "senior interest unpaid before"),
        ("4", "interest", "interest", "B-1, B-2, B-3", "sequential", "", "subordinate interest"),
        ("5", "principal", "interest", "A-1, A-2, A-3, A-4, A-IO", "pro_rata", "", "principal covers senior interest"),
        ("6", "principal", "principal", "A-1, A-2, A-3, A-4, B-1, B-2, B-3", "sequential", "", "sequential principal"),
        ("7", "excess", "interest_shortfall", "B-1, B-2, B-3", "sequential", "", "subordinate interest unpaid before"),
        ("8", "excess", "writedown", "B-3, B-2, B-1", "sequential", "", "losses, lowest class first"),
        ("9", "excess", "residual", "", "", "", "to the residual holder"),
    ),
    costs=(("trustee_fee", "pool_balance", "0.0001", "", "trustee"), ("audit", "fixed", "", "12000.00", "trustee")),
    terms=(("consolidated", "yes"), ("collateral_type", "Fixed-rate, 15 and 30 years")),
)  # fmt: skip

APARTMENTS = Deal(
    closing="2006-05-25",
    original_pool=424_600_000.0,
    lost=1_026_415.90,
    oc=0.0175,
    classes=(
        Class("A-1", "senior", None, 0.225, 0.0030, True, rating="AAA"),
        Class("A-2", "senior", None, None, 0.0520, rating="AAA"),
        Class("M-1", "mezzanine", None, 0.0810, 0.0550, rating="AA"),
        Class("M-2", "mezzanine", None, 0.0560, 0.0580, rating="A"),
        Class("B", "subordinate", None, 0.0440, 0.0620, rating="BBB-"),
    ),
    steps=(
        ("1a", "interest", "trustee_fee", "Trustee", "", "", "trustee fee"),
        ("1b", "interest", "special_servicing", "Special servicer", "", "", "special servicing, by loan"),
        ("2", "interest", "interest", "A-1, A-2", "pro_rata", "", "senior interest"),
        ("3", "interest", "interest_shortfall", "A-1, A-2", "pro_rata", "", "senior interest unpaid before"),
        ("4", "interest", "interest", "M-1, M-2, B", "sequential", "", "mezzanine interest, class by class"),
        ("5", "principal", "interest", "A-1, A-2", "pro_rata", "", "principal covers senior interest"),
        ("6", "principal", "principal", "A-1, A-2, M-1, M-2, B", "sequential", "", "sequential principal"),
        ("7", "excess", "oc", "A-1, A-2, M-1, M-2, B", "sequential", "", "excess spread restores overcollateralization"),
        ("8", "excess", "interest_shortfall", "M-1, M-2, B", "sequential", "", "mezzanine interest unpaid before"),
        ("9", "excess", "basis_risk", "A-1", "sequential", "", "capped interest carried forward"),
        ("10", "excess", "writedown", "B, M-2, M-1", "sequential", "", "losses beyond overcollateralization"),
        ("11", "excess", "residual", "", "", "", "to the residual holder"),
    ),
    costs=(
        ("trustee_fee", "pool_balance", "0.0001", "", "trustee"),
        ("special_servicing", "loan_count", "", "60.00", "servicer"),
    ),
    terms=(
        ("oc_target", "6793600.00"), ("oc_floor", "2123000.00"), ("consolidated", "no"),
        ("collateral_type", "Small multifamily"),
    ),
    late_limit=0.1200,
)  # fmt: skip

DEALS = {"ICMB-2005-A": ALT_A, "ICMB-2004-F": FIXED, "IMFC-2006-MF": APARTMENTS}


def waterfall_rows(deal: Deal) -> list[Row]:
    """The rules as the waterfall table."""
    names = ("step", "from", "pay", "to", "rule", "when", "note")
    return [dict(zip(names, step, strict=True)) for step in deal.steps]


def cost_rows(deal: Deal) -> list[Row]:
    """The costs table."""
    return [dict(zip(("cost", "basis", "rate", "amount", "payee"), cost, strict=True)) for cost in deal.costs]


def trigger_rows(deal: Deal, age: int) -> list[Row]:
    """The triggers as they stand at a deal age (months at the next remittance)."""
    rows = []
    if deal.loss_schedule:
        left = [(last - age + 1, limit) for last, limit in deal.loss_schedule if last >= age]
        words = [f"{limit:g} for {months}" for months, limit in left[:-1]] + [f"{left[-1][1]:g}"]
        threshold = " then ".join(words) if len(words) > 1 else f"{left[-1][1] / 100.0:g}"
        rows.append({"trigger": "loss_test", "measure": "cumulative_loss", "test": ">", "threshold": threshold})
    if deal.late_limit:
        test = {"measure": "rolling_delinquency", "test": ">", "threshold": f"{deal.late_limit:g}"}
        rows.append({"trigger": "delinquency_test", **test})
    return rows


def hedge_rows(deal: Deal, at: int) -> list[Row]:
    """The derivatives that still run at month-end ``at``."""
    rows = []
    for hedge in (h for h in deal.hedges if h.end > at):
        rate = f"{hedge.rate:.6f}"
        rows.append({
            "hedge": hedge.name, "type": hedge.kind, "schedule": hedge.name,
            "pay_rate": rate if hedge.kind == "swap" else "", "receive_index": "LIBOR_1M",
            "strike": rate if hedge.kind == "cap" else "", "end": str(hedge.end - at), "day_count": "act/360",
            "counterparty": hedge.counterparty, "in_trust": "yes",
        })  # fmt: skip
    return rows


def schedule_rows(deal: Deal, at: int) -> list[Row]:
    """Their notionals, month 1 the next one."""
    return [
        {"schedule": h.name, "month": str(m), "amount": f"{h.start - h.step * (at + m - 1):.2f}"}
        for h in deal.hedges
        for m in range(1, h.end - at + 1)
    ]
