"""The field's words for our columns, as servicers, trustees and vendors head theirs."""

from __future__ import annotations

from xlfv.months.intake.tables import AS_OF_COLUMN, TRUST_COLUMN
from xlfv.tables.words import bare

_ANY = {
    TRUST_COLUMN: "deal, deal name, deal id, trust name, trust id, pool, pool name, pool id, series, investor, investor code, "
    "transaction, issue",
    AS_OF_COLUMN: "as of date, asof, cutoff, cut off date, cutoff date, reporting date, report date, reporting period, period end,"
    " period, data date, activity month, monthly reporting period, distribution month",
}
_OF = {
    "loans": {
        "loan_id": "loan number, loan no, loan num, loan #, loan id, loannumber, account number, account no, servicer loan number,"
        " loan identifier, asset number, investor loan number, loan sequence number, ln no",
        "balance": "upb, current upb, unpaid principal balance, current balance, current principal balance, ending balance,"
        " actual balance, scheduled balance, sched bal, curr bal, cur bal, principal balance, current actual upb, outstanding balance,"
        " end bal, ending scheduled balance, cutoff balance, cut off date balance",
        "original_balance": "original upb, orig bal, orig balance, original loan amount, loan amount, original principal balance,"
        " original amount, origination balance, note amount",
        "rate": "note rate, interest rate, current rate, current interest rate, coupon, curr rate, cur rate, gross rate, gross coupon,"
        " mortgage rate, current note rate, int rate, loan rate, wac",
        "remaining_term": "rem term, remaining months, months to maturity, remaining months to maturity, rem months, mtm, stated rem"
        " term, remaining months to legal maturity, remaining stated term",
        "age": "loan age, seasoning, age in months, months seasoned, wala",
        "rate_type": "type, product type, arm flag, amortization type, fixed arm, int type, interest type, arm fixed, fixed adjustable",
        "amortization_term": "amort, amort term, rem amort term, remaining amortization term, amortization months",
        "interest_only_months": "io, io term, io months, io period, remaining io term, remaining io months, interest only term",
        "payment": "p&i, p and i, pi, p&i payment, monthly payment, current payment, p&i constant, principal and interest, pmt,"
        " scheduled payment, current p&i",
        "index": "index type, arm index, index name, index code",
        "margin": "gross margin, arm margin, mortgage margin, note margin",
        "months_to_reset": "months to next rate change, months to roll, mtr, months to rate reset, months to next reset",
        "reset_frequency": "rate reset frequency, rate adj frequency, rate change frequency, adj freq, adjustment frequency, rate freq",
        "initial_cap": "first cap, initial rate cap, init cap, first adjustment cap, initial periodic cap",
        "periodic_cap": "per cap, periodic rate cap, subsequent cap, period cap, subsequent rate cap",
        "life_cap": "lifetime cap, max rate, maximum rate, ceiling, life ceiling, lifetime max rate, maximum interest rate",
        "life_floor": "lifetime floor, min rate, minimum rate, floor, life min rate, minimum interest rate",
        "rate_rounding": "rounding, round factor, rate round",
        "servicing_fee": "servicing fee rate, serv fee, svc fee, service fee, sfee, servicer fee",
        "mi_coverage": "mi, mi percent, mi %, mi cov, mi coverage percent, mortgage insurance percentage",
        "mi_premium": "mi rate, lpmi, lpmi fee, mi premium rate",
        "lien": "lien position, lien type, lien priority",
        "property_type": "prop, prop type, property, property code, property type code, collateral type",
        "occupancy": "occ, occupancy status, occupancy type, occ code, occupancy code, owner occupied",
        "state": "property state, prop state, st, state code",
        "ltv": "original ltv, orig ltv, oltv, current ltv, cltv, combined ltv, loan to value, loan to value ratio",
        "fico": "credit score, fico score, original fico, borrower fico, orig fico, current fico, fico orig",
        "status": "dlq status, delinquency status, loan status, delq status, dq status, current status, mba status, ots status,"
        " delinquency, dlq, delq, mba delinquency status, payment status, current loan delinquency status",
        "months_delinquent": "months dlq, months delinquent, payments missed, times past due, months past due, payments past due",
        "last_paid_date": "last paid, last pmt date, paid through date, paid to date, pay through date, paid thru, interest paid to date, ptd, last payment"
        " date, last paid installment date, due date of last paid installment, paid thru date, interest paid through date",
        "advances_outstanding": "adv, advances, total advances, outstanding advances, corporate advances, servicer advances, advance bal",
        "deferred_balance": "def bal, deferred upb, forbearance, non interest bearing upb, deferred principal, forbearance balance, deferred"
        " principal balance, current deferred upb",
        "prepay_penalty_months": "ppp, ppp months, prepay penalty term, ppp term, prepayment penalty months, prepayment penalty term",
        "prepay_penalty_type": "ppp type, prepay type, prepayment penalty type",
        "group": "grp, loan group, group id, group no, pool group, collateral group, subgroup, group number",
    },
    "bonds": {
        "tranche": "class, class name, bond, security, certificate, class id, certificate class, tranche id, bond name, note class",
        "balance": "ending balance, current balance, ending certificate balance, current face, end bal, ending principal balance,"
        " certificate balance, class balance, ending class principal balance, current principal balance",
        "original_balance": "original face, orig bal, original balance, original certificate balance, original principal balance,"
        " face amount, initial balance",
        "coupon": "pass through rate, current coupon, interest rate, rate, certificate rate, cpn, pass-through rate",
        "margin": "spread, certificate margin, class margin",
        "interest_shortfall": "unpaid interest, interest shortfalls, cumulative interest shortfall, unpaid interest shortfall",
        "basis_risk_carryforward": "basis risk shortfall, net wac carryover, basis risk carryover, net wac shortfall, basis risk",
        "writedown": "write down, cumulative realized loss, realized losses, cumulative writedown, unreimbursed realized losses",
        "index": "index name, benchmark, index type",
        "original_rating": "orig rating, rating at issue, initial rating",
    },
    "reo": {
        "loan_id": "loan number, loan no, loan id, account number, asset number",
        "balance": "upb, unpaid principal balance, current balance, principal balance",
        "value": "bpo, bpo value, appraised value, appraisal, current value, market value, property value, list price",
        "foreclosure_date": "reo date, fc date, foreclosure sale date, fcl sale date, acquisition date, date acquired",
        "value_date": "bpo date, appraisal date, valuation date, date of value",
        "initial_basis": "basis, book basis, initial nrv, book value",
        "selling_cost": "cost to sell, selling costs, disposition cost, cost to sell percent",
        "months_to_sale": "months to sell, time to sale, months to liquidation",
    },
    "sales": {
        "loan_id": "loan number, loan no, loan id, account number", "date": "sale date, closing date, sold date, date sold",
        "proceeds": "net proceeds, sale proceeds, net sale proceeds, sales proceeds",
    },
    "curves": {
        "month": "period, projection month, mo", "curve": "curve name, segment, bucket, group", "cpr": "prepay, voluntary cpr, vpr",
        "cdr": "default rate, default, involuntary cpr", "severity": "loss severity, lgd, sev, loss given default",
        "recovery_lag": "lag, months to recovery, liquidation lag", "provider": "source, vendor, model",
        "curve_date": "run date, model date, date of curve", "advance": "advancing, p&i advanced",
    },
    "yields": {"item": "class, tranche, bond, security", "yield": "discount rate, chosen yield, yld, market yield"},
    "quotes": {
        "item": "class, tranche, bond, security, cusip", "source": "broker, dealer, pricing service, provider, vendor",
        "date": "price date, quote date, as of date", "quote": "price, bid, level, px, mid", "quote_type": "type, price type",
    },
    "hedges": {"hedge": "swap, derivative, contract, trade, trade id", "pay_rate": "fixed rate, strike rate, fixed leg"},
    "remittance": {"item": "field, line, description, statement item", "tranche": "class, bond", "amount": "value, total, figure"},
    "indices": {"month": "period, forward month"},
}  # fmt: skip

CODES = {
    "status": {
        "current": "c, cur, curr, 0, 0-29, 00, current, performing, p", "d30": "30, 3, 1, 30-59, 30+, 30 days, d30, 30dpd, 30d",
        "d60": "60, 6, 2, 60-89, 60+, 60 days, 60dpd, 60d", "d90": "90, 9, 90+, 90 days, 120, 120+, 90dpd, 90d, 90-119, 120-149, 150+, 180+",
        "bankruptcy": "b, bk, bkcy, bnk, bankrupt, ch7, ch13", "foreclosure": "f, fc, fcl, fcls, foreclosed, in foreclosure",
        "reo": "r, reo, o, real estate owned",
    },
    "rate_type": {"fixed": "f, frm, fix, fixed rate, frm30, frm15", "arm": "a, arm, adj, adjustable, adjustable rate, v, variable, floating"},
    "property_type": {
        "sf": "sf, sfr, sfd, single family, s, 1, pud, pu, detached, single-family", "condo": "co, condo, condominium, c, cond",
        "two_to_four": "2-4, 2f, 2-4 family, mf2-4, duplex, 2 to 4 family, 2-4 units", "multifamily": "mf, multi family, multifamily, 5+",
        "commercial": "cm, comm, commercial, mixed use",
    },
}  # fmt: skip
"""Column -> our word -> codes that often mean it."""


def words_of(table: str) -> dict[str, str]:
    """Each known header, bare -> our column of a table."""
    found: dict[str, str] = {}
    for columns in (_OF.get(table, {}), _ANY):
        for column, words in columns.items():
            for word in words.split(","):
                found.setdefault(bare_header(word), column)
    return found


def codes_of(column: str) -> dict[str, str]:
    """Each known code, in small letters -> our word."""
    return {code.strip(): word for word, codes in CODES.get(column, {}).items() for code in codes.split(",")}


def bare_header(header: str) -> str:
    """A header without what does not matter."""
    return bare(header.replace("#", "no").replace(".", "").replace("_", " ").replace("/", " "))
