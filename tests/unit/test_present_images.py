"""The lines, columns and pages of images, volumes, pools and disks."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import cast

import pytest

from tests.unit.build import container, guest
from tests.unit.views import UTC, pod_of, view_of
from tui.domain.host import HostView
from tui.domain.image import ContainerImage, ImageDetails, ImageLayer
from tui.domain.instance import State
from tui.domain.resource import ResourceId, ResourceKind, Stock
from tui.domain.secrets import MASK, masked_assignment, masked_text
from tui.domain.storage import ContainerVolume, Disk, DiskUser, StoragePool
from tui.present.columns.moment import Moment, Shape
from tui.present.images.columns import filter_fields, images
from tui.present.images.facts import disk_facts, image_facts, pool_facts, volume_facts
from tui.present.images.line import UNUSED_IMAGE, UNUSED_VOLUME, StockLine
from tui.present.images.lister import StockLister
from tui.present.panes import PaneSpec
from tui.present.roles import Spans
from tui.present.sparks import Sparks
from tui.sampling.keeps import Shelved
from tui.sampling.source import HostSource
from tui.screens.panes import IMAGES
from widgets.live_table.model import Cell

KINDS = frozenset({ResourceKind.IMAGE, ResourceKind.VOLUME, ResourceKind.POOL, ResourceKind.DISK})
GUESTS = "qemu:///system"
MIB, GIB = 1 << 20, 1 << 30
NGINX = ContainerImage("a" * 64, ("docker.io/library/nginx:1.27",), 200 * MIB, 50 * MIB, UTC - 86400, "amd64", ("web",))
LOST = ContainerImage("b" * 64, (), 80 * MIB, 20 * MIB, UTC - 3600, dangling=True)


class Kept:
    """What engines answered, for a lister that is told to look."""

    def __init__(self, shelf: Mapping[str, Shelved], engines: tuple[str, ...] = ()) -> None:
        self.shelf = MappingProxyType(dict(shelf))
        self._engines = engines or tuple(shelf)

    def resource_engines(self, _kind: ResourceKind) -> tuple[str, ...]:
        return self._engines


def lines_of(
    view: HostView, *stocks: Stock, problem: str = "", problems_only: bool = False, engines: tuple[str, ...] = ()
) -> list[StockLine]:
    lister = StockLister()
    shelf = {stock.engine: Shelved(stock, problem) for stock in stocks}
    lister.look(cast("HostSource", Kept(shelf, engines)))
    return [row.data for row in lister.rows(view, problems_only=problems_only)]


def podman(**more: object) -> Stock:
    fields: dict[str, object] = {"user": "root", "kinds": KINDS, "taken_utc_seconds": UTC - 5, **more}
    return Stock("podman", **fields)  # type: ignore[arg-type]


def libvirt(*pools: StoragePool) -> Stock:
    return Stock(GUESTS, kinds=frozenset({ResourceKind.POOL, ResourceKind.DISK}), pools=pools, taken_utc_seconds=UTC)


def named(lines: list[StockLine], name: str) -> StockLine:
    return next(line for line in lines if line.name == name)


def cells(line: StockLine, *, ascii_only: bool = False) -> dict[str, str]:
    moment = Moment(Sparks(lambda *_: (), 1), utc_seconds=UTC, ascii_only=ascii_only)
    found = {column.key: column.cell(line) for column in images(moment, Shape(several_users=True))}
    return {key: cell.text if isinstance(cell, Cell) else cell for key, cell in found.items()}


def text_of(lines: list[Spans]) -> str:
    return "\n".join("".join(text for text, _ in line) for line in lines)


def test_an_image_tells_who_uses_it_and_what_it_takes_alone() -> None:
    lines = lines_of(view_of(container("web")), podman(images=(NGINX,)))
    shown = cells(named(lines, "docker.io/library/nginx:1.27"))
    assert shown["name"] == "nginx:1.27  docker.io/library"
    assert (shown["size"], shown["takes"], shown["shared"]) == ("200M", "150M", "50M")
    assert (shown["state"], shown["users"], shown["format"], shown["age"]) == ("in use", "web", "amd64", "1d")
    assert shown["id"] == "a" * 12


def test_what_was_not_told_is_a_dash_and_no_zero() -> None:
    image = replace(NGINX, shared_bytes=None, arch="", created_unix_seconds=None)
    shown = cells(named(lines_of(view_of(), podman(images=(image,))), NGINX.name))
    assert (shown["takes"], shown["shared"], shown["format"], shown["age"]) == ("-", "-", "", "")


def test_several_names_of_an_image_are_counted() -> None:
    image = replace(NGINX, names=(NGINX.name, "localhost/web:1", "localhost/web:2"))
    shown = cells(named(lines_of(view_of(), podman(images=(image,))), NGINX.name))
    assert shown["name"] == "nginx:1.27  and 2 more names  docker.io/library"


def test_a_container_that_stands_still_needs_its_image() -> None:
    lines = lines_of(view_of(container("web", state=State.STOPPED)), podman(images=(NGINX,)))
    assert named(lines, NGINX.name).state == "needed"


def test_infra_containers_are_told_by_their_pods_and_last() -> None:
    infra, web = container("0f1e-infra", is_infra=True), container("web")
    image = replace(NGINX, container_ids=(infra.id.local, web.id.local, "gone" * 16))
    view = view_of(infra, web, pods=(pod_of("shop", infra),))
    assert named(lines_of(view, podman(images=(image,))), NGINX.name).users == ("web", "pod shop", "gonegonegone")


def test_what_wants_tidying_up_is_marked_and_alone_when_asked_for() -> None:
    stray = ContainerVolume("c" * 64, size_bytes=3 * MIB, anonymous=True)
    kept = ContainerVolume("data", size_bytes=5 * MIB, container_ids=("web",))
    stock = podman(images=(NGINX, LOST), volumes=(stray, kept))
    view = view_of(container("web"))
    assert [line.problem for line in lines_of(view, stock)] == ["", "", UNUSED_IMAGE, "", UNUSED_VOLUME, ""]
    few = lines_of(view, stock, problems_only=True)
    assert [line.name for line in few if line.target] == [LOST.short_id, stray.name]
    assert cells(few[1])["users"] == UNUSED_IMAGE


def test_the_heading_counts_all_and_runs_across() -> None:
    lines = lines_of(view_of(container("web")), podman(images=(NGINX, LOST)))
    assert lines[0].text == "images of podman: 2, 210M"
    moment = Moment(Sparks(lambda *_: (), 1))
    cell = images(moment, Shape())[0].cell(lines[0])
    assert isinstance(cell, Cell)
    assert cell.across


def test_a_kind_that_was_not_asked_for_is_not_told_as_none() -> None:
    lines = lines_of(view_of(), podman(kinds=frozenset({ResourceKind.IMAGE}), images=(LOST,)))
    assert [line.text for line in lines if line.text] == ["images of podman: 1, 60M"]


def test_an_engine_that_is_silent_says_why_and_how_old_its_lines_are() -> None:
    stock = podman(images=(NGINX,), taken_utc_seconds=UTC - 240)
    lines = lines_of(view_of(), stock, problem="Podman did not answer within 5 s.")
    assert "as it was 4 min ago" in lines[0].text
    assert lines[0].is_old
    said = lines[-1]
    assert said.text == "podman: Podman did not answer within 5 s."
    assert cells(said)["name"] == said.text


def test_an_engine_that_hangs_before_it_said_why_has_old_lines() -> None:
    stock = podman(images=(NGINX,), taken_utc_seconds=UTC - 100)
    assert lines_of(view_of(), stock)[0].is_old
    assert not lines_of(view_of(), replace(stock, taken_utc_seconds=UTC - 31))[0].is_old


def test_an_engine_that_never_answered_is_told_as_asked() -> None:
    lines = lines_of(view_of(), engines=("podman",))
    assert [line.text for line in lines] == ["podman: is being asked ..."]


DISK = Disk("default", "web.qcow2", "/img/web.qcow2", "qcow2", 20 * GIB, 5 * GIB)


def test_a_pool_tells_how_full_it_is_and_a_disk_who_needs_it() -> None:
    users = (DiskUser("2", "old", "vda"), DiskUser("1", "vm", "vda", active=True), DiskUser("3", "up", through=True))
    disk = replace(DISK, users=users, backing=("/img/base.qcow2",))
    pool = StoragePool(
        "default",
        type="dir",
        state="active",
        path="/img",
        capacity_bytes=100 * GIB,
        allocation_bytes=95 * GIB,
        available_bytes=5 * GIB,
        autostart=True,
        disks=(disk,),
    )
    lines = lines_of(view_of(guest("vm")), libvirt(pool))
    shown = cells(lines[0])
    assert shown["name"] == "! pool default  /img"
    assert shown["users"] == "95 % full, 5.0G left"
    assert (shown["full"].split()[0], shown["auto"], shown["state"]) == ("95%", "yes", "active")
    assert cells(lines[0], ascii_only=True)["full"].isascii()
    shown = cells(lines[1])
    assert (shown["users"], shown["note"], shown["format"]) == ("vm, old, up (base)", "stands on base.qcow2", "qcow2")
    assert shown["state"] == "in use"


@pytest.mark.parametrize(
    ("pool", "problem"),
    [
        (StoragePool("p", state="active", capacity_bytes=100, available_bytes=50), ""),
        (StoragePool("p", state="active", problem="The folder is gone.", disks=None), "The folder is gone."),
        (StoragePool("p", state="inactive", autostart=True), "autostart is on, and it is not active"),
        (StoragePool("p", state="inactive"), ""),
    ],
)
def test_what_is_wrong_with_a_pool(pool: StoragePool, problem: str) -> None:
    assert lines_of(view_of(), libvirt(pool))[0].problem == problem


def test_every_filter_key_is_one_of_the_pane_and_the_other_way_round() -> None:
    line = named(lines_of(view_of(container("web")), podman(images=(NGINX,))), NGINX.name)
    spec: PaneSpec[StockLine] = IMAGES
    assert set(filter_fields(line)) == set(spec.filter_keys)
    assert filter_fields(line)["on"] == ("web",)
    assert filter_fields(line)["id"] == ("a" * 12,)


@pytest.mark.parametrize(
    ("assignment", "shown"),
    [
        ("PATH=/bin", "PATH=/bin"),
        ("API_TOKEN=abc=d", f"API_TOKEN={MASK}"),
        ("MYSQL_PWD=abc", f"MYSQL_PWD={MASK}"),
        ("URL=postgres://me:pw@db/x", f"URL=postgres://me:{MASK}@db/x"),
        ("URL=https://db/x", "URL=https://db/x"),
        ("TOKEN", "TOKEN"),
    ],
)
def test_a_value_that_looks_secret_is_masked(assignment: str, shown: str) -> None:
    assert masked_assignment(assignment) == shown


def test_secrets_in_the_history_are_masked() -> None:
    shown = masked_text("ENV A=1 DB_PASSWORD='x y' && curl http://u:p@host")
    assert shown == f"ENV A=1 DB_PASSWORD={MASK} && curl http://u:{MASK}@host"


def image_page(*, shows_secrets: bool) -> str:
    details = ImageDetails(
        replace(NGINX, labels={"x.token": "s3", "maintainer": "me"}),
        layers=(ImageLayer("ADD rootfs", 50 * MIB), ImageLayer("ENV TOKEN=s3", 0, is_empty=True),
                ImageLayer("RUN  make\n\tall", 150 * MIB)),
        environment=("TOKEN=s3", "LANG=C"), entrypoint=("/run",), exposed_ports=("80/tcp",),
    )  # fmt: skip
    line = named(lines_of(view_of(container("web")), podman(images=(NGINX,))), NGINX.name)
    return text_of(image_facts(line, details, 76, shows_secrets=shows_secrets))


def test_the_page_of_an_image_has_its_layers_and_no_secrets() -> None:
    text = image_page(shows_secrets=False)
    assert "s3" not in text
    assert "3 values that look secret are hidden" in text
    assert "LANG=C" in text
    assert "200M, 150M of it its own" in text
    assert "  50M `- ADD rootfs" in text
    assert " 150M    `- RUN make all" in text


def test_the_page_of_an_image_shows_secrets_when_asked() -> None:
    text = image_page(shows_secrets=True)
    assert text.count("s3") == 3
    assert "hidden" not in text


def test_the_page_of_a_pool_is_a_tree_with_a_bar() -> None:
    base = Disk("p", "base.qcow2", "/img/base.qcow2", "qcow2", GIB)
    over = replace(DISK, backing=(base.path,), users=(DiskUser("1", "vm", "vda"),))
    far = replace(DISK, name="far.qcow2", path="/img/far", backing=("/elsewhere/b",))
    tail = (replace(DISK, name="x", path="/x", backing=("/y",)), replace(DISK, name="y", path="/y", backing=("/x",)))
    pool = StoragePool(
        "p", state="active", path="/img", capacity_bytes=100, available_bytes=25, disks=(base, over, far)
    )
    line = lines_of(view_of(), libvirt(pool))[0]
    text = text_of(pool_facts(line, replace(pool, disks=(base, over, far, *tail)), 76, ascii_only=True))
    assert text.isascii()
    rows = text.splitlines()
    assert next(row for row in rows if "web.qcow2" in row) == "  20G  `- web.qcow2  vm"
    assert rows.index("  20G  `- web.qcow2  vm") == next(at for at, row in enumerate(rows) if "base.qcow2" in row) + 1
    assert "stands on /elsewhere/b" in text
    assert "25B free of 100B" in text
    assert [row for row in rows if row.endswith(("  x", "  y"))] == ["  20G  x", "  20G  y"]


def test_disks_that_could_not_be_read_are_not_told_as_none() -> None:
    pool = StoragePool("p", state="active", disks=None, problem="It did not answer.")
    text = text_of(pool_facts(lines_of(view_of(), libvirt(pool))[0], pool, 76))
    assert "could not be read in time" in text
    assert "It did not answer." in text


def test_the_page_of_a_disk_has_its_chain_users_and_snapshots() -> None:
    disk = replace(
        DISK, backing=("/img/mid", "/img/[base]\x1b"), backing_format="qcow2",
        backing_problem="/img/base: no such file",
        users=(DiskUser("1", "vm", "vda", active=True), DiskUser("2", "up", through=True)), snapshots=("clean",),
    )  # fmt: skip
    text = text_of(disk_facts(disk, 76))
    assert "`- /img/mid  qcow2\n   `- /img/[base]" in text
    assert "\x1b" not in text
    assert "no such file" in text
    assert "running  as vda" in text
    assert "stands on it through its own disk" in text
    assert text.endswith("clean")


def test_a_disk_whose_snapshots_were_not_read_says_so() -> None:
    assert text_of(disk_facts(DISK, 76)).endswith("not known")
    assert text_of(disk_facts(replace(DISK, snapshots=()), 76)).endswith("none")


def test_the_page_of_a_volume() -> None:
    volume = ContainerVolume("data", mountpoint="/var/data", size_bytes=None, labels={"a": "b"})
    line = named(lines_of(view_of(), podman(volumes=(volume,))), "data")
    text = text_of(volume_facts(line, 76))
    assert "/var/data" in text
    assert "a=b" in text
    assert "used by       nothing" in text
    assert text_of(volume_facts(StockLine("x"), 76)) == ""


def test_a_row_key_is_the_identity() -> None:
    line = named(lines_of(view_of(), podman(images=(NGINX,))), NGINX.name)
    assert line.target == ResourceId("host", "podman", ResourceKind.IMAGE, NGINX.id)
    assert line.key == line.target.text
