"""The whole deal once more as plain spreadsheet arithmetic: a line a step, a column a month, no function of ours.

A line's formula names other lines in square brackets: ``[pool]`` is that line's cell in the same month, ``[pool-]`` in the
month before, ``[$fee]`` its cell in the column of terms. It starts from the cash table, the index, the terms and the opening
balances; each month then follows from the one before as this arithmetic has it, not as the engine has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from workbooks.shelf_deal import BELOW, CLASSES, INSURER, SENIORS

NAMES = tuple(c.name for c in CLASSES)
GROUP = {c.name: c.group for c in CLASSES}
SWAPS = {"SWAP-1": "1", "SWAP-2": "2"}


@dataclass(frozen=True)
class Sum:
    """A line: its key, what it is in words, its formula, its number format; its term and its opening value as formulas."""

    key: str
    words: str
    formula: str
    look: str = "cents"
    term: str = ""
    opening: str = ""


def _cash(column: str, group: str = "", month: str = "[month]") -> str:
    both = f",cash_group,{group}" if group else ""
    return f"SUMIFS(cash_{column},cash_month,{month}{both})"


def _bond(name: str, column: str) -> str:
    return f'INDEX(bonds_{column},MATCH("{name}",bonds_tranche,0))'


def _plus(names: tuple[str, ...], key: str, tail: str = "") -> str:
    return "+".join(f"[{key} {name}{tail}]" for name in names)


def _in_turn(have: str, owed: list[str], k: int, paid: list[str]) -> str:
    """What the k-th in turn gets of cash that those before it were paid from."""
    return f"=MIN(MAX({'-'.join([have, *(f'[{p}]' for p in paid[:k])])},0),{owed[k]})"


def _alike(have: str, owed: list[str], k: int) -> str:
    """What the k-th gets of cash shared by what is owed."""
    total = "+".join(owed)
    return f"=IF({total}>0,MIN({have},{total})*({owed[k]})/({total}),0)"


def _turns(key: str, have: str, names: tuple[str, ...], owed: list[str], words: str) -> list[Sum]:
    paid = [f"{key} {name}" for name in names]
    return [Sum(paid[k], f"{words} {name}", _in_turn(have, owed, k, paid)) for k, name in enumerate(names)]


def _shares(key: str, have: str, names: tuple[str, ...], owed: list[str], words: str) -> list[Sum]:
    return [Sum(f"{key} {name}", f"{words} {name}", _alike(have, owed, k)) for k, name in enumerate(names)]


def _collateral() -> list[Sum]:
    found = [
        Sum("days", "days of the month's accrual, from payment to payment (the first from closing)",
            "=[date]-IF([month]=1,closing_date,[date-])", "count"),
        Sum("swap days", "days of the swaps and the cap, from the 25th to the 25th", "=[date]-EDATE([date],-1)", "count"),
        Sum("libor", "LIBOR, as set a month before", "=INDEX(libor,[month])", "rate4"),
    ]  # fmt: skip
    for g in "12":
        found += [
            Sum(f"begin {g}", f"group {g}: balance at the start", f"={_cash('balance', g)}"),
            Sum(f"lost {g}", f"group {g}: losses", f"={_cash('losses', g)}"),
            Sum(f"recovered {g}", f"group {g}: subsequent recoveries", f"={_cash('subsequent_recoveries', g)}"),
            Sum(f"principal {g}", f"group {g}: principal collected, recoveries included",
                f"={_cash('scheduled_principal', g)}+{_cash('prepaid_principal', g)}+{_cash('liquidation_proceeds', g)}"
                f"+[recovered {g}]"),
            Sum(f"end {g}", f"group {g}: balance at the end", f"=[begin {g}]-([principal {g}]-[recovered {g}])-[lost {g}]"),
            Sum(f"interest {g}", f"group {g}: interest received, after servicing", f"={_cash('net_interest', g)}"),
            Sum(f"rate {g}", f"group {g}: net rate (as told; else 12 x interest / balance)",
                f"=IF({_cash('net_wac', g)}>0,{_cash('net_wac', g)},12*[interest {g}]/[begin {g}])", "rate4"),
        ]  # fmt: skip
    return [
        *found,
        Sum("begin", "pool at the start", "=[begin 1]+[begin 2]"),
        Sum("end", "pool at the end", "=[end 1]+[end 2]", opening=f"={_cash('balance', '', '1')}"),
    ]


def _tests() -> list[Sum]:
    late = "[late {k}]"
    months = [
        Sum(f"late {k}", f"60 days late or more, a share of the pool: {words}",
            f"=IF([month]<{k},\"\",IF([month]={k},{_cash('delinquent_60', '', '1')}/{_cash('balance', '', '1')},"
            f"{_cash('delinquent_60', '', f'[month]-{k}')}/(INDEX(pool_ends,[month]-{k}+1))))", "rate3")
        for k, words in enumerate(("this month", "a month before", "two months before"))
    ]  # fmt: skip
    return [
        Sum("all lost", "losses since closing", '=SUMIFS(cash_losses,cash_month,"<="&[month])'),
        Sum("loss value", "... as a share of the original pool", "=[all lost]/original_pool", "rate4"),
        Sum("loss limit", "limit of the month, from the schedule of the trigger",
            "=INDEX(loss_limits,MATCH([month],loss_months,1))", "rate3"),
        Sum("loss fails", "cumulative loss test: 1 where it fails", "=IF([loss value]>[loss limit],1,0)", "count"),
        *months,
        Sum("late value", "average of the three", f"=AVERAGE({','.join(late.format(k=k) for k in range(3))})", "rate3"),
        Sum("enhancement", "senior enhancement: what of the pool stands behind the seniors, before this month's payments",
            f"=1-({_plus(SENIORS, 'close', '-')})/[begin]", "rate3"),
        Sum("late limit", "limit: its share of the senior enhancement", "=[$late limit]*[enhancement]", "rate3", "=late_limit"),
        Sum("late fails", "delinquency test: 1 where it fails", "=IF([late value]>[late limit],1,0)", "count"),
    ]  # fmt: skip


def _target() -> list[Sum]:
    return [
        Sum("age", "months since closing", "=(YEAR([date])-YEAR(closing_date))*12+MONTH([date])-MONTH(closing_date)", "count"),
        Sum("old", "the stated age is reached: 1", "=IF([age]>=[$old],1,0)", "count", "=stepdown_age"),
        Sum("enough", "the enhancement asked for is reached: 1", "=IF([enhancement]>=[$enough],1,0)", "count", "=stepdown_enhancement"),
        Sum("stepped", "the step-down date has come: 1 from the first month with both", "=MAX([stepped-],[old]*[enough])", "count",
            opening="=0"),
        Sum("free", "stepped down and neither test fails: 1", "=[stepped]*(1-[loss fails])*(1-[late fails])", "count"),
        Sum("share", "the pool at the end, times the target after the step-down", "=[end]*[$share]", "cents", "=oc_target_after_stepdown"),
        Sum("target", "OC target: last month's; once free, the lower of it and that share (floor aside)",
            "=IF([free]=1,MAX(MIN([target-],[share]),[$target]),[target-])", "cents", "=oc_floor*original_pool",
            "=oc_target*original_pool"),
    ]  # fmt: skip


def _interest() -> list[Sum]:
    found: list[Sum] = []
    for name in (*SWAPS, "CAP"):
        swap = name in SWAPS
        key = name.lower().replace("-", "_")
        rate = f'INDEX(hedges_{"pay_rate" if swap else "strike"},MATCH("{name}",hedges_hedge,0))'
        last = f'INDEX(hedges_end,MATCH("{name}",hedges_hedge,0))'
        paid = f"([libor]-[$net {name}])" if swap else f"MAX([libor]-[$net {name}],0)"
        found += [
            Sum(f"notional {name}", f"{name}: notional",
                f"=IF([month]>[$notional {name}],0,INDEX({key}_amounts,MATCH([month],{key}_months,1)))", "cents", f"={last}"),
            Sum(f"net {name}", f"{name}: LIBOR {'less the fixed rate' if swap else 'above the strike'}, actual days over 360",
                f"=[notional {name}]*{paid}*[swap days]/360", "cents", f"={rate}"),
        ]  # fmt: skip
    found += [
        Sum("fee 1", "fees on group 1", "=[begin 1]*[$fee 1]/12", term='=INDEX(costs_rate,MATCH("trustee_fee_1",costs_cost,0))'),
        Sum("fee 2", "fees on group 2", "=[begin 2]*[$fee 2]/12", term='=INDEX(costs_rate,MATCH("trustee_fee_2",costs_cost,0))'),
        Sum("premium", "insurer's premium, on the balance of 2-A", "=[close 2-A-]*[$premium]/12",
            term='=INDEX(costs_rate,MATCH("premium",costs_cost,0))'),
        Sum("cap 1", "net WAC cap of group 1: its net rate less its fees and the net swap payment it owes",
            "=MAX([rate 1]-12*([fee 1]-MIN([net SWAP-1],0))/[begin 1],0)", "rate4"),
        Sum("cap 2", "net WAC cap of group 2: the same, and less the premium",
            "=MAX([rate 2]-12*([fee 2]+[premium]-MIN([net SWAP-2],0))/[begin 2],0)", "rate4"),
        Sum("cap ", "net WAC cap of the mezzanines: that of both groups together",
            "=MAX(([cap 1]*[begin 1]+[cap 2]*[begin 2])/[begin],0)", "rate4"),
    ]  # fmt: skip
    for name in NAMES:
        found += [
            Sum(f"coupon {name}", f"{name}: LIBOR and margin", f"=[libor]+[$coupon {name}]", "rate4", f"={_bond(name, 'margin')}"),
            Sum(f"full {name}", f"{name}: its interest uncapped, actual days over 360", f"=[close {name}-]*[coupon {name}]*[days]/360"),
            Sum(f"due {name}", f"{name}: interest due: no more than the cap, a twelfth of a year of it",
                f"=MIN([full {name}],[close {name}-]*[cap {GROUP[name]}]/12)"),
            Sum(f"capped {name}", f"{name}: cut off by the cap", f"=[full {name}]-[due {name}]"),
        ]  # fmt: skip
    return found


def _paid_interest() -> list[Sum]:
    dues = [f"[due {name}]" for name in BELOW]
    return [
        Sum("left 1", "group 1: left after fees, swap and its seniors' interest",
            "=[interest 1]-[fee 1]-MAX(-[net SWAP-1],0)-[due 1-A-1]-[due 1-A-M]"),
        Sum("have 2-A", "group 2: there for class 2-A, after fees, premium and swap",
            "=[interest 2]-[fee 2]-[premium]-MAX(-[net SWAP-2],0)"),
        Sum("drawn", "draw on the insurer: what 2-A is still due", "=MAX([due 2-A]-[have 2-A],0)"),
        Sum("repaid", "the insurer is paid back", "=MIN(MAX([have 2-A]-[due 2-A],0),[owed-]+[drawn])"),
        Sum("owed", "still owed to the insurer", "=[owed-]+[drawn]-[repaid]", opening="=0"),
        Sum("left", "left for the mezzanines' interest", "=[left 1]+MAX([have 2-A]-[due 2-A],0)-[repaid]"),
        Sum("due M", "interest due to the mezzanines", f"={'+'.join(dues)}"),
        Sum("reserve drawn", "what that lacks, out of the reserve fund", "=MIN(MAX([due M]-[left],0),[reserve-])"),
        Sum("short", "and still short (nothing in this run)", "=MAX([due M]-[left],0)-[reserve drawn]"),
        Sum("spread", "interest left over: excess spread", "=MAX([left]-[due M],0)"),
    ]  # fmt: skip


def _principal() -> list[Sum]:
    losses = [f"[loss {name}-]" for name in BELOW]
    found = _turns("up", "([recovered 1]+[recovered 2])", BELOW, losses, "written up by recoveries:")
    found += [
        Sum("needed", "what the bonds exceed the pool less the target by",
            f"=MAX({_plus(NAMES, 'close', '-')}+{_plus(BELOW, 'up')}-MAX([end]-[target],0),0)"),
        Sum("keep", "share of the principal collected that the bonds get: the rest is overcollateralization released",
            "=MIN(1,[needed]/([principal 1]+[principal 2]))", "rate3"),
        Sum("first", "principal goes to the seniors alone: 1 before the step-down or while a test fails",
            "=IF(AND([stepped]=1,[loss fails]=0,[late fails]=0),0,1)", "count"),
        Sum("room 1", "group 1 seniors above their share of their group (1 less the enhancement asked for)",
            "=MAX([close 1-A-1-]+[close 1-A-M-]-(1-[$room 1])*[end 1],0)", "cents", f"={_bond('1-A-1', 'target_enhancement')}"),
        Sum("room 2", "group 2 seniors, the same", "=MAX([close 2-A-]-(1-[$room 2])*[end 2],0)", "cents",
            f"={_bond('2-A', 'target_enhancement')}"),
        Sum("paid 1", "principal to the seniors of group 1", "=MIN([principal 1]*[keep],IF([first]=1,[close 1-A-1-]+[close 1-A-M-],[room 1]))"),
        Sum("paid 2", "principal to the seniors of group 2", "=MIN([principal 2]*[keep],IF([first]=1,[close 2-A-],[room 2]))"),
        Sum("p 1-A-1", "principal to 1-A-1: by balance; from the step-down on before 1-A-M",
            "=IF([first]=1,[paid 1]*[close 1-A-1-]/([close 1-A-1-]+[close 1-A-M-]),MIN([paid 1],[close 1-A-1-]))"),
        Sum("p 1-A-M", "principal to 1-A-M", "=[paid 1]-[p 1-A-1]"),
        Sum("p 2-A", "principal to 2-A", "=[paid 2]"),
        Sum("spare", "principal the bonds may still get", "=ROUND(([principal 1]+[principal 2])*[keep]-[paid 1]-[paid 2],6)"),
    ]  # fmt: skip
    for k, name in enumerate(BELOW):
        above = f"{_plus(SENIORS, 'close', '-')}-[paid 1]-[paid 2]" + "".join(f"+[after {n}]" for n in BELOW[:k])
        left = "[spare]" + "".join(f"-[p {n}]" for n in BELOW[:k])
        found += [
            Sum(f"p {name}", f"principal to {name}: down to where its enhancement stands behind it (never within the floor)",
                f"=IF([first]=1,0,MIN({left},[close {name}-]+[up {name}],MAX({above}+[close {name}-]+[up {name}]"
                f"-MIN((1-[$p {name}])*[end],[end]-oc_floor*original_pool),0)))", "cents", f"={_bond(name, 'target_enhancement')}"),
            Sum(f"after {name}", f"{name} after it", f"=[close {name}-]+[up {name}]-[p {name}]"),
        ]  # fmt: skip
    return found


def _hedges() -> list[Sum]:
    carried = [
        Sum(f"carry {n}", f"capped interest owed to {n}: carried, with interest on it, and this month's",
            f"=[carried {n}-]*(1+[coupon {n}]*[days]/360)+[capped {n}]")
        for n in NAMES
    ]  # fmt: skip
    seniors = [f"([close {n}-]-[p {n}])" for n in SENIORS]
    bonds = f"{'+'.join(seniors)}+{_plus(BELOW, 'after')}"
    owed_a, owed_m = [f"[carry {n}]" for n in SENIORS], [f"[carry {n}]" for n in BELOW]
    left = f"([received]-({_plus(SENIORS, 'h')}))"
    left_m = f"({left}-({_plus(SENIORS, 'g')}))"
    return [
        Sum("received", "received from swaps and cap", "=MAX([net SWAP-1],0)+MAX([net SWAP-2],0)+[net CAP]"),
        Sum("lack 1", "overcollateralization lacks", f"=MAX({bonds}-MAX([end]-[target],0),0)"),
        *_shares("h", "MIN([received],[lack 1])", SENIORS, seniors, "to seniors as principal:"),
        *carried,
        *_shares("g", left, SENIORS, owed_a, "capped interest made good by the derivatives:"),
        *_turns("g", left_m, BELOW, owed_m, "capped interest made good by the derivatives:"),
        Sum("hedge left", "left, joins the excess", f"=[received]-({_plus(SENIORS, 'h')})-({_plus(NAMES, 'g')})"),
    ]  # fmt: skip


def _excess() -> list[Sum]:
    seniors = [f"([close {n}-]-[p {n}]-[h {n}])" for n in SENIORS]
    loss = [f"([loss {n}-]-[up {n}])" for n in BELOW]
    owed_a, owed_m = [f"([carry {n}]-[g {n}])" for n in SENIORS], [f"([carry {n}]-[g {n}])" for n in BELOW]
    paid = "([excess]-({}))".format(_plus(SENIORS, "t"))
    paid_l = f"({paid}-({_plus(BELOW, 'l')}))"
    paid_a = f"({paid_l}-({_plus(SENIORS, 'e')}))"
    return [
        Sum("excess", "excess: interest left, principal not due to bonds, and what the derivatives left",
            f"=[spread]+[principal 1]+[principal 2]-({_plus(NAMES, 'p')})+[hedge left]"),
        Sum("lack 2", "overcollateralization still lacks", f"=MAX([lack 1]-({_plus(SENIORS, 'h')}),0)"),
        *_shares("t", "MIN([excess],[lack 2])", SENIORS, seniors, "turbo, as principal to"),
        *_turns("l", paid, BELOW, loss, "cash for losses of"),
        *_shares("e", paid_l, SENIORS, owed_a, "capped interest made good out of the excess:"),
        *_turns("e", paid_a, BELOW, owed_m, "capped interest made good out of the excess:"),
        Sum("refill", "to the reserve fund, up to what it should hold",
            f"=MIN({paid_a}-({_plus(BELOW, 'e')}),MAX([$refill]-([reserve-]-[reserve drawn]),0))", "cents", "=reserve_target"),
        Sum("reserve", "reserve fund at the end", "=[reserve-]-[reserve drawn]+[refill]", opening="=reserve_balance"),
        Sum("residual", "to the residual", f"={paid_a}-({_plus(BELOW, 'e')})-[refill]"),
    ]  # fmt: skip


def _close() -> list[Sum]:
    seniors = "+".join(f"[close {n}]" for n in SENIORS)
    found: list[Sum] = [
        Sum(
            f"close {n}", f"{n} at the end", f"=[close {n}-]-[p {n}]-[h {n}]-[t {n}]", opening=f"={_bond(n, 'balance')}"
        )
        for n in SENIORS
    ]
    found.append(
        Sum(
            "over",
            "by how much the bonds exceed the pool: the loss to be written down",
            f"=MAX({seniors}+{_plus(BELOW, 'after')}-[end],0)",
        )
    )
    up = tuple(reversed(BELOW))
    found += _turns("down", "[over]", up, [f"[after {n}]" for n in up], "written down:")
    for n in BELOW:
        found.append(
            Sum(f"close {n}", f"{n} at the end", f"=[after {n}]-[down {n}]", opening=f"={_bond(n, 'balance')}")
        )
    for n in BELOW:
        found.append(
            Sum(
                f"loss {n}",
                f"{n}: written down and not made good",
                f"=[loss {n}-]+[down {n}]-[up {n}]-[l {n}]",
                opening="=0",
            )
        )
    for n in NAMES:
        found.append(
            Sum(f"carried {n}", f"{n}: capped interest carried forward", f"=[carry {n}]-[g {n}]-[e {n}]", opening="=0")
        )
    oc = f"=[end]-({_plus(NAMES, 'close')})"
    found.append(Sum("oc", "overcollateralization (OC) at the end", oc, opening=oc))
    return found


PARTS: tuple[tuple[str, list[Sum]], ...] = (
    ("1.  The month", [
        Sum("month", "month", "=[month-]+1", "count", opening="=0"),
        Sum("date", "payment date", "=INDEX(cash_payment_date,MATCH([month],cash_month,0))", "date"),
    ]),
    ("2.  Collateral, from the cash table", _collateral()),
    ("3.  Tests: trigger events", _tests()),
    ("4.  Step-down date and overcollateralization target", _target()),
    ("5.  Derivatives, net WAC caps, interest due", _interest()),
    ("6.  Interest paid; the insurer and the reserve fund", _paid_interest()),
    ("7.  Recoveries and principal", _principal()),
    ("8.  What the derivatives pay for", _hedges()),
    ("9.  Net monthly excess cash flow", _excess()),
    ("10.  Losses and balances at the end of the month", _close()),
)  # fmt: skip
"""The lines under their headings; a line may name one that stands further down, of the month before."""

ENGINE = (
    ("loss value", "cumulative losses, share of the original pool"), ("loss fails", "cumulative loss test fails"),
    ("late value", "delinquency, average of three months"), ("late limit", "its limit"), ("late fails", "delinquency test fails"),
    ("stepped", "stepped down"), ("target", "overcollateralization target"), ("oc", "overcollateralization"),
    ("drawn", f"drawn on {INSURER}"), ("repaid", f"{INSURER} repaid"), ("reserve", "reserve fund"), ("residual", "residual"),
    *((f"{key} {name}", f"{words} {name}")
      for key, words in (("due", "interest paid to"), ("capped", "capped of"), ("carried", "carried forward of"), ("close", "balance of"))
      for name in NAMES),
    *((f"{key} {name}", f"{words} {name}")
      for key, words in (("down", "written down of"), ("up", "written up of"), ("loss", "loss not made good of"))
      for name in BELOW),
)  # fmt: skip
"""What stands beside the engine's figure, with its words."""

_REFERENCE = re.compile(r"\[(\$?)([^\[\]$]+?)(-?)\]")


def spelled(formula: str, cell: dict[str, int], column: str, before: str, term: str) -> str:
    """A line's formula as a sheet has it.

    Args:
        formula: with names of lines in square brackets.
        cell: the row (from 1) of each line.
        column, before, term: the letters of the month, of the month before and of the terms.
    """

    def one(match: re.Match[str]) -> str:
        of_terms, key, earlier = match.groups()
        if key not in cell and f"{key}{earlier}" in cell:
            key, earlier = f"{key}{earlier}", ""
        letters = f"${term}" if of_terms else before if earlier else column
        return f"{letters}{cell[key]}"

    return _REFERENCE.sub(one, formula)
