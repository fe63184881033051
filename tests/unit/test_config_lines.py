import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.config.lines import error_line, key_lines, line_of

TEXT = '''# a comment = no key
top = 1
"quoted" = 2
text = """
[keys]
inside = 3
"""
a.b = 4

[keys] # a table
stop = "x = y"
"odd.key" = 5
list = [
  "a",
]
[columns.deep]
x = 1
[[many]]
y = 2
[[many]]
y.z = 3
[many.deep]
x = 4
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("quoted",), 3),
        (("text",), 4),
        (("a", "b"), 8),
        (("keys",), 10),
        (("keys", "stop"), 11),
        (("keys", "odd.key"), 12),
        (("keys", "list"), 13),
        (("columns", "deep", "x"), 17),
        (("many", "y"), 19),
        (("many", "1"), 18),
        (("many", "1", "y"), 19),
        (("many", "2"), 20),
        (("many", "2", "y", "z"), 21),
        (("many", "2", "y"), 21),
        (("many", "2", "deep", "x"), 23),
        (("keys", "absent"), 10),
        (("absent",), 1),
        ((), 1),
    ],
)
def test_keys_are_found_where_they_stand(path: tuple[str, ...], line: int) -> None:
    assert line_of(key_lines(TEXT), path) == line


def test_nothing_inside_of_strings_counts() -> None:
    assert ("inside",) not in key_lines(TEXT)
    assert ("keys", "inside") not in key_lines(TEXT)


def test_a_string_that_opens_and_closes_on_one_line_hides_nothing() -> None:
    assert key_lines("a = \"\"\"x\"\"\"\nb = '''y'''\n") == {("a",): 1, ("b",): 2}


@pytest.mark.parametrize(
    ("text", "line"), [("a = 1\nb = [\n", 2), ("a = 1\nb == 2\nc = 3\n", 2), ("\n\na = 'x\n", 3), ("a = ", 1)]
)
def test_errors_of_the_parser_have_a_line(text: str, line: int) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    assert error_line(str(caught.value), text) == line


@given(st.text())
def test_any_text_is_scanned_without_an_error(text: str) -> None:
    lines = key_lines(text)
    assert all(1 <= number <= len(text.splitlines()) for number in lines.values())
