"""What is asked for work on images and volumes of containers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tui.domain.errors import HostdeckError
from tui.domain.operation.images import (
    CommitContainer,
    CreateContainerVolume,
    ExportContainerVolume,
    LoadImage,
    PullImage,
    RunContainer,
    SaveImage,
    TagImage,
    UpdateLimits,
)
from tui.domain.resource import ResourceId, ResourceKind
from tui.engines.resources import DescribesImages
from tui.screens.operating import fill_form, propose, show_menu
from tui.screens.restocking import restocked
from tui.screens.stock_forms import (
    SIZE_HINT,
    file_problem,
    name_problem,
    new_file_problem,
    problem_of,
    read_assignments,
    read_command,
    read_count,
    read_mounts,
    read_number,
    read_path,
    read_ports,
    read_reference,
    read_size,
)
from widgets.form import YES, Field, FieldKind, Values

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.domain.instance import Instance
    from tui.domain.operation import Operation
    from tui.present.images.line import StockLine
    from tui.screens.deck import Deck

RESTART_POLICIES = (
    ("no", "no"),
    ("on-failure", "on failure"),
    ("always", "always"),
    ("unless-stopped", "unless it was stopped"),
)
SEARCH_SECONDS = 30.0


def place(deck: Deck, engine: str, kind: ResourceKind, local: str = "") -> ResourceId:
    """Return the identity of something of an engine, or of the place where it is to be made."""
    return ResourceId(deck.view.host_id if deck.view is not None else "", engine, kind, local)


def pull(deck: Deck, engine: str, reference: str = "") -> None:
    """Ask which image to get."""
    target = place(deck, engine, ResourceKind.IMAGE)
    fields = (
        Field("reference", "Image", required=True,
              hint="docker.io/library/nginx:1.27, or oci-archive:/path, docker-archive:/path, dir:/path"),
    )  # fmt: skip
    fill_form(
        deck, "pull", f"Pull an image into {engine}", fields,
        lambda values: PullImage(target=target, reference=read_reference(values["reference"])),
        verb="Pull", first={"reference": reference} if reference else None,
    )  # fmt: skip


def search(deck: Deck, engine: str) -> None:
    """Ask the registries for a word, then which of the answers to pull."""
    from widgets.ask_text import AskText

    def typed(term: str | None) -> None:
        if term:
            deck.say(f"Asking the registries for {term}.")
            deck.run_worker(_search(deck, engine, term), group="operating")

    deck.push_screen(AskText("Search the registries", "a word: nginx"), typed)


async def _search(deck: Deck, engine: str, term: str) -> None:
    from widgets.choose import Choice, Choose

    keeper = deck.source.keeper(engine)
    if not isinstance(keeper, DescribesImages):
        deck.say(f"{engine} has no registries.", "warn")
        return
    try:
        async with asyncio.timeout(SEARCH_SECONDS):
            found = await keeper.search_images(term)
    except TimeoutError:
        deck.say(f"The registries did not answer within {SEARCH_SECONDS:g} s.", "warn")
        return
    except HostdeckError as error:
        deck.say(error.message, "crit")
        return
    if not found:
        deck.say(f"No registry has an image for {term}.", "warn")
        return
    choices = [
        Choice(one.name, f"{one.name}{'  official' if one.official else ''}  {one.description}"[:200]) for one in found
    ]

    def chosen(name: str | None) -> None:
        if name is not None:
            pull(deck, engine, name)

    deck.push_screen(Choose(f"Images for {term}", choices), chosen)


def tag(deck: Deck, line: StockLine) -> None:
    """Ask for one more name."""
    target = _target(line)
    fields = (Field("name", "New name", required=True, hint="localhost/shop/api:2.15"),)
    fill_form(deck, "tag", f"One more name for {line.name}", fields,
              lambda values: TagImage(target=target, label=line.name, name=values["name"]), verb="Tag",
              forget=("name",))  # fmt: skip


def save(deck: Deck, line: StockLine) -> None:
    """Ask where an image is written to."""
    target = _target(line)
    fields = (
        Field("path", "File", required=True, check=new_file_problem, hint="a new file on the machine hostdeck runs on"),
        Field("format", "Format", FieldKind.CHOICE,
              options=(("oci-archive", "OCI archive"), ("docker-archive", "Docker archive"))),
    )  # fmt: skip
    fill_form(
        deck, "save-image", f"Save {line.name}", fields,
        lambda values: SaveImage(target=target, label=line.name, reference=line.name, path=read_path(values["path"]),
                                 format=values["format"]),
        verb="Save", forget=("path",),
    )  # fmt: skip


def load(deck: Deck, engine: str) -> None:
    """Ask which archive to load."""
    target = place(deck, engine, ResourceKind.IMAGE)
    fields = (
        Field("path", "File", required=True, check=file_problem, hint="an archive of podman save or docker save"),
    )
    fill_form(deck, "load-image", f"Load an image into {engine}", fields,
              lambda values: LoadImage(target=target, path=read_path(values["path"])), verb="Load")  # fmt: skip


def run(deck: Deck, line: StockLine) -> None:
    """Ask how to run a container from an image; what was typed last is there again."""
    deck.run_worker(_run(deck, line), group="operating")


async def _run(deck: Deck, line: StockLine) -> None:
    target = _target(line)
    stock = await restocked(deck, line.engine, ResourceKind.NETWORK)
    view = deck.view
    pods = [pod.name for pod in (view.pods if view is not None else ()) if pod.id.engine == line.engine]
    networks = [network.name for network in stock.networks] if stock is not None else []

    def make(values: Values) -> Operation:
        pod = values["pod"]
        return RunContainer(
            target=target,
            image=line.name,
            name=values["name"],
            command=read_command(values["command"]),
            ports=() if pod else read_ports(values["ports"]),
            mounts=read_mounts(values["mounts"]),
            environment=read_assignments(values["environment"]),
            cpus=read_number(values["cpus"]) if values["cpus"] else None,
            memory_bytes=read_size(values["memory"]) if values["memory"] else None,
            pids=read_count(values["pids"]) if values["pids"] else None,
            restart_policy=values["restart"],
            user=values["user"],
            networks=() if pod or not values["network"] else (values["network"],),
            pod=pod,
            terminal=values["terminal"] == YES,
            remove_when_ended=values["remove"] == YES,
        )

    def outside_a_pod(values: Values) -> bool:
        return not values["pod"]

    network_choices = [("", "Podman's default"), ("host", "the host's own"), ("none", "none")]
    network_choices += [(name, name) for name in networks]
    fields = (
        Field("name", "Name", check=name_problem, hint="empty lets Podman choose"),
        Field("command", "Command", check=problem_of(read_command), hint="empty runs what the image is made for"),
        Field("pod", "Pod", FieldKind.CHOICE, options=[("", "none"), *((name, name) for name in pods)]),
        Field("network", "Network", FieldKind.CHOICE, options=network_choices, applies=outside_a_pod),
        Field("ports", "Ports", check=problem_of(read_ports), applies=outside_a_pod,
              hint="HOST:CONTAINER, several with blanks: 8080:80 127.0.0.1:53:53/udp"),
        Field("mounts", "Volumes", check=problem_of(read_mounts),
              hint="VOLUME:/PATH or /FOLDER:/PATH, :ro behind it: data:/var/lib/data /srv/www:/www:ro"),
        Field("environment", "Environment", check=problem_of(read_assignments),
              hint="NAME=VALUE, several with blanks, quotes around blanks; not kept for the next start of hostdeck"),
        Field("cpus", "Cores at most", check=problem_of(read_number), hint="0.5 is half a core; empty: no limit"),
        Field("memory", "Memory at most", check=problem_of(read_size), hint=f"{SIZE_HINT}; empty: no limit"),
        Field("pids", "Tasks at most", check=problem_of(read_count), hint="empty: Podman's default"),
        Field("restart", "Restart", FieldKind.CHOICE, options=RESTART_POLICIES),
        Field("user", "User inside", hint="NAME, UID or UID:GID; empty: the image's own"),
        Field("terminal", "Terminal", FieldKind.TICK, hint="give it a terminal, for a shell"),
        Field("remove", "Remove at its end", FieldKind.TICK),
    )  # fmt: skip
    lasting = [field.key for field in fields if field.key not in {"name", "environment"}]
    fill_form(deck, f"run/{line.name}", f"Run {line.name}", fields, make, verb="Run", forget=("name",), lasting=lasting)


def create_volume(deck: Deck, engine: str) -> None:
    """Ask for a new volume."""
    target = place(deck, engine, ResourceKind.VOLUME)
    fields = (
        Field("name", "Name", required=True, check=name_problem),
        Field("labels", "Labels", check=problem_of(read_assignments), hint="NAME=VALUE, several with blanks"),
        Field(
            "options", "Driver options", check=problem_of(read_assignments), hint="type=tmpfs device=tmpfs o=size=1g"
        ),
    )

    def make(values: Values) -> Operation:
        return CreateContainerVolume(
            target=target,
            name=values["name"],
            labels=read_assignments(values["labels"]),
            options=read_assignments(values["options"]),
        )

    fill_form(deck, "volume", f"New volume of {engine}", fields, make, forget=("name", "options"))


def export_volume(deck: Deck, line: StockLine) -> None:
    """Ask where a volume's files are written to."""
    target = _target(line)
    fields = (Field("path", "File", required=True, check=new_file_problem, hint="a new tar file on this machine"),)
    fill_form(deck, "export-volume", f"Export {line.name}", fields,
              lambda values: ExportContainerVolume(target=target, path=read_path(values["path"])), verb="Export",
              forget=("path",))  # fmt: skip


def commit(deck: Deck, instance: Instance) -> None:
    """Ask for the name of the image that is made of a container."""
    fields = (
        Field("reference", "Image", required=True, hint="localhost/web:fixed"),
        Field("comment", "Comment"),
        Field("author", "Author"),
        Field("pause", "Pause meanwhile", FieldKind.TICK, value=YES, hint="so that its files fit together"),
    )

    def make(values: Values) -> Operation:
        return CommitContainer(
            target=instance.id,
            reference=values["reference"],
            comment=values["comment"],
            author=values["author"],
            pause=values["pause"] == YES,
        )

    fill_form(deck, "commit", f"Make an image of {instance.name}", fields, make, verb="Commit", forget=("reference",))


def limits(deck: Deck, *instances: Instance) -> None:
    """Ask for new limits of containers; they hold at once."""
    whose = instances[0].name if len(instances) == 1 else f"{len(instances)} containers"
    fields = (
        Field("cpus", "Cores at most", check=_zero_or(read_number), hint="0.5 is half a core; 0 takes the limit away"),
        Field("memory", "Memory at most", check=problem_of(read_size), hint=f"{SIZE_HINT}; 0 takes the limit away"),
        Field("pids", "Tasks at most", check=_zero_or(read_count), hint="0 takes the limit away"),
    )

    def make(values: Values) -> list[Operation]:
        if not (values["cpus"] or values["memory"] or values["pids"]):
            raise ValueError("An empty field leaves a limit as it is: fill in what is to change.")
        return [
            UpdateLimits(
                target=instance.id,
                cpus=float(values["cpus"].replace(",", ".")) if values["cpus"] else None,
                memory_bytes=read_size(values["memory"]) if values["memory"] else None,
                pids=int(values["pids"]) if values["pids"] else None,
            )
            for instance in instances
        ]

    fill_form(deck, "limits", f"Limits of {whose}", fields, make, verb="Change",
              forget=("cpus", "memory", "pids"))  # fmt: skip


def untagging(deck: Deck, line: StockLine) -> None:
    """Ask which of an image's names to take away."""
    from tui.domain.operation.images import UntagImage
    from tui.screens.operating import Offer

    target = _target(line)
    names = line.image.names if line.image is not None else ()
    show_menu(
        deck,
        f"Take which name of {line.name} away?",
        [Offer(name, _proposing(deck, UntagImage(target=target, label=line.name, name=name))) for name in names],
    )


def _proposing(deck: Deck, operation: Operation) -> Callable[[], None]:
    return lambda: propose(deck, [operation])


def _zero_or(read: Callable[[str], object]) -> Callable[[str], str]:
    check = problem_of(read)
    return lambda text: "" if text.strip() == "0" else check(text)


def _target(line: StockLine) -> ResourceId:
    assert line.target is not None  # noqa: S101 - offered for lines that have one
    return line.target
