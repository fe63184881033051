from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.filter_query import FilterQuery

WEB = {"name": ["Web-01"], "state": ["running"], "image": ["docker.io/nginx:1.25"], "user": ["root"], "pod": []}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "web",
        "WEB-0",
        "web running",
        "state:run",
        "STATE:RUN",
        "state:running name:web",
        "!stopped",
        "!state:stopped",
        '"web-01"',
        'name:"web-01"',
        "nginx:1.25",  # not a key of the row: a plain word
        "!",
        "state:",
        "!state:",
        '"',
        '""',
        '"web',
        "!kind:vm",
    ],
)
def test_passes(text: str) -> None:
    assert FilterQuery.parse(text).matches(WEB)


@pytest.mark.parametrize(
    "text",
    [
        "db",
        "web db",
        "state:stopped",
        "!web",
        "!state:run",
        '"web 01"',
        "nginx:1.26",
        "state:web",  # the word is there, but not as a state
        "pod:x",
        "kind:vm",
    ],
)
def test_does_not_pass(text: str) -> None:
    assert not FilterQuery.parse(text).matches(WEB)


def test_quotes_keep_blanks_inside_a_term() -> None:
    query = FilterQuery.parse('title:"mail server" !"old one"')
    assert query.matches({"title": ["The Mail Server"]})
    assert not query.matches({"title": ["mail", "server"]})
    assert not query.matches({"title": ["mail server, old one"]})


def test_half_typed_terms_make_an_empty_query() -> None:
    assert not FilterQuery.parse("! state: !user:")
    assert FilterQuery.parse("x")


def test_needles_are_words_for_all_columns_and_values_for_their_own() -> None:
    query = FilterQuery.parse("Web state:Run !old")
    assert query.needles("name") == ("web", "state:run")
    assert query.needles("state") == ("web", "run")


@given(st.text())
def test_parsing_never_raises_and_answers_for_any_row(text: str) -> None:
    query = FilterQuery.parse(text)
    assert query.matches(WEB) in (True, False)
    assert all(needle and needle == needle.lower() for needle in query.needles("name"))


@given(st.text(alphabet=st.characters(blacklist_characters='"!:', blacklist_categories=("Z", "C")), min_size=1))
def test_a_word_passes_itself_and_its_inverse_does_not(word: str) -> None:
    row = {"name": [f"<{word}>"]}
    assert FilterQuery.parse(word).matches(row)
    assert not FilterQuery.parse(f"!{word}").matches(row)


@given(st.text(), st.text())
def test_two_terms_pass_only_what_each_passes(first: str, second: str) -> None:
    both = FilterQuery.parse("name:web " + second.replace('"', ""))
    if both.matches(WEB):
        assert FilterQuery.parse(second.replace('"', "")).matches(WEB)
    assert FilterQuery.parse(first) == FilterQuery.parse(first)
