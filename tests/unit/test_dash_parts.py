import pytest
from rich.cells import cell_len

from tui.dash.digits import digits, digits_height, digits_width
from tui.dash.magnify import HIGH, WIDE, magnified_cells, magnify
from tui.dash.rotation import ALL_PAGES, HOLD_SECONDS, PageId, Rotation
from tui.present.roles import plain


def shown(rotation: Rotation) -> PageId:
    return rotation.page


def test_pages_take_turns_and_come_round() -> None:
    rotation = Rotation(ALL_PAGES, 20.0, 0.0)
    seen: list[PageId] = []
    for second in range(101):
        rotation.turn(float(second))
        if not seen or seen[-1] is not rotation.page:
            seen.append(rotation.page)
    assert seen == [*ALL_PAGES, PageId.OVERVIEW]


def test_without_rotation_the_first_page_stays() -> None:
    rotation = Rotation((PageId.GUESTS, PageId.TIMELINE), 0.0, 0.0)
    rotation.turn(1e6)
    assert shown(rotation) is PageId.GUESTS


def test_a_long_sleep_turns_one_page() -> None:
    rotation = Rotation(ALL_PAGES, 20.0, 0.0)
    rotation.turn(10_000.0)
    assert shown(rotation) is PageId.CONSUMERS


def test_a_new_critical_problem_brings_the_overview_and_holds_it() -> None:
    rotation = Rotation(ALL_PAGES, 20.0, 0.0)
    rotation.observe(["old"], 0.0)
    rotation.turn(20.0)
    rotation.observe(["old"], 21.0)
    assert (shown(rotation), rotation.is_held(21.0)) == (PageId.CONSUMERS, False), "what stood at the start is no news"
    rotation.observe(["old", "new"], 22.0)
    assert (shown(rotation), rotation.is_held(22.0)) == (PageId.OVERVIEW, True)
    rotation.turn(22.0 + HOLD_SECONDS - 1)
    assert shown(rotation) is PageId.OVERVIEW
    rotation.turn(22.0 + HOLD_SECONDS + 18)
    assert shown(rotation) is PageId.OVERVIEW, "then it gets its own time"
    rotation.turn(22.0 + HOLD_SECONDS + 21)
    assert shown(rotation) is PageId.CONSUMERS


def test_a_problem_that_comes_back_is_new_again() -> None:
    rotation = Rotation(ALL_PAGES, 0.0, 0.0)
    for names, held in (([], False), (["a"], True)):
        rotation.observe(names, 1.0)
        assert rotation.is_held(1.0) is held
    later = 1.0 + HOLD_SECONDS
    rotation.observe([], later)
    assert not rotation.is_held(later)
    rotation.observe(["a"], later)
    assert rotation.is_held(later)


def test_pages_without_the_overview_are_held_where_they_are() -> None:
    rotation = Rotation((PageId.GUESTS, PageId.TIMELINE), 20.0, 0.0)
    rotation.observe([], 0.0)
    rotation.observe(["new"], 1.0)
    rotation.turn(40.0)
    assert shown(rotation) is PageId.GUESTS


@pytest.mark.parametrize("scale", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_digits_have_the_size_they_claim(scale: int, ascii_only: bool) -> None:
    for text in ("100%", "<1%", "-", "13:05"):
        rows = digits(text, scale, ascii_only=ascii_only)
        assert len(rows) == digits_height(scale, ascii_only=ascii_only)
        assert {len(row) for row in rows} == {digits_width(text, scale)}
        assert all(row.isascii() for row in rows) is ascii_only


def test_no_two_digits_look_alike() -> None:
    assert len({digits(digit, 2) for digit in "0123456789%-<"}) == 13


def test_every_letter_is_drawn_in_its_own_room_and_differs_from_all_others() -> None:
    letters = [chr(code) for code in range(0x20, 0x7F)]
    drawn = [tuple(plain(line) for line in magnify(((letter, "normal"),))) for letter in letters]
    assert {len(line) for lines in drawn for line in lines} == {WIDE}
    assert {len(lines) for lines in drawn} == {HIGH}
    assert len(set(drawn)) == len(letters)


@pytest.mark.parametrize("text", ["Zürich", "数据库", "a…b", "█▌ ░│─●·"])
def test_a_letter_that_is_not_in_the_font_is_not_lost(text: str) -> None:
    lines = magnify(((text, "crit"),))
    assert {sum(cell_len(part) for part, _ in line) for line in lines} == {magnified_cells(text)}
    whole = "".join(plain(line) for line in lines)
    assert all(letter in whole for letter in text if ord(letter) in range(0xC0, 0x250) or ord(letter) > 0x3000)


def test_meanings_stay_with_their_text() -> None:
    (first, *_) = magnify((("a", "crit"), ("b", "dim")))
    assert [role for _, role in first] == ["crit", "dim"]
