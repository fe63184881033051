"""What events and looks make of each other."""

from tui.domain.instance import State
from tui.engines.libvirt.book import GuestBook
from tui.engines.libvirt.instances import Mapper, disk_name
from tui.engines.libvirt.inventory import GuestRecord, Look
from tui.engines.libvirt.listener import Heard, IoError
from tui.engines.libvirt.target import parse_uri
from tui.engines.libvirt.xml_facts import Interface, XmlFacts

URI = "qemu:///system"
UUID = "8eb4a104-7656-4fbe-85aa-86e99eea5c44"
FACTS = XmlFacts(
    1, 1024, interfaces=(Interface("52:54:00:00:00:01", "vnet0", "default"),), disks={"virtio-disk0": "vda"}
)
RUNNING, PAUSED_BY_IO_ERROR, OFF = (1, 1), (3, 5), (5, 1)


def book() -> GuestBook:
    return GuestBook(Mapper(parse_uri(URI), host_id="host", engine_id=URI), engine_id=URI)


def look_of(state: tuple[int, int]) -> Look:
    number = None if state == OFF else 4
    return Look({UUID: GuestRecord(UUID, "vm", number, *state, False, True, False, FACTS, 0.0)})


def heard(what: str, detail: str = "", io_error: IoError | None = None, *, started: bool = False) -> Heard:
    return Heard(1000.0, UUID, "vm", what, detail, started, io_error, io_error is not None)


def said(book: GuestBook, news: Heard) -> tuple[str, str] | None:
    event = book.heard(news)
    return (event.what, event.detail) if event else None


def test_an_io_error_names_the_disk_until_the_guest_goes_on() -> None:
    guests = book()
    guests.absorb(look_of(RUNNING), frozenset())

    assert said(guests, heard("I/O error", io_error=IoError("virtio-disk0", "enospc"))) == (
        "I/O error",
        "on vda (no space)",
    )
    assert guests.absorb(look_of(RUNNING), frozenset())[0].reason == ""
    paused = guests.absorb(look_of(PAUSED_BY_IO_ERROR), frozenset())[0]
    assert (paused.state, paused.reason) == (State.PAUSED, "I/O error on vda (no space)")
    assert guests.unexplained() == []
    guests.heard(heard("resumed"))
    assert guests.absorb(look_of(RUNNING), frozenset())[0].reason == ""
    assert guests.absorb(look_of(PAUSED_BY_IO_ERROR), frozenset())[0].reason == "I/O error"


def test_an_old_io_error_is_asked_about_once() -> None:
    guests = book()
    guests.absorb(look_of(PAUSED_BY_IO_ERROR), frozenset())

    assert guests.unexplained() == [UUID]
    assert guests.unexplained() == []
    guests.explain(UUID, {"vdb": "no space", "vda": "no space"})
    assert guests.instances()[0].reason == "I/O error on vda, vdb (no space)"


def test_resumed_is_only_told_of_what_was_paused() -> None:
    guests = book()
    guests.absorb(look_of(OFF), frozenset())

    assert said(guests, heard("resumed")) is None
    assert said(guests, heard("started", "booted", started=True)) == ("started", "booted")
    guests.absorb(look_of(RUNNING), frozenset())
    assert said(guests, heard("paused")) == ("paused", "")
    assert said(guests, heard("resumed")) == ("resumed", "")
    assert said(guests, heard("")) is None


def test_an_event_makes_the_definition_stale_until_it_is_read() -> None:
    guests = book()
    guests.heard(heard(""))
    read = frozenset(guests.stale)

    guests.absorb(look_of(RUNNING), read)

    assert read == {UUID}
    assert guests.stale == set()


def test_a_start_that_was_heard_dates_the_guest_until_it_stops() -> None:
    guests = book()
    guests.heard(heard("started", started=True))

    assert guests.absorb(look_of(RUNNING), frozenset())[0].started_unix_seconds == 1000.0
    assert guests.absorb(look_of(OFF), frozenset())[0].started_unix_seconds is None
    assert guests.absorb(look_of(RUNNING), frozenset())[0].started_unix_seconds is None


def test_waits_for_the_address_of_a_guest_that_started() -> None:
    guests = book()
    guests.absorb(look_of(OFF), frozenset())
    assert not guests.waits_for_addresses()

    guests.absorb(look_of(RUNNING), frozenset())

    assert guests.waits_for_addresses()


def test_a_disk_that_fails_before_the_definition_was_read_is_named() -> None:
    assert disk_name(None, "virtio-disk0") == "vda"
    assert disk_name(None, "virtio-disk25") == "vdz"
    assert disk_name(None, "virtio-disk26") == "virtio-disk26"
    assert disk_name(None, "ide0-0-0") == "ide0-0-0"
    assert disk_name(None, "virtio-disk\u0661") == "virtio-disk\u0661"
