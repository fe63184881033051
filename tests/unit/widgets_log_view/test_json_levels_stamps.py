from __future__ import annotations

import json
import math
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.log_view.json_lines import JsonRow, unfold
from widgets.log_view.levels import level_of, level_word
from widgets.log_view.stamps import stamp


def test_an_object_becomes_a_row_for_each_value() -> None:
    text = '{"level":"info","http":{"status":200,"tags":["a",1.10]},"ok":true,"none":null,"trace":"one\\ntwo"}'
    assert unfold(text) == [
        JsonRow(0, "level", "info"),
        JsonRow(0, "http", ""),
        JsonRow(1, "status", "200"),
        JsonRow(1, "tags", '["a", 1.10]'),
        JsonRow(0, "ok", "true"),
        JsonRow(0, "none", "null"),
        JsonRow(0, "trace", "one"),
        JsonRow(1, "", "two"),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "{}", "{", "{]}", "[1]", '"a"', "12", "{'a': 1}", '{"a": 1} tail', "{" * 100_000 + "}", '{"a":' * 5000 + "}"],
)
def test_everything_else_stays_text(text: str) -> None:
    assert unfold(text) is None


def test_numbers_and_repeated_keys_are_shown_as_written() -> None:
    assert unfold('{"a":1.10,"a":1e400,"n":NaN,"long":' + "9" * 6000 + ',"o":[{"k":1,"k":2}]}') == [
        JsonRow(0, "a", "1.10"),
        JsonRow(0, "a", "1e400"),
        JsonRow(0, "n", "NaN"),
        JsonRow(0, "long", "9" * 6000),
        JsonRow(0, "o", '[{"k": 1, "k": 2}]'),
    ]


def test_deep_objects_end_on_one_row() -> None:
    rows = unfold('{"a":' * 20 + "1" + "}" * 20)
    assert rows is not None
    assert rows[-1].value.startswith('{"a": {"a":')


@settings(deadline=None)
@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=10) | st.booleans(), min_size=1))
def test_every_key_has_a_row(value: dict[str, object]) -> None:
    rows = unfold(json.dumps(value))
    assert rows is not None
    assert len(rows) >= len(value)
    assert set(value) <= {row.key for row in rows}


@pytest.mark.parametrize(
    ("text", "word", "level"),
    [
        ("12:00 ERROR broken", "ERROR", "crit"),
        ("WARNING: hot", "WARNING", "warn"),
        ("[info] up", "info", "info"),
        ("ts=1 level=debug msg=x", "debug", "debug"),
        ('{"level": "Error"}', "Error", "crit"),
        ("<err> disk", "err", "crit"),
        ("error: no such file", "error", "crit"),
        ("FATAL", "FATAL", "crit"),
    ],
)
def test_the_word_of_the_level_is_found(text: str, word: str, level: str) -> None:
    found = level_of(text)
    assert found is not None
    assert (text[found[0] : found[1]], found[2]) == (word, level)


@pytest.mark.parametrize("text", ["", "no error at all", "TERROR", "ERRORS", "information", "x" * 2000 + " ERROR"])
def test_other_words_are_no_level(text: str) -> None:
    assert level_of(text) is None


def test_a_word_alone_is_a_level() -> None:
    assert level_word("Warn") == "warn"
    assert level_word("other") is None


def test_times_are_read_in_a_zone() -> None:
    moment = 1_772_355_901.25
    assert stamp(moment, UTC, is_long=False) == "09:05:01"
    assert stamp(moment, UTC, is_long=True) == "2026-03-01 09:05:01.250"
    assert stamp(moment, timezone(timedelta(hours=2)), is_long=False) == "11:05:01"


@pytest.mark.parametrize("nonsense", [None, math.nan, math.inf, 1e18, -1e18])
def test_what_is_no_time_is_a_dash(nonsense: float | None) -> None:
    assert stamp(nonsense, UTC, is_long=True) == "-"
