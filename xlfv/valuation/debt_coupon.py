"""Coupons of long-term debt in words, as indentures write them: fixed, rising by the year, then floating.

Grammar (rates carry a percent sign; case does not matter)::

    coupon = piece { "then" piece }
    piece  = rate [ end ]                                a fixed rate
           | ("rising" rate | "+" rate | "-" rate) "a year" [ end ]    from the rate before it: the first change on the day
                                                         on which this piece begins, another on each anniversary of that day
           | index [ "+" rate | "-" rate ] [ end ]       an index and its margin
           | "floating" [ end ]                          the index and the margin of the table's columns
    end    = "until" date                                the next piece holds from that day on
           | "through" date                              that day is the last of this piece
           | "through" year                              through 31 December

So the trust preferred securities of issue 6, 2% through 2013, rising by 1% a year through 2017, then three-month LIBOR and 3.75%:
``2% through 2013 then +1% a year through 2017 then LIBOR_3M + 3.75%``. Every piece but the last has an end. Nothing is
evaluated: what is not of this grammar is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise

from xlfv.market.calendar import add_months
from xlfv.market.names import INDICES, is_index
from xlfv.tables import Fault, Refused
from xlfv.tables.words import near_word

_RATE = r"(\d+(?:\.\d*)?|\.\d+)\s*%"
_END = re.compile(r"^(.*\S)\s+(until|through)\s+(\d{4}(?:-\d{1,2}-\d{1,2})?)$")
_FIXED = re.compile(rf"^{_RATE}$")
_RISING = re.compile(rf"^(rising(?:\s+by)?\s+|[+-]\s*){_RATE}\s*(?:a|per)\s+year$")
_INDEX = re.compile(rf"^([a-z][a-z0-9_]*)(?:\s*([+-])\s*{_RATE})?$")
_TODO = "write like '2% through 2013 then +1% a year through 2017 then LIBOR_3M + 3.75%'"
FLOATING = "floating"
LONGEST = 1_000  # characters
HIGHEST = 1.0  # no coupon is 100% or more


@dataclass(frozen=True)
class Piece:
    """A piece of a coupon as it was written.

    Attributes:
        kind: fixed, rising or floating.
        rate: the fixed rate, the change a year, or the margin; decimals.
        index: of a floating piece; empty for that of the table.
        end: the first day on which it holds no more, or None.
        words: the text.
    """

    kind: str
    rate: float
    index: str
    end: dt.date | None
    words: str


@dataclass(frozen=True)
class Span:
    """A stretch of time with one rate, or one index and margin.

    Attributes:
        start, end: first day, and first day no more.
        rate: the rate, or the margin over ``index``; decimals.
        index: empty for a fixed rate.
    """

    start: dt.date
    end: dt.date
    rate: float
    index: str = ""


def read_pieces(text: str) -> list[Piece]:
    """The pieces of a coupon in words.

    Raises:
        Refused: quoting what cannot be read, an end that is missing, or ends that do not follow each other.
    """
    whole = " ".join(text.lower().split())
    if len(whole) > LONGEST:
        raise Refused(Fault(f"the coupon '{whole[:40]}...' is {len(whole):,} characters long", todo=_TODO))
    pieces = [_piece(words.strip(), text) for words in re.split(r",?\s*\bthen\b", whole)]
    for k, piece in enumerate(pieces):
        if piece.end is None and k < len(pieces) - 1:
            raise Refused(
                Fault(f"'{piece.words}' has no end", f"in the coupon '{text}'", "say until or through which date")
            )
        if k and piece.end is not None and piece.end <= (pieces[k - 1].end or piece.end):
            raise Refused(
                Fault(f"'{piece.words}' ends before it begins", f"in the coupon '{text}'", "put dates in order")
            )
    if pieces[0].kind == "rising":
        raise Refused(Fault(f"'{pieces[0].words}' follows no rate", f"in the coupon '{text}'", "begin with a rate"))
    if any(b.kind == "rising" and a.kind == FLOATING for a, b in pairwise(pieces)):
        raise Refused(Fault("a rise follows a floating rate", f"in the coupon '{text}'", "give the rate it rises from"))
    return pieces


def _piece(words: str, text: str) -> Piece:
    end = None
    plain = words
    if match := _END.match(words):
        plain, end = match[1], _end(match[2], match[3], text)
    if match := _FIXED.match(plain):
        return Piece("fixed", float(match[1]) / 100.0, "", end, words)
    if match := _RISING.match(plain):
        sign = -1.0 if match[1].startswith("-") else 1.0
        return Piece("rising", sign * float(match[2]) / 100.0, "", end, words)
    if match := _INDEX.match(plain):
        if match[1] == FLOATING and not match[2]:
            return Piece(FLOATING, 0.0, "", end, words)
        margin = float(match[3]) / 100.0 if match[3] else 0.0
        return Piece(FLOATING, -margin if match[2] == "-" else margin, _known(match[1], text), end, words)
    todo = "rates carry a percent sign; " + _TODO if re.search(r"\d(?!\d*\s*%)", plain) else _TODO
    raise Refused(Fault(f"cannot read '{words}'" if words else "a piece is missing", f"in the coupon '{text}'", todo))


def _known(word: str, text: str) -> str:
    name = word.upper()
    if not is_index(name):
        near = near_word(name, (*INDICES, FLOATING), 0.5)
        hint = f"did you mean {near}?" if near else "name the index, like LIBOR_3M"
        raise Refused(Fault(f"the index '{word}' is not known", f"in the coupon '{text}'", hint))
    return name


def _end(word: str, date: str, text: str) -> dt.date:
    """The first day after a piece."""
    if len(date) == 4:
        if word == "until":
            todo = f"write through {date}, or until {date}-01-01"
            raise Refused(Fault(f"'until {date}' can be read as two dates", f"in the coupon '{text}'", todo))
        date += "-12-31"
    try:
        year, month, day = map(int, date.split("-"))
        named = dt.date(year, month, day)
        return named if word == "until" else named + dt.timedelta(days=1)
    except (ValueError, OverflowError):
        raise Refused(Fault(f"'{date}' is not a date", f"in the coupon '{text}'", "write it like 2013-12-31")) from None


def _years(start: dt.date, end: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The years from a day on, the last cut off at ``end``."""
    whole = (end.year - start.year) + 1
    turns = [start, *(add_months(start, 12 * k) for k in range(1, whole) if start.year + k <= end.year), end]
    return [(a, b) for a, b in pairwise([min(turn, end) for turn in turns]) if a < b]


def spans_of(pieces: list[Piece], index: str, margin: float, maturity: dt.date) -> tuple[Span, ...]:
    """The stretches of a coupon from the beginning of time to maturity.

    Args:
        pieces: of :func:`read_pieces`; the index and the margin hold after the last end, where it lies before maturity.
        index, margin: of the table's columns; the index may be empty.
        maturity: when the principal is due.

    Raises:
        Refused: the coupon ends too soon, floats without an index, or gets out of 0% to 100%.
    """
    spans: list[Span] = []
    start, rate = dt.date.min, 0.0
    for piece in pieces:
        end = min(piece.end or maturity, maturity)
        if start >= end:
            break
        if piece.kind == FLOATING:
            mine = piece.index or index
            if not mine:
                raise Refused(Fault(f"'{piece.words}' floats, and no index is given", todo="give the column index"))
            spans.append(Span(start, end, piece.rate if piece.index else margin, mine))
        elif piece.kind == "fixed":
            rate = piece.rate
            spans.append(Span(start, end, rate))
        else:
            for at, until in _years(start, end):
                rate += piece.rate
                spans.append(Span(at, until, rate))
        start = end
    if start < maturity:
        if not index:
            what = f"the coupon ends on {start} and the debt matures on {maturity}"
            raise Refused(Fault(what, todo="say what it is then, or give the column index"))
        spans.append(Span(start, maturity, margin, index))
    for span in spans:
        if not span.index and not 0.0 <= span.rate < HIGHEST:
            raise Refused(
                Fault(f"the coupon is {span.rate:.4%} from {span.start}", todo="it lies from 0% to below 100%")
            )
    return tuple(spans)
