import asyncio
from collections.abc import Mapping

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from widgets.form import YES, Field, FieldKind, Form

NETWORKS = (("default", "default  NAT"), ("lan", "lan  bridge br0"), ("", "none"))


def number(text: str) -> str:
    return "" if text.isdigit() else "is no whole number"


def fields() -> tuple[Field, ...]:
    return (
        Field("name", "Name", required=True, hint="letters, digits, - and _"),
        Field("vcpus", "vCPUs", value="2", check=number),
        Field("network", "Network", FieldKind.CHOICE, value="lan", options=NETWORKS),
        Field("seed", "cloud-init", FieldKind.TICK),
        Field("password", "Password", FieldKind.SECRET, applies=lambda values: values["seed"] == YES),
    )


class Sheet(App[None]):
    """Shows one form; takes what it submits, or refuses with `refusal`."""

    def __init__(self, values: Mapping[str, str] | None = None, refusal: str = "") -> None:
        super().__init__()
        self.taken: list[dict[str, str]] = []
        self.refusal = refusal
        self.go = asyncio.Event()
        self.go.set()
        self.answers: list[bool | None] = []
        self.form = Form(
            "New guest from [debian].qcow2",
            fields(),
            self.submit,
            preview=lambda values: f"virt-install --name {values['name']}",
            check=lambda values: "a guest with 99 vCPUs is too large" if values["vcpus"] == "99" else "",
            values=values,
        )

    def on_mount(self) -> None:
        self.push_screen(self.form, self.answers.append)

    async def submit(self, values: dict[str, str]) -> str:
        await self.go.wait()
        self.taken.append(values)
        return self.refusal


def text_of(pilot: Pilot[None], selector: str) -> str:
    return str(pilot.app.screen.query_one(selector, Static).render())


async def test_it_is_filled_in_by_keys_alone() -> None:
    app = Sheet()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"web", "enter", "backspace", "4", "tab", "right", "tab", "space", "tab", *"s3", "ctrl+s")
        await pilot.pause()
        assert app.taken == [{"name": "web", "vcpus": "4", "network": "", "seed": YES, "password": "s3"}]
        assert app.answers == [True]


async def test_a_wrong_field_is_named_while_it_is_typed() -> None:
    app = Sheet()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "x")
        assert "vCPUs: is no whole number" in text_of(pilot, "#form-hint")
        assert text_of(pilot, "#row-vcpus .form-label") == "! vCPUs"
        await pilot.press("backspace")
        assert "!" not in text_of(pilot, "#form-hint")


async def test_an_empty_field_is_no_mistake_before_it_was_filled_in_and_stops_the_submit() -> None:
    app = Sheet()
    async with app.run_test(size=(80, 24)) as pilot:
        assert "!" not in text_of(pilot, "#form-hint")
        await pilot.press("tab", "ctrl+s")
        assert "Name: must not be empty" in text_of(pilot, "#form-hint")
        assert app.screen.focused is app.screen.query_one("#field-name")
        assert app.taken == []


async def test_what_was_typed_stays_when_it_is_refused() -> None:
    app = Sheet(refusal="the name [web] is taken")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"web", "ctrl+s")
        await pilot.pause()
        assert "the name [web] is taken" in text_of(pilot, "#form-hint")
        assert app.form.values["name"] == "web"
        assert app.answers == []
        app.refusal = ""
        await pilot.press("2", "ctrl+s")
        await pilot.pause()
        assert [values["name"] for values in app.taken] == ["web", "web2"]
        assert app.answers == [True]


async def test_values_that_do_not_fit_together_are_told() -> None:
    app = Sheet(values={"name": "web", "vcpus": "99"})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+s")
        assert "99 vCPUs is too large" in text_of(pilot, "#form-hint")
        assert app.taken == []


async def test_a_field_that_does_not_apply_is_not_shown() -> None:
    app = Sheet()
    async with app.run_test(size=(80, 24)) as pilot:
        row = app.form.query_one("#row-password")
        assert not row.display
        await pilot.press("tab", "tab", "tab", "space")
        assert row.display


@pytest.mark.parametrize(("keys", "value"), [(["right"], ""), (["left"], "default"), (["n"], ""), (["d"], "default")])
async def test_a_choice(keys: list[str], value: str) -> None:
    app = Sheet()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", *keys)
        assert app.form.values["network"] == value


async def test_the_preview_follows_and_is_gone_while_something_is_wrong() -> None:
    app = Sheet()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"web")
        assert text_of(pilot, "#form-preview") == "virt-install --name web"
        await pilot.press("tab", "x")
        assert text_of(pilot, "#form-preview") == ""


async def test_a_secret_is_not_on_the_screen() -> None:
    app = Sheet(values={"seed": YES})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("tab", "tab", "tab", "tab", *"s3cret")
        assert app.form.values["password"] == "s3cret"  # noqa: S105 - typed above
        assert "s3cret" not in app.export_screenshot()


async def test_escape_leaves_and_gives_up_what_is_under_way() -> None:
    app = Sheet(values={"name": "web"})
    async with app.run_test(size=(80, 24)) as pilot:
        app.go.clear()
        await pilot.press("ctrl+s", "escape")
        await pilot.pause()
        assert app.answers == [False]
        assert app.taken == []


async def test_a_second_submit_while_the_first_is_under_way_is_none() -> None:
    app = Sheet(values={"name": "web"})
    async with app.run_test(size=(80, 24)) as pilot:
        app.go.clear()
        await pilot.press("ctrl+s", "ctrl+s")
        app.go.set()
        await pilot.pause()
        await pilot.pause()
        assert len(app.taken) == 1


async def test_more_fields_than_lines_scroll_to_the_one_with_the_focus() -> None:
    many = [Field(f"f{at}", f"Field {at}") for at in range(40)]

    async def take(_values: dict[str, str]) -> str:
        return ""

    class Long(App[None]):
        def on_mount(self) -> None:
            self.push_screen(Form("Long", many, take))

    app = Long()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*["tab"] * 39)
        await pilot.pause()
        focused = app.screen.focused
        assert focused is not None
        assert focused.id == "field-f39"
        assert app.screen.query_one("#form-fields").region.contains_region(focused.region)
        assert app.screen.query_one("#form-yes").region.bottom <= 24


def test_the_form_as_it_looks(snap_compare: object) -> None:
    app = Sheet(values={"name": "web", "vcpus": "x4"})

    async def before(pilot: Pilot[None]) -> None:
        await pilot.press("tab", "5")

    assert snap_compare(app, terminal_size=(80, 24), run_before=before)  # type: ignore[operator]


async def test_what_was_typed_before_it_was_left_is_kept_without_secrets() -> None:
    app = Sheet(values={"seed": YES})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"web", "tab", "tab", "tab", "tab", *"s3cret", "escape")
        await pilot.pause()
        assert app.answers == [False]
        assert app.form.left_with == {"name": "web", "vcpus": "2", "network": "lan", "seed": YES}


@pytest.mark.parametrize("network", ["lan", "one that is gone"])
async def test_a_form_that_was_left_as_it_came_has_nothing_to_keep(network: str) -> None:
    app = Sheet(values={"network": network})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
        await pilot.pause()
        assert app.form.left_with == {}
