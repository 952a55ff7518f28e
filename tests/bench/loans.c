/* The month loop of a loan in plain C, for the bench: what a careful programmer writes without xlfv.
   Numbers and counts are laid out as in xlfv/kernels/loans.py; one curve for all loans; a constant lag. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BALANCE, RATE, MARGIN, FIRST_CAP, CAP, LIFE_CAP, FLOOR, ROUNDING, PAYMENT, FEE, SEVERITY, NUMBERS };
enum { TERM, AMORTIZE, INTEREST_ONLY, RESET, FREQUENCY, INDEX, LOOKBACK, DEFAULTED, LAST_DEFAULT, COUNTS };

static double payment_factor(double rate, long n) {
    if (rate == 0.0) return 1.0 / n;
    return rate / -expm1(-n * log1p(rate));
}

void project(const double *numbers, const long *counts, const double *indices, long rows, const double *mdr,
             const double *smm, const double *severity, const double *advance, long lag, long loans, long months,
             double *out) {
    double *path = malloc((months + 1) * sizeof(double)), *born = malloc((months + 1) * sizeof(double));
    for (long j = 0; j < loans; j++) {
        const double *x = numbers + j * NUMBERS;
        const long *c = counts + j * COUNTS;
        double rate = x[RATE], contract = x[BALANCE], payment = x[PAYMENT], fee = x[FEE] / 12.0;
        double performing = contract, foreclosure = 0.0;
        long reset = c[INDEX] >= 0 ? c[RESET] + 1 : months + 2, first = 1, fresh = !(payment > 0.0);
        path[0] = 1.0;
        for (long t = 1; t <= months; t++) {
            double kept, late;
            if (t <= c[TERM]) {
                if (t == reset) {
                    long row = t - c[LOOKBACK];
                    row = row < 0 ? 0 : row >= rows ? rows - 1 : row;
                    double new_rate = indices[c[INDEX] * rows + row] + x[MARGIN];
                    if (x[ROUNDING] > 0.0) new_rate = floor(new_rate / x[ROUNDING] + 0.5) * x[ROUNDING];
                    double cap = first ? x[FIRST_CAP] : x[CAP];
                    new_rate = fmin(fmax(new_rate, rate - cap), rate + cap);
                    rate = fmin(fmax(new_rate, x[FLOOR]), x[LIFE_CAP]);
                    first = 0, fresh = 1, reset += c[FREQUENCY];
                }
                double monthly = rate / 12.0, principal = 0.0;
                if (t > c[INTEREST_ONLY]) {
                    if (fresh || (t == c[INTEREST_ONLY] + 1 && t > 1)) {
                        payment = contract * payment_factor(monthly, c[AMORTIZE] - t + 1);
                        fresh = 0;
                    }
                    principal = fmin(fmax(payment - contract * monthly, 0.0), contract);
                }
                kept = contract > 0.0 ? (contract - principal) / contract : 0.0;
                late = kept > 1e-9 ? kept : 0.0;
                contract -= principal;
                if (t == c[TERM]) kept = 0.0;
            } else {
                kept = 0.0, late = 1.0;
            }
            path[t] = path[t - 1] * (1.0 - advance[t] * (1.0 - late));
            double monthly = rate / 12.0;
            double share = t + lag <= c[LAST_DEFAULT] ? mdr[t] : 0.0;
            double defaulted = performing * share;
            double prepaid = performing * kept * fmin(smm[t], 1.0 - share);
            double scheduled = (performing - defaulted) * (1.0 - kept);
            double behind = defaulted + foreclosure;
            double *row = out + t * 15;
            double due = (performing + foreclosure) * monthly, paid = (performing - defaulted) * monthly;
            double advanced_interest = behind * monthly * advance[t];
            row[9] += due, row[10] += paid, row[11] += advanced_interest, row[12] += due - paid - advanced_interest;
            row[13] += (performing - defaulted + behind * advance[t]) * fee;
            row[14] += (performing + foreclosure) * fee;
            born[t] = defaulted;
            double liquidated = 0.0, loss = 0.0;
            if (t > lag && born[t - lag] > 0.0 && path[t - lag - 1] > 0.0) {
                liquidated = born[t - lag] * (path[t - 1] / path[t - lag - 1]);
                loss = fmin(born[t - lag] * severity[t] * x[SEVERITY], liquidated);
            }
            foreclosure = fmax(foreclosure + defaulted - liquidated, 0.0);
            double advanced = foreclosure * advance[t] * (1.0 - late);
            foreclosure -= advanced;
            performing = t >= c[TERM] ? 0.0 : fmax(performing - defaulted - prepaid - scheduled, 0.0);
            row[0] += performing, row[1] += foreclosure, row[2] += scheduled, row[3] += prepaid, row[4] += defaulted;
            row[5] += advanced, row[6] += liquidated, row[7] += liquidated - loss, row[8] += loss;
        }
    }
    free(path);
    free(born);
}
