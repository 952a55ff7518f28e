"""How a loan and its month lie in the kernels' arrays: names for rows and columns, and the sizes that decide the bits."""

from __future__ import annotations

# A loan's numbers.
(
    L_BALANCE,  # balance that bears interest, at the cut-off, dollars
    L_RATE,  # note rate today, a year
    L_MARGIN,
    L_FIRST_CAP,  # largest change at the next reset; infinity for none
    L_CAP,  # largest change at later resets; infinity for none
    L_LIFE_CAP,  # infinity for none
    L_FLOOR,
    L_ROUNDING,  # 0 for none
    L_PAYMENT,  # level payment today, dollars a month; 0 where it is to be computed
    L_FEE,  # servicing, insurance premium and other fees, a year
    L_SEVERITY,  # multiplier
    L_PREPAY,  # multiplier
    L_DEFAULT,  # multiplier
    L_ADVANCED,  # 1 where the servicer advances, else 0
    L_ORIGINAL,  # balance at origination; today's where not given
    L_PAYMENT_CAP,  # largest change of the payment, a share; infinity for none
    L_NEGAM_LIMIT,  # multiple of the original balance; infinity for no limit, 0 where the balance must not grow
    L_DEFERRED,  # balance that bears no interest and is due at the end, dollars
    L_PENALTY,  # rate of the prepayment penalty, read by its kind
    L_COVER,  # mortgage insurance: share of the balance at default
    L_ADVANCES,  # advances outstanding today, dollars
) = range(21)
LOAN_NUMBERS = 21

# A loan's counts.
(
    L_TERM,  # months to maturity
    L_AMORTIZE,  # months over which it amortizes from today
    L_INTEREST_ONLY,  # interest-only months left
    L_AGE,  # months
    L_RESET,  # months still paid at today's rate
    L_FREQUENCY,  # months between rate resets
    L_INDEX,  # row of the index; -1 for a fixed rate
    L_LOOKBACK,  # months
    L_ACCRUAL,  # one of THIRTY, ACTUAL, DAILY
    L_PAYMENT_RESET,  # months still paid at today's payment; read where L_PAYMENT_FREQUENCY > 0
    L_PAYMENT_FREQUENCY,  # months between payment changes; 0: with the rate
    L_RECAST,  # months between recasts without the payment cap, on the anniversary; 0: none
    L_PENALTY_MONTHS,  # months of prepayment penalty left
    L_PENALTY_KIND,  # one of NO_PENALTY ..
    L_PENALTY_INDEX,  # row of the index of a yield maintenance; -1 for none
    L_LOCKOUT,  # months without prepayments
    L_LAST_DEFAULT,  # no default that would be liquidated after this month
    L_STATUS,  # one of CURRENT ..
    L_MISSED,  # payments missed today
) = range(19)
LOAN_COUNTS = 19

THIRTY, ACTUAL, DAILY = range(3)  # accrual: 30/360, act/360, simple interest (act/365)
NO_PENALTY, PERCENT, STEP_DOWN, INTEREST_MONTHS, YIELD_MAINTENANCE = range(5)
CURRENT, D30, D60, D90, BANKRUPTCY, IN_FORECLOSURE = range(6)

NEVER = 1 << 30
WHOLE = 1e-9  # a balance down to this share of itself is rounding, and repaid
