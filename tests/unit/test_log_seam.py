"""A log that is read on after a break: nothing twice, nothing missed, whatever the clock tells."""

from tui.domain.session import LogRequest
from tui.screens.log_seam import Line, Seam


def out(moment: float | None, text: bytes) -> Line:
    return (moment, False, text)


def test_the_second_of_the_newest_line_is_read_again_and_its_repeats_are_left_out() -> None:
    seam = Seam()
    before = [out(10.2, b"a"), out(11.0, b"x"), out(11.0, b"x"), out(11.0, b"y")]
    assert seam.new_lines(before) == before
    request = seam.begin_again(LogRequest(tail=1000))
    assert request == LogRequest(since_utc_seconds=11 - 1e-6, tail=None)

    again = [out(11.0, b"x"), out(11.0, b"x"), out(11.0, b"y"), out(11.0, b"x"), out(12.0, b"y")]
    assert seam.new_lines(again) == again[3:]


def test_the_streams_are_two_and_a_second_break_knows_all_of_the_second() -> None:
    seam = Seam()
    first, error, late = out(11.5, b"x"), (11.5, True, b"x"), out(11.6, b"z")
    assert seam.new_lines([first]) == [first]
    seam.begin_again(LogRequest())
    assert seam.new_lines([first, error]) == [error]
    seam.begin_again(LogRequest())
    assert seam.new_lines([first, error, late]) == [late]


def test_repeats_of_an_older_second_are_forgotten() -> None:
    seam = Seam()
    seam.new_lines([out(11.0, b"x")])
    seam.begin_again(LogRequest())
    assert seam.new_lines([out(12.0, b"x"), out(12.0, b"x")]) == [out(12.0, b"x"), out(12.0, b"x")]


def test_without_times_all_is_asked_for_again_and_what_was_shown_left_out() -> None:
    seam = Seam()
    seam.new_lines([out(None, b"a"), out(None, b"b")])
    request = LogRequest(tail=5)
    assert seam.begin_again(request) == request
    assert seam.new_lines([out(None, b"a"), out(None, b"b"), out(None, b"c")]) == [out(None, b"c")]
