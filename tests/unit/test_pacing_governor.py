"""When a frame may go, by what the terminal answered."""

from tui.pacing.governor import MOST_PAUSE_SECONDS, SILENT_SECONDS, Governor


def wait(governor: Governor, now: float, *, urgent: bool = False, backlog: int = 0) -> float | None:
    return governor.wait(now, urgent=urgent, backlog=backlog)


def on_a_line(round_trip: float, *, frames: int = 20) -> tuple[Governor, float]:
    """Return a governor that has seen frames answered after a time, and the time of the last answer."""
    governor, now = Governor(0.0), 0.0
    governor.answered(now)
    for _ in range(frames):
        now += MOST_PAUSE_SECONDS
        assert wait(governor, now) == 0
        assert governor.drawn(now)
        now += round_trip
        governor.answered(now)
    return governor, now


def test_a_frame_waits_for_the_answer_to_the_one_before_it() -> None:
    governor = Governor(0.0)
    governor.answered(0.0)
    assert governor.drawn(1.0)
    assert wait(governor, 60.0) is None
    assert wait(governor, 60.0, urgent=True) is None
    governor.answered(60.0)
    assert wait(governor, 60.0, urgent=True) == 0


def test_what_moves_by_itself_leaves_half_of_the_line_to_keys() -> None:
    governor, now = on_a_line(0.3)
    drawn = now - 0.3
    assert wait(governor, now, urgent=True) == 0
    pause = wait(governor, now)
    assert pause is not None
    assert abs(drawn + 0.6 - now - pause) < 0.001


def test_a_good_line_is_not_slowed_down() -> None:
    governor, now = on_a_line(0.002)
    assert (wait(governor, now) or 0.0) < 0.005


def test_a_line_that_hung_is_not_a_slow_one() -> None:
    governor, now = on_a_line(0.01)
    governor.drawn(now + 1)
    governor.answered(now + 61)
    assert governor.round_trip_seconds < 0.5


def test_a_terminal_that_never_answers_gets_frames_at_a_modest_rate() -> None:
    governor = Governor(0.0)
    assert wait(governor, 0.1) == 0
    assert not governor.drawn(0.1), "it is asked once, at the start"
    assert wait(governor, 0.1) == SILENT_SECONDS
    assert wait(governor, 0.1 + SILENT_SECONDS) == 0
    assert wait(governor, 9.0, backlog=1) == SILENT_SECONDS


def test_the_first_frame_waits_for_nothing() -> None:
    assert wait(Governor(0.0), 0.0, backlog=100) == 0


def test_a_late_answer_switches_on() -> None:
    governor = Governor(0.0)
    governor.drawn(1.0)
    governor.drawn(2.0)
    governor.answered(30.0)
    assert governor.is_answered
    assert wait(governor, 30.0) == 0
    assert governor.drawn(30.0)
    assert wait(governor, 31.0) is None


def test_more_answers_than_questions_open_nothing() -> None:
    governor = Governor(0.0)
    for _ in range(5):
        governor.answered(0.0)
    governor.drawn(1.0)
    assert wait(governor, 1.0) is None


def test_a_lost_answer_is_found_out_by_another_question() -> None:
    governor = Governor(0.0)
    governor.answered(0.0)
    governor.drawn(1.0)
    assert governor.probe_wait(1.0) == 5.0
    assert governor.probe_wait(6.0) == 0
    governor.probed(6.0)
    assert governor.probe_wait(6.0) == 10.0, "later each time"
    governor.caught_up()
    assert wait(governor, 6.5, urgent=True) == 0
    assert governor.probe_wait(6.5) is None


def test_an_answer_that_was_only_late_makes_the_probe_mean_nothing() -> None:
    governor = Governor(0.0)
    governor.answered(0.0)
    governor.drawn(1.0)
    governor.probed(6.0)
    governor.answered(61.0)
    governor.drawn(61.0)
    governor.caught_up()
    assert wait(governor, 61.1) is None, "the frame of 61.0 is still on its way"


def test_whatever_a_terminal_sends_while_an_answer_is_long_due_asks_again() -> None:
    governor = Governor(0.0)
    governor.answered(0.0)
    governor.drawn(1.0)
    assert not governor.is_probed_by_life(1.5)
    assert governor.is_probed_by_life(2.5)
    governor.probed(2.5)
    assert not governor.is_probed_by_life(2.6)
