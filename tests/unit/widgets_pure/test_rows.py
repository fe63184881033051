from __future__ import annotations

import math
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from widgets.filter_query import Fields, FilterQuery
from widgets.live_table.model import Row
from widgets.live_table.rows import RowIndex

EMPTY = FilterQuery()


def fields(value: object) -> Fields:
    return {"value": [str(value)]}


def index(*rows: Row[Any]) -> RowIndex[Any]:
    made: RowIndex[Any] = RowIndex()
    made.set_rows(rows)
    return made


def value_of(value: Any) -> Any:
    return value


def view(made: RowIndex[Any], *, reverse: bool = False, query: FilterQuery = EMPTY) -> list[str]:
    made.sort(value_of, reverse=reverse)
    made.arrange(query, fields)
    return made.view


def test_what_cannot_be_ordered_is_last_in_both_directions() -> None:
    rows: list[Row[Any]] = [Row("a", 1.0), Row("b", None), Row("c", 3.0), Row("d", math.nan), Row("e", 2.0)]
    assert view(index(*rows)) == ["a", "e", "c", "b", "d"]
    assert view(index(*rows), reverse=True) == ["c", "e", "a", "b", "d"]


def test_equal_values_are_ordered_by_key_in_both_directions() -> None:
    rows = [Row("c", 1.0), Row("a", 1.0), Row("b", 1.0)]
    assert view(index(*rows)) == ["a", "b", "c"]
    assert view(index(*rows), reverse=True) == ["a", "b", "c"]


def test_values_of_different_types_are_ordered_somehow_and_do_not_raise() -> None:
    assert sorted(view(index(Row("a", 1.0), Row("b", "x"), Row("c", None)))) == ["a", "b", "c"]


def test_of_two_rows_with_one_key_the_later_counts() -> None:
    assert index(Row("a", 1.0), Row("a", 2.0)).rows["a"].data == 2.0


def test_children_stand_below_their_group_sorted() -> None:
    rows = [Row("x", 5.0), Row("pod", 3.0), Row("p1", 1.0, "pod"), Row("p2", 9.0, "pod"), Row("y", 1.0)]
    made = index(*rows)
    assert view(made, reverse=True) == ["x", "pod", "p2", "p1", "y"]
    assert made.depth == {"p1": 1, "p2": 1}
    assert made.groups == {"pod"}


def test_a_row_whose_group_is_absent_is_an_ordinary_row() -> None:
    assert view(index(Row("a", 2.0, "gone"), Row("b", 1.0))) == ["b", "a"]


def test_groups_that_go_round_in_a_circle_lose_no_row() -> None:
    assert sorted(view(index(Row("a", 1.0, "b"), Row("b", 2.0, "a"), Row("c", 3.0)))) == ["a", "b", "c"]
    assert view(index(Row("a", 1.0, "a"))) == ["a"]


def test_a_closed_group_hides_what_is_below_at_any_depth() -> None:
    made = index(Row("a", 1.0), Row("b", 2.0, "a"), Row("c", 3.0, "b"), Row("d", 4.0))
    made.folded = {"a"}
    assert view(made) == ["a", "d"]
    made.folded = {"b"}
    assert view(made) == ["a", "b", "d"]


def test_a_group_stays_for_its_children_and_children_stay_with_their_group() -> None:
    made = index(Row("pod", 1.0), Row("c7", 7.0, "pod"), Row("c8", 8.0, "pod"), Row("z", 8.0))
    assert view(made, query=FilterQuery.parse("7.0")) == ["pod", "c7"]
    assert view(made, query=FilterQuery.parse("1.0")) == ["pod", "c7", "c8"]


def test_a_closed_group_that_stays_for_a_child_shows_it() -> None:
    made = index(Row("pod", 1.0), Row("c7", 7.0, "pod"))
    made.folded = {"pod"}
    assert view(made, query=FilterQuery.parse("7.0")) == ["pod", "c7"]
    assert view(made, query=FilterQuery.parse("1.0")) == ["pod"]


def test_a_kept_order_loses_vanished_rows_and_gets_new_ones_at_the_end() -> None:
    made = index(Row("a", 1.0), Row("b", 2.0), Row("c", 3.0))
    assert view(made) == ["a", "b", "c"]
    made.set_rows([Row("c", 0.0), Row("a", 9.0), Row("d", 0.0)])
    made.keep_order()
    made.arrange(EMPTY, fields)
    assert made.view == ["a", "c", "d"]


@given(st.dictionaries(st.text(max_size=3), st.none() | st.floats() | st.integers(-5, 5)), st.booleans())
def test_a_view_is_sorted_complete_and_the_same_for_any_order_of_arrival(
    values: dict[str, float | None], reverse: bool
) -> None:
    rows = [Row(key, value) for key, value in values.items()]
    shown = view(index(*rows), reverse=reverse)
    assert shown == view(index(*rows[::-1]), reverse=reverse)
    assert sorted(shown) == sorted(values)
    known = [value for key in shown if (value := values[key]) is not None and not math.isnan(value)]
    assert known == sorted(known, reverse=reverse)
    assert all(values[key] is not None for key in shown[: len(known)])


def test_rows_that_stay_the_same_objects_are_not_asked_for_their_value_again() -> None:
    asked: list[int] = []

    def value(data: int) -> int:
        asked.append(data)
        return data

    index: RowIndex[int] = RowIndex()
    rows = [Row(key, data) for key, data in (("a", 1), ("b", 2), ("c", 3), ("d", 0), ("e", -1))]
    index.set_rows(rows)
    index.sort(value, reverse=True)
    asked.clear()
    index.set_rows([rows[0], Row("b", 9), *rows[2:]])
    index.sort(value, reverse=True)
    assert index.order == ["b", "c", "a", "d", "e"]
    assert asked.count(1) == asked.count(3) == 1  # once more for the new order, never for the comparison
    asked.clear()
    index.set_rows([rows[0], Row("b", 9), *rows[2:]])
    index.sort(value, reverse=True)
    assert (asked, index.order) == ([9], ["b", "c", "a", "d", "e"])


def test_a_changed_row_is_the_one_that_is_shown_even_where_the_order_stays() -> None:
    index: RowIndex[str] = RowIndex()
    index.set_rows([Row("a", "old"), Row("b", "old")])
    index.sort(None, reverse=False)
    index.set_rows([Row("a", "old"), Row("b", "new")])
    index.sort(None, reverse=False)
    assert index.rows["b"].data == "new"


def test_a_row_that_changes_its_group_or_key_is_taken_over_whole() -> None:
    index: RowIndex[int] = RowIndex()
    first = [Row("g", 0), Row("h", 0), Row("a", 1, "g")]
    index.set_rows(first)
    index.set_rows([first[0], first[1], Row("a", 1, "h")])
    assert index.parent("a") == "h"
    index.set_rows([first[0], first[1], Row("b", 1, "h")])
    assert sorted(index.rows) == ["b", "g", "h"]


def test_what_changed_before_the_order_was_held_is_sorted_in_when_it_is_let_go() -> None:
    index: RowIndex[int] = RowIndex()
    a, b = Row("a", 1), Row("b", 2)
    index.set_rows([a, b])
    index.sort(lambda data: data, reverse=False)
    index.set_rows([Row("a", 3), b])
    index.keep_order()
    index.set_rows([Row("a", 3), b])
    index.sort(lambda data: -data, reverse=False)
    assert index.order == ["a", "b"]
