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

# What the kernels give, a column a quantity; all dollars, month 0 first. The first sixteen are those of common loans.
(
    PERFORMING,  # balance of loans that pay, at the end of the month
    FORECLOSURE,  # balance in default not yet liquidated, at the end of the month: new defaults, foreclosures of today
    SCHEDULED,  # amortization paid by performing loans, and what they pay at maturity
    PREPAID,  # prepayments in full
    DEFAULTED,  # balance that defaults this month
    ADVANCED_PRINCIPAL,  # amortization of balances that are late, advanced
    INTEREST_PAID,  # interest paid by borrowers
    INTEREST_LATE,  # interest due on balances that are late: advanced or lost
    SERVICING_DUE,  # servicing fee, insurance premium and other fees on all balances
    LIQUIDATED,  # balance liquidated this month
    LOST,  # principal lost in liquidations
    INTEREST_ADVANCED,  # interest advanced on balances that are late
    SERVICING,  # fees on balances whose interest is paid or advanced
    BEHIND,  # part of PERFORMING and DELINQUENT that is 60 days late or more
    DELINQUENT,  # balance late today, on a timeline, neither cured nor liquidated; without foreclosures
    CURED,  # balance late today that pays again from this month on
    CURTAILED,  # prepayments in part
    CAPITALIZED,  # interest added to the balance: negative amortization
    PENALTIES,  # prepayment penalties
    INSURED,  # mortgage insurance proceeds, a part of what a liquidation recovers
    EXPENSES,  # expenses of liquidations
    RECOVERED_LATER,  # subsequent recoveries of losses
    ADVANCES_REPAID,  # advances given back to the servicer
    ADVANCES,  # advances outstanding at the end of the month
) = range(24)
COLUMNS = 24
COMMON_COLUMNS = 16

BLOCK = 128  # loans summed together before blocks are added: part of the model, for the order of sums decides the bits

# Rates by row and month: prepayments, then defaults.
PREPAYS, DEFAULTS = range(2)
MONTHLY, ANNUAL, CUMULATIVE, ABSOLUTE = range(4)  # how a rate is given; ABSOLUTE: a share of the original number (ABS)

# What follows from a default, by row and month.
(
    SEVERITY,
    LATE_SEVERITY,  # of loans late today
    ADVANCE,
    ADVANCE_MONTHS,
    CURE,  # of loans late today, a month
    EXPENSE,
    SUBSEQUENT,  # share of a loss recovered later
    CURTAILMENT,  # monthly
) = range(8)
TIMING_ROWS = 8
LAG, LEAVES, SUBSEQUENT_LAG = range(3)  # whole numbers by row and month; LEAVES: defaults up to here are liquidated
LAG_ROWS = 3
BASIS, TIMELINE, LONGEST = range(
    3
)  # whole numbers by row: severity basis, months to liquidation (0: none), longest lag
TIMING_COUNTS = 3
ALL_IN, ON_LIQUIDATION, ON_PROPERTY = range(3)
