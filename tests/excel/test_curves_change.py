"""Changed curves in cells: what XLFV_CURVES_CHANGE gives, XLFV_PROJECT takes as it is."""

from __future__ import annotations

from tests.excel.golden import AS_OF, CURVES, INDICES, PARTS, STATUS_CURVES
from xlfv.excel import call


def test_curves_times_one_give_the_same_projection_and_others_another():
    trust = call("XLFV_TRUST", "SAMPLE-1", AS_OF, *PARTS)
    given = call("XLFV_PROJECT", trust, CURVES, INDICES, 12)
    same = call("XLFV_PROJECT", trust, call("XLFV_CURVES_CHANGE", CURVES, "* 1"), INDICES, 12)
    stressed = call("XLFV_PROJECT", trust, call("XLFV_CURVES_CHANGE", CURVES, "* 1.2 for cdr"), INDICES, 12)
    assert given[0][0].startswith("projection:")
    assert same == given
    assert stressed != given


def test_a_changed_table_may_be_changed_again():
    twice = call("XLFV_CURVES_CHANGE", call("XLFV_CURVES_CHANGE", STATUS_CURVES, "* 2 for cdr"), "+ 100 for severity")
    assert twice == call("XLFV_CURVES_CHANGE", STATUS_CURVES, "* 2 for cdr then + 100 for severity")


def test_what_is_not_given_is_an_empty_text_for_excel_spills_a_blank_as_zero():
    grid = call("XLFV_CURVES_CHANGE", STATUS_CURVES, "* 1")
    assert all(cell is not None for row in grid for cell in row)
    smm = grid[0].index("smm")
    assert {row[smm] for row in grid[1:] if row[0] == "subprime"} == {""}
