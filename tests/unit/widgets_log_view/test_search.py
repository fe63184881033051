from __future__ import annotations

import re
import signal
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.log_view import LogLine, LogStore
from widgets.log_view.guard import TooSlow, time_limit
from widgets.log_view.hunt import Hunt
from widgets.log_view.listing import Listing
from widgets.log_view.pattern import MAX_PATTERN_LENGTH, Highlighter, Pattern, PatternError, Sieve
from widgets.log_view.scan import GaveUp, Scanner

ENDLESS = r"(a+)+$"
VICTIM = "a" * 60 + "b"


def pattern(text: str) -> Pattern:
    found = Pattern.parse(text)
    assert found is not None
    return found


def store_of(*texts: str, **options: int) -> LogStore:
    store = LogStore(**options)
    store.extend([LogLine("a", text) for text in texts])
    return store


def complete(listing: Listing) -> list[int]:
    while listing.advance():
        pass
    return [listing[place] for place in range(len(listing))]


def hunt(listing: Listing, text: str, start: int, step: int) -> tuple[int | None, bool]:
    one = Hunt(listing, pattern(text), start, step)
    found = None
    while not one.is_over:
        found = one.advance()
    return found, one.wrapped


# Patterns


@pytest.mark.parametrize(
    ("text", "matches", "matches_not"),
    [
        ("error", ["an ERROR", "error"], ["err"]),
        ("Error", ["Error"], ["ERROR", "error"]),
        (r"\Sx\D", ["aXa"], ["x"]),
        (r"\[b\]", ["[b]"], ["b"]),
        ("größe", ["GRÖSSE GRÖßE", "größe"], ["grosse"]),
    ],
)
def test_capitals_matter_only_where_there_are_any(text: str, matches: list[str], matches_not: list[str]) -> None:
    regex = pattern(text).regex
    assert all(regex.search(line) for line in matches)
    assert not any(regex.search(line) for line in matches_not)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("(", "Not a regular expression: missing ), unterminated subpattern at character 1."),
        ("a[", "Not a regular expression: unterminated character set at character 2."),
        ("*", "Not a regular expression: nothing to repeat at character 1."),
        ("x{99999999999}", "Not a regular expression that can be used: it is too large."),
        ("x" * (MAX_PATTERN_LENGTH + 1), "A pattern has at most 1000 characters."),
    ],
)
def test_what_is_no_pattern_is_told_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern.parse(text)
    assert str(caught.value) == sentence


def test_no_text_is_no_pattern() -> None:
    assert Pattern.parse("") is None


@settings(deadline=None)
@given(st.text(alphabet="aAbB.kK", max_size=3), st.text(alphabet="aAbB.kK\u212a\u017fs", max_size=8))
def test_plain_text_is_found_as_the_expression_finds_it(text: str, line: str) -> None:
    found = Pattern.parse(text)
    assert found is None or found.matches(line) == (found.regex.search(line) is not None)


@settings(deadline=None)
@given(st.text(alphabet="(){}[]|*+?^$\\.abA1,:=!<>P", max_size=20))
def test_any_text_is_a_pattern_or_a_sentence(text: str) -> None:
    try:
        found = Pattern.parse(text)
    except PatternError as error:
        sentence = str(error)
    else:
        sentence = "." if (found is None) == (not text) else ""
    assert sentence.endswith(".")


def test_hits_leave_out_empty_matches() -> None:
    assert pattern("a*").hits("baab") == [(1, 3)]


# The limit


def test_endless_matching_is_stopped_and_the_signal_is_given_back() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(TooSlow), time_limit(0.01):
        re.search(ENDLESS, VICTIM)
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_quick_matching_is_not_stopped() -> None:
    with time_limit(5):
        assert re.search("b", VICTIM)


def test_another_thread_has_no_limit_and_no_error() -> None:
    found: list[object] = []

    def search() -> None:
        with time_limit(0.01):
            found.append(re.search("b", VICTIM))

    thread = threading.Thread(target=search)
    thread.start()
    thread.join()
    assert found[0] is not None


def test_highlighting_gives_up_after_two_lines_that_take_too_long() -> None:
    highlighter = Highlighter(pattern(ENDLESS))
    assert highlighter("aa") == [(0, 2)]
    assert highlighter(VICTIM) == []
    assert highlighter("aa") == [(0, 2)]
    assert highlighter(VICTIM) == []
    assert highlighter("aa") == []


def test_a_line_that_takes_too_long_ends_the_scan() -> None:
    scanner = Scanner(Sieve(pattern(ENDLESS)).passes)
    with pytest.raises(GaveUp) as caught:
        scanner.scan([(0, b"aa"), (1, VICTIM.encode())])
    assert caught.value.number == 1


def test_a_long_line_that_takes_too_long_is_tested_at_its_beginning() -> None:
    raw = b"needle" + b"x" * 5000 + b"a" * 60 + b"b"
    scanner = Scanner(Sieve(pattern(r"needle.*?(a+)+$|needle(?=x)")).passes)
    assert scanner.scan([(0, b"other"), (1, raw)]) == [1]
    assert scanner.shortened == 1


def test_a_scan_stops_when_its_time_is_over() -> None:
    ticks = iter(range(1000))
    scanner = Scanner(lambda _: True, clock=lambda: float(next(ticks)))
    assert scanner.scan([(number, b"") for number in range(1000)]) == list(range(64))
    assert scanner.at == 63


# Filters


def test_a_listing_without_a_filter_is_all_lines() -> None:
    store = store_of(*[f"line {number}" for number in range(100)], max_lines=50)
    listing = Listing(store)
    assert len(listing) == len(store)
    assert listing[0] == store.first
    assert listing.place_of(0) == 0
    assert listing.place_of(1000) == len(store)
    assert listing.advance() is False


def test_a_filter_keeps_what_matches_and_an_inverse_one_what_does_not() -> None:
    store = store_of("a", "b", "ab", "\x1b[31ma\x1b[0mb", "c")
    assert complete(Listing(store, Sieve(include=pattern("a")))) == [0, 2, 3]
    assert complete(Listing(store, Sieve(exclude=pattern("a")))) == [1, 4]
    assert complete(Listing(store, Sieve(pattern("a"), pattern("ab")))) == [0]


def test_a_filter_goes_on_where_it_was_when_lines_come_and_go() -> None:
    store = store_of(max_lines=100)
    listing = Listing(store, Sieve(pattern("7$")))
    shown: list[int] = []
    for start in range(0, 1000, 30):
        store.extend([LogLine("a", f"line {number}") for number in range(start, start + 30)])
        shown = complete(listing)
        assert listing.behind == 0
        assert all(number >= store.first for number in shown)
    assert shown == [number for number in range(store.first, store.end) if number % 10 == 7]
    assert listing.place_of(0) == 0
    assert listing[listing.place_of(shown[2] - 1)] == shown[2]


def test_a_filter_skips_lines_dropped_before_it_looked() -> None:
    store = store_of(*["x"] * 10, max_lines=20)
    listing = Listing(store, Sieve(pattern("x")))
    store.extend([LogLine("a", "x")] * 100)
    assert listing.behind == len(store)
    assert complete(listing) == list(range(store.first, store.end))


# Search


@pytest.mark.parametrize(
    ("start", "step", "found", "wrapped"),
    [(0, 1, 2, False), (2, 1, 2, False), (3, 1, 5, False), (6, 1, 2, True), (7, -1, 5, False), (1, -1, 5, True)],
)
def test_a_search_goes_round_once(start: int, step: int, found: int, wrapped: bool) -> None:
    listing = Listing(store_of("a", "b", "x", "c", "d", "x", "e", "f"))
    assert hunt(listing, "x", start, step) == (found, wrapped)


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("start", [-1, 0, 2, 4, 5])
def test_a_search_without_a_match_ends(start: int, step: int) -> None:
    assert hunt(Listing(store_of("a", "b", "c", "d", "e")), "x", start, step) == (None, True)


@pytest.mark.parametrize("step", [1, -1])
def test_the_only_match_is_found_from_itself_again(step: int) -> None:
    assert hunt(Listing(store_of("a", "x", "b")), "x", 1 + step, step)[0] == 1


@pytest.mark.parametrize("step", [1, -1])
def test_an_empty_log_ends_a_search(step: int) -> None:
    assert hunt(Listing(store_of()), "x", 0, step)[0] is None


def test_a_search_sees_only_lines_that_pass_the_filter() -> None:
    listing = Listing(store_of("x no", "x", "y", "x no", "x"), Sieve(exclude=pattern("no")))
    complete(listing)
    assert hunt(listing, "x", 2, 1) == (4, False)
    assert hunt(listing, "x", 3, -1) == (1, False)
    assert hunt(listing, "x", 5, 1) == (1, True)


def test_an_endless_pattern_ends_the_search() -> None:
    one = Hunt(Listing(store_of(VICTIM)), pattern(ENDLESS), 0, 1)
    with pytest.raises(GaveUp):
        one.advance()


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=30), st.integers(-1, 31), st.sampled_from([1, -1]))
def test_a_search_finds_what_a_simple_loop_finds(matching: list[bool], start: int, step: int) -> None:
    listing = Listing(store_of(*["x" if one else "o" for one in matching]))
    count = len(matching)
    ahead = [number for number in range(count) if (number - start) * step >= 0]
    behind = [number for number in range(count) if (number - start) * step < 0]
    order = [*sorted(ahead, reverse=step < 0), *sorted(behind, reverse=step < 0)]
    assert hunt(listing, "x", start, step)[0] == next((number for number in order if matching[number]), None)
