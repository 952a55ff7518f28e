"""Long work: apart from Excel's thread, with words on the way, one after another, stopped when asked."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import pytest

from tests.excel.golden import CURVES, INDICES, PARTS
from xlfv import progress
from xlfv.excel import call, explain
from xlfv.excel.hosts import xlwings as host
from xlfv.excel.hosts.protocol import BAD, ERROR, GONE, WAIT
from xlfv.excel.hosts.work import Worker
from xlfv.tables import Fault, Refused


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(host, "NEXT_WAIT", 0.02)
    explain.clear()


def ticket_of(reply: Any) -> str:
    text = reply[0][0]
    assert text.startswith(WAIT), reply
    return str(text.removeprefix(WAIT).partition(" ")[0])


def until_done(reply: Any) -> Any:
    while isinstance(reply[0][0], str) and reply[0][0].startswith(WAIT):
        reply = host.wait(ticket_of(reply))
    return reply


def test_nobody_listens_costs_nothing_and_a_listener_hears_only_its_own_thread() -> None:
    progress.tell("to nobody")
    heard: list[str] = []
    with progress.listening(heard.append):
        progress.tell("one")
        thread = threading.Thread(target=progress.tell, args=("elsewhere",))
        thread.start()
        thread.join()
        with progress.listening(lambda words: None):
            progress.tell("inner")
        progress.tell("two")
    progress.tell("after")
    assert heard == ["one", "two"]


def test_work_is_done_one_after_another_in_order() -> None:
    worker, done = Worker(), []
    works = [worker.start(lambda k=k: done.append((k, threading.current_thread().name)), "") for k in range(20)]
    assert all(work.wait(5) for work in works)
    assert [k for k, _ in done] == list(range(20))
    assert len({name for _, name in done}) == 1


def test_a_problem_is_kept_and_the_next_work_goes_on() -> None:
    worker = Worker()
    bad, good = worker.start(lambda: 1 / 0, "bad"), worker.start(lambda: 7, "good")
    assert good.wait(5)
    assert isinstance(bad.problem, ZeroDivisionError)
    assert good.result == 7


def test_a_ticket_stands_for_work_also_after_it_was_collected() -> None:
    worker, go = Worker(), threading.Event()
    work = worker.start(go.wait, "waiting")
    ticket = worker.ticket(work)
    assert worker.ticket(work) == ticket
    assert worker.find(ticket) is work
    go.set()
    assert work.wait(5)
    worker.collect(work)
    assert worker.find(ticket) is work


@pytest.mark.usefixtures("quick")
def test_a_slow_cell_gives_a_ticket_and_then_what_a_direct_call_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()

    def slow(*args: Any, **given: Any) -> Any:
        progress.tell("halfway")
        go.wait(5)
        return call(*args, **given)

    monkeypatch.setattr(host, "call", slow)
    reply = host.answer("XLFV_SMM", [0.06], [""], "", "")
    ticket = ticket_of(reply)
    assert "halfway" in host.wait(ticket)[0][0]
    go.set()
    assert until_done(host.wait(ticket)) == call("XLFV_SMM", 0.06)
    assert host.wait(ticket) == call("XLFV_SMM", 0.06), "Esc came between the reply and its reading"
    assert host.wait("no ticket") == [[GONE]]


@pytest.mark.usefixtures("quick")
def test_a_projection_tells_its_steps_and_is_stopped_at_the_next() -> None:
    heard: list[str] = []
    trust, curves, indices = call("XLFV_TRUST", "SAMPLE-1", 40178.0, *PARTS)[0][0], CURVES, INDICES
    with progress.listening(heard.append):
        whole = call("XLFV_PROJECT", trust, curves, indices)
    assert any(words.startswith("projecting loans") for words in heard)
    for words in dict.fromkeys(heard):

        def stop_there(said: str, at: str = words) -> None:
            if said == at:
                raise progress.Stopped

        with progress.listening(stop_there):
            ((cell,),) = call("XLFV_PROJECT", trust, curves, indices, caller="[B]S!A1")
        assert cell == "#N/A"
        assert "stopped by Esc" in cell.reason
        assert "stopped by Esc" in call("XLFV_WHY", "[B]S!A1")[0][0]
    assert call("XLFV_PROJECT", trust, curves, indices) == whole


class Job:
    """A button's work."""

    def __init__(self, staged: Any = "staged", problem: Exception | None = None) -> None:
        self.staged, self.problem, self.finished = staged, problem, []
        self.go = threading.Event()

    def stage(self, tell: Any) -> Any:
        tell("reading")
        self.go.wait(5)
        tell("valuing")
        if self.problem:
            raise self.problem
        return self.staged

    def finish(self, book: Any, staged: Any) -> str:
        self.finished.append((book, staged, threading.current_thread().name))
        return "done"


class FakeBook(host.xw.Book):
    def __init__(self) -> None:
        pass


numbers = itertools.count()


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Presses a button whose work is the job given."""
    from xlfv.excel import macros

    def press(job: Any) -> Any:
        monkeypatch.setattr(macros, "begin", lambda name, book: job)
        return host.press("refresh", FakeBook(), f"press-{next(numbers)}")

    return press


@pytest.mark.usefixtures("quick")
def test_a_button_stages_apart_and_writes_on_the_thread_that_asks(pressed: Any) -> None:
    job = Job()
    reply = pressed(job)
    assert "reading" in reply[0][0]
    assert job.finished == []
    job.go.set()
    assert until_done(reply) == [["done"]]
    ((_, staged, thread),) = job.finished
    assert (staged, thread) == ("staged", threading.current_thread().name)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("problem", [Refused(Fault("a bad loan", "loans!B2", "mend it")), KeyError("bug")])
def test_a_button_that_fails_writes_nothing_and_says_why(pressed: Any, problem: Exception) -> None:
    job = Job(problem=problem)
    job.go.set()
    ((text,),) = until_done(pressed(job))
    assert text.startswith(BAD)
    assert "a bad loan [loans!B2] -> mend it" in text or "a defect of xlfv" in text
    assert job.finished == []


@pytest.mark.usefixtures("quick")
def test_a_button_that_is_stopped_writes_nothing(pressed: Any) -> None:
    job = Job()
    reply = pressed(job)
    assert host.stop(ticket_of(reply)) == [[True]]
    job.go.set()
    assert until_done(reply) == [[f"{BAD}Stopped. Nothing was changed."]]
    assert job.finished == []


@pytest.mark.usefixtures("quick")
def test_the_same_press_asked_again_is_done_once(pressed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Esc makes VBA repeat the line it interrupted."""
    from xlfv.excel import macros

    job = Job()
    monkeypatch.setattr(macros, "begin", lambda name, book: job)
    reply = host.press("roll_forward", FakeBook(), "the-same")
    ticket = ticket_of(reply)
    assert ticket_of(host.press("roll_forward", FakeBook(), "the-same")) == ticket
    job.go.set()
    assert until_done(reply) == [["done"]]
    assert host.press("roll_forward", FakeBook(), "the-same") == [["done"]]
    assert host.wait(ticket) == [["done"]]
    assert len(job.finished) == 1


def test_only_the_last_few_finished_works_are_kept() -> None:
    worker = Worker()
    tickets = []
    for k in range(12):
        work = worker.start(lambda k=k: k, "")
        tickets.append(worker.ticket(work))
        assert work.wait(5)
        worker.collect(work)
    assert [worker.find(ticket) is not None for ticket in tickets] == [False] * 4 + [True] * 8


def test_to_stop_what_is_not_there_is_no_error() -> None:
    assert host.stop("999") == [[False]]


def test_malformed_calls_are_errors_in_words() -> None:
    assert host.answer("XLFV_NOTHING", [], [], "", "") == [[f"{ERROR}2029"]]
    assert host.answer("XLFV_SMM", [1.0] * 9, [""] * 9, "[B]S!A1", "") == [[f"{ERROR}2015"]]
    assert "9 arguments came" in call("XLFV_WHY", "[B]S!A1")[0][0]
