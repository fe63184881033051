"""What a person reads where the record is closed to them."""

from tests.ui.screens.still import StillHost, make_app, ready, screen_text, until
from tests.unit.fake_record import FakeRecord
from tui.domain.past import RecordStatus
from tui.engines.lane import Lane
from tui.record.read_past import ReadPast

WHY = "The record in /var/lib/hostdeck belongs to root and is closed to others: root opens it to a group."


class ClosedPast(ReadPast):
    """A record that this account may not read."""

    async def look(self) -> RecordStatus:
        return RecordStatus("/var/lib/hostdeck", WHY)


async def test_why_a_record_cannot_be_read_is_told_to_its_end_on_a_narrow_screen() -> None:
    host = StillHost()
    host.past = ClosedPast(FakeRecord([]), Lane("record"), "folder")
    app = make_app(host)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        await app.run_command("host")
        await until(pilot, lambda: bool(app.screen.query(".charts-note")))
        app.screen.query_one(".charts-note").scroll_visible(animate=False)
        await until(pilot, lambda: WHY in " ".join(screen_text(app).split()))
