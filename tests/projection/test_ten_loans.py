"""Ten loans, worked by hand: one loan in ten moved from current to late today changes when cash comes, not just how much.

Ten interest-only loans of 100,000 at 6%, so a month's interest is 0.5% and nobody owes principal for ten years. Of what
performs 10% defaults and 10% prepays in a month: 80% goes on. What defaults is liquidated 4 months later, 40% of it lost
(``all_in``), and its interest is advanced from the month of default through the month of liquidation: 5 x 0.5% = 2.5%.
Every figure below can be had again on a pocket calculator; months 0 (the cut-off) to 10 stand from left to right.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.builders import loan, make_curves, make_trust
from xlfv.market.indices import NO_INDICES
from xlfv.projection.collateral import CollateralCash, project_collateral

MONTHS = 10
TERMS = {"remaining_term": 120, "interest_only_months": 120}
CURVE = {"smm": 0.1, "mdr": 0.1, "severity": 0.4, "recovery_lag": 4, "months_to_liquidation_foreclosure": 4}

# performing_balance     1,000,000 x 0.8 every month
# new_defaults           10% of what performed a month before; prepaid_principal is the same
# foreclosure_balance    the defaults of the last four months: 100,000 + 80,000 + 64,000 + 51,200 = 295,200
# interest_paid          0.5% of what performed a month before, less its new defaults: 0.5% x 900,000 = 4,500
# interest_advanced      0.5% of new defaults and of the foreclosures a month before: 0.5% x (40,960 + 295,200) = 1,680.80
# liquidated_balance     new_defaults of four months before, from month 5 on; losses are 40% of it
# advances_repaid        2.5% of what is liquidated
# advances_outstanding   what was, and advanced, less repaid: 500; 500 + 900 = 1,400; ... 4,096 + 1,680.80 - 2,500
ALL_CURRENT = """
performing_balance     1000000 800000 640000 512000 409600 327680 262144 209715.2 167772.16 134217.728 107374.1824
delinquent_balance     0       0      0      0      0      0      0      0        0         0          0
foreclosure_balance    0       100000 180000 244000 295200 236160 188928 151142.4 120913.92 96731.136  77384.9088
late_balance           0       0      0      0      0      0      0      0        0         0          0
new_defaults           0       100000 80000  64000  51200  40960  32768  26214.4  20971.52  16777.216  13421.7728
prepaid_principal      0       100000 80000  64000  51200  40960  32768  26214.4  20971.52  16777.216  13421.7728
interest_due           0       5000   4500   4100   3780   3524   2819.2 2255.36  1804.288  1443.4304  1154.74432
interest_paid          0       4500   3600   2880   2304   1843.2 1474.56 1179.648 943.7184 754.97472  603.979776
interest_advanced      0       500    900    1220   1476   1680.8 1344.64 1075.712 860.5696 688.45568  550.764544
interest_lost          0       0      0      0      0      0      0      0        0         0          0
liquidated_balance     0       0      0      0      0      100000 80000  64000    51200     40960      32768
liquidation_proceeds   0       0      0      0      0      60000  48000  38400    30720     24576      19660.8
losses                 0       0      0      0      0      40000  32000  25600    20480     16384      13107.2
advances_repaid        0       0      0      0      0      2500   2000   1600     1280      1024       819.2
advances_outstanding   0       500    1400   2620   4096   3276.8 2621.44 2097.152 1677.7216 1342.17728 1073.741824
"""

# Nine of the ten rows above, and the tenth loan: 100,000 in foreclosure, advanced 500 in each of months 1 to 4 and
# liquidated in month 4, when the current ones have not lost a cent: 40,000 lost, 60,000 collected. The servicer had
# advanced 3,000 before today; with 4 x 500 it takes back 5,000.
# Month 4, say: foreclosure 0.9 x 295,200 = 265,680; advanced 0.9 x 1,476 + 500 = 1,828.40; outstanding 0.9 x 4,096.
FORECLOSURE_ADVANCED = """
performing_balance     900000 720000 576000 460800 368640 294912 235929.6 188743.68 150994.944 120795.9552 96636.76416
delinquent_balance     0      0      0      0      0      0      0        0         0          0           0
foreclosure_balance    100000 190000 262000 319600 265680 212544 170035.2 136028.16 108822.528 87058.0224  69646.41792
late_balance           0      0      0      0      0      0      0        0         0          0           0
new_defaults           0      90000  72000  57600  46080  36864  29491.2  23592.96  18874.368  15099.4944  12079.59552
prepaid_principal      0      90000  72000  57600  46080  36864  29491.2  23592.96  18874.368  15099.4944  12079.59552
interest_due           0      5000   4550   4190   3902   3171.6 2537.28  2029.824  1623.8592  1299.08736  1039.269888
interest_paid          0      4050   3240   2592   2073.6 1658.88 1327.104 1061.6832 849.34656 679.477248  543.5817984
interest_advanced      0      950    1310   1598   1828.4 1512.72 1210.176 968.1408 774.51264  619.610112  495.6880896
interest_lost          0      0      0      0      0      0      0        0         0          0           0
liquidated_balance     0      0      0      0      100000 90000  72000    57600     46080      36864       29491.2
liquidation_proceeds   0      0      0      0      60000  54000  43200    34560     27648      22118.4     17694.72
losses                 0      0      0      0      40000  36000  28800    23040     18432      14745.6     11796.48
advances_repaid        0      0      0      0      5000   2250   1800     1440      1152       921.6       737.28
advances_outstanding   3000   3950   5260   6858   3686.4 2949.12 2359.296 1887.4368 1509.94944 1207.959552 966.3676416
"""

# What moving the tenth loan from current to foreclosure does: the second table less the first.
# Timing      100,000 is liquidated in month 4, where nothing was; from month 5 on a tenth less than before, for a loan in
#             foreclosure has no part in the new defaults: 90,000 - 100,000 = -10,000.
# Loss        40% of that: 40,000 sooner, then 4,000, 3,200, ... less.
# Interest    borrowers pay a tenth less from month 1 on: 0.5% x 90,000 = 450; the servicer advances 500 on the loan and a
#             tenth less on the rest: 500 - 0.1 x 500 = 450, 500 - 0.1 x 900 = 410, ... until month 4, then only less.
#             What is due is the same in month 1; then more, for the loan in foreclosure does not prepay.
# Advances    3,000 outstanding before today and 4 x 500; 5,000 taken back in month 4, then a tenth less: 0.1 x 2,500.
MOVED = """
performing_balance     -100000 -80000 -64000 -51200 -40960 -32768 -26214.4 -20971.52 -16777.216 -13421.7728 -10737.41824
foreclosure_balance    100000 90000 82000 75600 -29520 -23616 -18892.8 -15114.24 -12091.392 -9673.1136 -7738.49088
interest_due           0      0     50    90    122    -352.4 -281.92 -225.536 -180.4288 -144.34304 -115.474432
interest_paid          0      -450  -360  -288  -230.4 -184.32 -147.456 -117.9648 -94.37184 -75.497472 -60.3979776
interest_advanced      0      450   410   378   352.4  -168.08 -134.464 -107.5712 -86.05696 -68.845568 -55.0764544
liquidated_balance     0      0     0     0     100000 -10000 -8000   -6400     -5120     -4096      -3276.8
liquidation_proceeds   0      0     0     0     60000  -6000  -4800   -3840     -3072     -2457.6    -1966.08
losses                 0      0     0     0     40000  -4000  -3200   -2560     -2048     -1638.4    -1310.72
advances_repaid        0      0     0     0     5000   -250   -200    -160      -128      -102.4     -81.92
advances_outstanding   3000   3450  3860  4238  -409.6 -327.68 -262.144 -209.7152 -167.77216 -134.217728 -107.3741824
"""

# The same loan, not advanced any more: its 500 a month are lost instead, and in month 4 the servicer takes back only the
# 3,000 of before. Balances and losses are as above (all_in: advances are inside the severity).
# Month 4, say: advanced 0.9 x 1,476 = 1,328.40; outstanding 3,000 + 0.9 x 2,620 = 5,358 in month 3.
FORECLOSURE_NOT_ADVANCED = """
performing_balance     900000 720000 576000 460800 368640 294912 235929.6 188743.68 150994.944 120795.9552 96636.76416
foreclosure_balance    100000 190000 262000 319600 265680 212544 170035.2 136028.16 108822.528 87058.0224  69646.41792
interest_due           0      5000   4550   4190   3902   3171.6 2537.28  2029.824  1623.8592  1299.08736  1039.269888
interest_paid          0      4050   3240   2592   2073.6 1658.88 1327.104 1061.6832 849.34656 679.477248  543.5817984
interest_advanced      0      450    810    1098   1328.4 1512.72 1210.176 968.1408 774.51264  619.610112  495.6880896
interest_lost          0      500    500    500    500    0      0        0         0          0           0
liquidated_balance     0      0      0      0      100000 90000  72000    57600     46080      36864       29491.2
losses                 0      0      0      0      40000  36000  28800    23040     18432      14745.6     11796.48
advances_repaid        0      0      0      0      3000   2250   1800     1440      1152       921.6       737.28
advances_outstanding   3000   3450   4260   5358   3686.4 2949.12 2359.296 1887.4368 1509.94944 1207.959552 966.3676416
"""

# The tenth loan 60 days late, on a timeline of 4 months: 20% of what is still late cures in each, and 30% of the rest is
# lost. Late: 100,000, 80,000, 64,000, 51,200, then 40,960, liquidated in month 4: 12,288 lost.
# performing_balance     what performed and what cures, x 0.8: (900,000 + 20,000) x 0.8 = 736,000
# new_defaults           (900,000 + 20,000) x 10%; the cured pay and roll like all others from the month they cure in
# foreclosure_balance    92,000; + 75,200 = 167,200; + 61,440 = 228,640; + 50,176 = 278,816; + 40,140.80 - 92,000 ...
# interest_paid          0.5% x (920,000 - 92,000) = 4,140
# interest_advanced      0.5% x (92,000 + 80,000) = 860; 0.5% x (75,200 + 92,000 + 64,000) = 1,156
# losses                 month 4: 30% x 40,960; month 5: 40% x 92,000
# advances on the late   400; less a fifth, + 320 = 640; less a fifth, + 256 = 768; less a fifth, + 204.80 = 819.20, taken
#                        back at liquidation. advances_repaid month 2: 80; 3: 128; 4: 153.60 + 819.20 = 972.80
D60_CURING = """
performing_balance     900000 736000 601600 491520 401408 321126.4 256901.12 205520.896 164416.7168 131533.37344 105226.698752
delinquent_balance     100000 80000  64000  51200  0      0      0          0           0           0            0
foreclosure_balance    0      92000  167200 228640 278816 226956.8 183869.44 148119.552 118495.6416 94796.51328  75837.210624
late_balance           100000 80000  64000  51200  0      0      0          0           0           0            0
new_defaults           0      92000  75200  61440  50176  40140.8 32112.64  25690.112   20552.0896  16441.67168  13153.337344
cured_balance          0      20000  16000  12800  10240  0      0          0           0           0            0
interest_due           0      5000   4540   4164   3856.8 3401.12 2740.416  2203.8528   1768.20224  1414.561792  1131.6494336
interest_paid          0      4140   3384   2764.8 2257.92 1806.336 1445.0688 1156.05504 924.844032 739.8752256  591.90018048
interest_advanced      0      860    1156   1399.2 1598.88 1594.784 1295.3472 1047.79776 843.358208 674.6865664  539.74925312
liquidated_balance     0      0      0      0      40960  92000  75200      61440       50176       40140.8      32112.64
losses                 0      0      0      0      12288  36800  30080      24576       20070.4     16056.32     12845.056
advances_repaid        0      0      80     128    972.8  2300   1880       1536        1254.4      1003.52      802.816
advances_outstanding   0      860    1936   3207.2 3833.28 3128.064 2543.4112 2055.20896 1644.167168 1315.3337344 1052.26698752
"""

LATE = {"status": "foreclosure", "advances_outstanding": 3000.0}
CURING = {"cure_d60": 0.2, "months_to_liquidation_d60": 4, "severity_d60": 0.3}


def collateral(tenth: dict, rates: dict = CURVE, terms: dict = TERMS) -> CollateralCash:
    """Nine current loans and a tenth."""
    pool = [loan(f"{k}", **terms) for k in range(1, 10)] + [loan("10", **terms, **tenth)]
    return project_collateral(make_trust(pool), make_curves(**rates), NO_INDICES, MONTHS)


def worked(text: str) -> dict[str, list[float]]:
    """A table of figures by column, months 0 to 10."""
    rows = [line.split() for line in text.strip().splitlines()]
    assert all(len(row) == MONTHS + 2 for row in rows)
    return {name: [float(figure) for figure in figures] for name, *figures in rows}


def assert_as_worked(cash: CollateralCash, text: str) -> None:
    for name, figures in worked(text).items():
        np.testing.assert_allclose(cash[name][0], figures, rtol=0.0, atol=1e-6, err_msg=name)


@pytest.mark.parametrize(
    ("tenth", "rates", "figures"),
    [
        pytest.param({}, {}, ALL_CURRENT, id="all current"),
        pytest.param(LATE, {}, FORECLOSURE_ADVANCED, id="one in foreclosure, advanced"),
        pytest.param(LATE | {"advancing": "no"}, {}, FORECLOSURE_NOT_ADVANCED, id="one in foreclosure, not advanced"),
        pytest.param({"status": "d60"}, CURING, D60_CURING, id="one 60 days late, curing"),
    ],
)
def test_the_tenth_loan_moves_cash_as_worked_by_hand(tenth, rates, figures):
    assert_as_worked(collateral(tenth, CURVE | rates), figures)


def test_a_tenth_of_the_balance_moved_to_foreclosure_changes_timing_advances_interest_and_loss():
    late, current = collateral(LATE), collateral({})
    for name, figures in worked(MOVED).items():
        np.testing.assert_allclose(late[name][0] - current[name][0], figures, rtol=0.0, atol=1e-6, err_msg=name)


def test_no_scaling_of_defaults_of_current_loans_gives_the_loss_of_a_loan_in_foreclosure():
    """Current loans lose nothing in months 1 to 4 whatever their CDR; the loan in foreclosure loses 40,000 in month 4."""
    target = collateral(LATE)["losses"][0]
    assert list(target[:5]) == pytest.approx([0.0, 0.0, 0.0, 0.0, 40000.0])

    def scaled(multiplier: float) -> np.ndarray:
        everyone = TERMS | {"cdr_multiplier": multiplier}
        return collateral({}, terms=everyone)["losses"][0]

    for multiplier in (0.0, 0.5, 1.0, 1.5, 3.0, 10.0):
        assert not scaled(multiplier)[:5].any()
    # The scaling that gives the same loss over ten months: 172,814.08, some 1.2 times the defaults.
    low, high = 1.0, 3.0
    for _ in range(60):
        middle = (low + high) / 2.0
        low, high = (middle, high) if scaled(middle).sum() < target.sum() else (low, middle)
    assert target.sum() == pytest.approx(172814.08)
    nearest = scaled(low)
    assert nearest.sum() == pytest.approx(target.sum())
    assert target[4] - nearest[4] == pytest.approx(40000.0)
    assert np.all(nearest[5:8] > target[5:8] + 5000.0)


def test_advances_stop_after_the_months_a_curve_gives():
    """Of 5 months of advances the loan in foreclosure has used 3: 500 is advanced in months 1 and 2, lost in 3 and 4.

    A new default is advanced in 5 months, its month of liquidation the fifth: nothing changes for it.
    """
    cash = collateral(LATE | {"months_delinquent": 3}, CURVE | {"advance_months": 5})
    # 0.9 x 500 + 500 = 950; 0.9 x 900 + 500 = 1,310; then 0.9 x 1,220, 0.9 x 1,476, 0.9 x 1,680.80.
    assert list(cash["interest_advanced"][0, 1:6]) == pytest.approx([950.0, 1310.0, 1098.0, 1328.4, 1512.72])
    assert list(cash["interest_lost"][0, 1:6]) == pytest.approx([0.0, 0.0, 500.0, 500.0, 0.0])
    assert cash["advances_repaid"][0, 4] == pytest.approx(4000.0)  # 3,000 and 2 x 500


@pytest.mark.parametrize(
    ("advancing", "repaid", "loss"),
    # The property brings 60,000; 5,000 of expenses and the advances come off before the trust sees any of it.
    [("yes", 5000.0, 50000.0), ("no", 3000.0, 48000.0)],
)
def test_a_severity_of_the_property_makes_the_trust_pay_for_expenses_and_advances(advancing, repaid, loss):
    rates = CURVE | {"severity_basis": "property", "liquidation_expense": 0.05}
    cash = collateral(LATE | {"advancing": advancing}, rates)
    x = {name: cash[name][0] for name in ("liquidation_expenses", "advances_repaid", "losses", "liquidation_proceeds")}
    assert [x[name][4] for name in x] == pytest.approx([5000.0, repaid, loss, 100000.0 - loss])
    # Month 5, of 90,000: 54,000 less 4,500 and 2,250 is 47,250; 42,750 is lost.
    assert [x[name][5] for name in x] == pytest.approx([4500.0, 2250.0, 42750.0, 47250.0])


def test_principal_is_advanced_until_liquidation_and_then_missing_from_the_proceeds():
    """At 0% over 100 months each loan pays 1,000 a month, and nobody defaults or prepays.

    The loan in foreclosure is advanced 1,000 in months 1 to 3; in month 4 what is left of it, 97,000, is liquidated:
    40% of the 100,000 it stood at is lost, 57,000 collected, and 3,000 of advances are taken back.
    """
    terms = {"rate": 0.0, "remaining_term": 100}
    rates = {"cpr": 0.0, "severity": 0.4, "months_to_liquidation": 4}
    current, late = collateral({}, rates, terms), collateral({"status": "foreclosure"}, rates, terms)
    assert list(current["scheduled_principal"][0, 1:6]) == pytest.approx([10000.0] * 5)
    assert list(late["scheduled_principal"][0, 1:6]) == pytest.approx([9000.0] * 5)
    assert list(late["advanced_principal"][0, 1:6]) == pytest.approx([1000.0, 1000.0, 1000.0, 0.0, 0.0])
    assert list(late["foreclosure_balance"][0, :5]) == pytest.approx([100000.0, 99000.0, 98000.0, 97000.0, 0.0])
    at = {
        name: late[name][0, 4] for name in ("liquidated_balance", "losses", "liquidation_proceeds", "advances_repaid")
    }
    assert list(at.values()) == pytest.approx([97000.0, 40000.0, 57000.0, 3000.0])
