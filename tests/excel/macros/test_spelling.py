"""Formulas as files spell them and as cells show them."""

from __future__ import annotations

import pytest

from xlfv.excel.inplace.spelling import Call, calls_of, comparable, in_cell, outer_call, reference, references


@pytest.mark.parametrize(
    ("filed", "shown"),
    [
        ("=_xlfn.XLOOKUP(A1,B:B,C:C)", "=XLOOKUP(A1,B:B,C:C)"),
        ("=_xlfn._xlws.FILTER(A1:A9,B1:B9)", "=FILTER(A1:A9,B1:B9)"),
        ("=SUM(_xlfn.ANCHORARRAY(Sheet1!C1))", "=SUM(Sheet1!C1#)"),
        ("=_xlfn.SINGLE(A1:A9)+1", "=@A1:A9+1"),
        ("=SUM(ANCHORARRAY(INDEX(A1,(1))),2)", "=SUM(INDEX(A1,(1))#,2)"),
        ('=IF(A1="_xlfn.SINGLE(x)","ANCHORARRAY(A1)",1)', '=IF(A1="_xlfn.SINGLE(x)","ANCHORARRAY(A1)",1)'),
        ("=MYSINGLE(A1)", "=MYSINGLE(A1)"),
        ("='It''s SINGLE('!A1", "='It''s SINGLE('!A1"),
    ],
)
def test_a_cell_shows_a_formula_without_the_marks_of_the_file(filed: str, shown: str) -> None:
    assert in_cell(filed) == shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("='Control'!$B$8", "=Control!$B$8"),
        ("=@INDEX(trusts,1)", "=INDEX(trusts,1)"),
        ("=_xlfn.SINGLE(A1)", "=A1"),
        ("=sum(a1)", "=SUM(A1)"),
    ],
)
def test_spelling_alone_makes_no_difference(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('="from 2009-11"', '="from 2009-12"'),
        ('="a"', '="A"'),
        ("='My sheet'!A1", "=Mysheet!A1"),
        ("=A1", "=A2"),
        ('="@"', '=""'),
    ],
)
def test_what_means_something_else_is_told_apart(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)


def test_a_call_is_taken_apart() -> None:
    call = outer_call('=@XLFV_TRUST($A21,as_of,data_folder&"/a,b)/"&month,,INDEX(A1,2),"x""y,")')
    assert call == Call("XLFV_TRUST", ("$A21", "as_of", 'data_folder&"/a,b)/"&month', "", "INDEX(A1,2)", '"x""y,"'))
    assert outer_call("=XLFV_ABOUT()") == Call("XLFV_ABOUT", ())
    for other in ("=1+1", "=XLFV_SMM(1)+1", "XLFV_SMM(1)", "=XLFV_SMM(1", '="XLFV_SMM(1)"', "=-XLFV_SMM(1)"):
        assert outer_call(other) is None, other


def test_every_call_is_found_but_not_in_texts() -> None:
    found = calls_of('=IF(A1,"XLFV_PV(1)",XLFV_PV(XLFV_VECTOR("6",3),0.1))+MYXLFV_SMM(1)', "XLFV_")
    assert [call.function for call in found] == ["XLFV_PV", "XLFV_VECTOR"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A1", ("", (0, 0, 0, 0))),
        ("$B$2:$A$9", ("", (1, 0, 8, 1))),
        ("='It''s'!$A$1", ("It's", (0, 0, 0, 0))),
        ("Sheet1!C3#", ("Sheet1", (2, 2, 2, 2))),
        ("[Other.xlsx]Sheet1!A1", None),
        ("trusts", None),
        ("1+1", None),
        ("Sheet1!A1,Sheet1!B2", None),
    ],
)
def test_references_are_read(text: str, place: object) -> None:
    assert reference(text) == place


def test_what_a_formula_refers_to_is_found() -> None:
    formula = "=SUM('Fair value'!$A$1:$B$9,yields,Control!C3)+IF(A1=\"B2\",TRUE,XLFV_SMM(rate.1))"
    assert set(references(formula)) >= {"'Fair value'!$A$1:$B$9", "yields", "Control!C3", "A1", "rate.1"}
    assert "B2" not in references(formula)
    assert "SUM" not in references(formula)
