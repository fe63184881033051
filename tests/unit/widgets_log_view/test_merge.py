from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.log_view import LogLine, Merger


def line(source: str, moment: float | None, text: str = "") -> LogLine:
    return LogLine(source, text or f"{source}{moment}", moment)


def names(lines: list[LogLine]) -> list[str]:
    return [str(one.text) for one in lines]


def test_a_single_source_never_waits() -> None:
    merger = Merger()
    lines = [line("a", 2), line("a", 1), line("a", None)]
    assert merger.pass_on(lines, now=0.0) == lines
    assert merger.next_release() is None


def test_lines_of_two_sources_go_on_in_the_order_of_their_times() -> None:
    merger = Merger()
    merger.expect(["a", "b"])
    assert merger.pass_on([line("a", 1), line("a", 3)], now=0.0) == []
    assert names(merger.pass_on([line("b", 2), line("b", 4)], now=0.1)) == ["a1", "b2", "a3"]
    assert len(merger) == 1


def test_a_line_goes_on_after_the_window_when_the_others_are_silent() -> None:
    merger = Merger(0.3)
    merger.expect(["a", "b"])
    merger.pass_on([line("a", 1), line("b", 1)], now=0.0)
    merger.pass_on([line("a", 2)], now=10.0)
    assert merger.next_release() == 10.3
    assert merger.release(10.2) == []
    assert names(merger.release(10.3)) == ["a2"]


def test_the_first_lines_wait_longer_for_a_source_that_said_nothing_yet() -> None:
    merger = Merger(0.3)
    merger.expect(["a", "b"])
    merger.pass_on([line("a", 5)], now=10.0)
    assert merger.next_release() == 12.0
    assert merger.release(11.9) == []
    assert names(merger.pass_on([line("b", 4)], now=11.9)) == ["b4", "a5"]


def test_a_source_that_stays_silent_holds_nobody_back_for_long() -> None:
    merger = Merger(0.3)
    merger.expect(["a", "b"])
    merger.pass_on([line("a", 1)], now=10.0)
    assert names(merger.release(12.0)) == ["a1"]
    merger.pass_on([line("a", 2)], now=13.0)
    assert merger.next_release() == 13.3
    assert names(merger.release(13.3)) == ["a2"]


def test_what_is_older_than_a_line_that_waited_goes_before_it() -> None:
    merger = Merger(0.3)
    merger.expect(["a", "b", "c"])
    merger.pass_on([line("a", 5)], now=0.0)
    merger.pass_on([line("b", 4)], now=1.9)
    assert names(merger.release(2.0)) == ["b4", "a5"]


def test_a_line_without_a_time_stays_behind_the_one_before_it() -> None:
    merger = Merger()
    merger.expect(["a", "b"])
    merger.pass_on([line("a", 1), line("a", None, "trace 1"), line("a", 5)], now=0.0)
    assert names(merger.pass_on([line("b", 3), line("b", 9)], now=0.0)) == ["a1", "trace 1", "b3", "a5"]


def test_a_clock_that_goes_back_does_not_turn_a_source_round() -> None:
    merger = Merger()
    merger.expect(["a", "b"])
    merger.offer([line("a", 5), line("a", 2), line("b", 9)], now=0.0)
    assert names(merger.release(1.0)) == ["a5", "a2", "b9"]


def test_nobody_waits_for_a_source_that_ended() -> None:
    merger = Merger()
    merger.expect(["a", "b"])
    assert merger.pass_on([line("a", 1)], now=0.0) == []
    merger.end("b")
    assert names(merger.release(0.0)) == ["a1"]


def test_only_so_many_lines_wait() -> None:
    merger = Merger(max_lines=10)
    merger.expect(["a", "b"])
    assert len(merger.pass_on([line("a", moment) for moment in range(30)], now=0.0)) == 20
    merger.clear()
    assert len(merger) == 0


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.floats(allow_nan=True), st.floats(0, 0.2)), max_size=60)
)
def test_no_line_is_lost_and_each_source_keeps_its_order(arriving: list[tuple[str, float | None, float]]) -> None:
    merger, now = Merger(0.3), 0.0
    given_lines = [LogLine(source, str(place), moment) for place, (source, moment, _) in enumerate(arriving)]
    passed: list[LogLine] = []
    for one, (_, _, pause) in zip(given_lines, arriving, strict=True):
        now += pause
        passed += merger.pass_on([one], now)
    passed += merger.release(now + 3)
    for source in "abc":
        assert [one.text for one in passed if one.source == source] == [
            one.text for one in given_lines if one.source == source
        ]
