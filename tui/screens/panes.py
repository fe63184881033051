"""The panes there are, in the order of their keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import Any

from tui.domain.instance import Kind
from tui.present.columns import containers, guests, overview
from tui.present.entry import Entry
from tui.present.fields import CONTAINER_KEYS, FILTER_KEYS, GUEST_KEYS, filter_fields
from tui.present.panes import PaneSpec
from tui.present.placing import Placer
from tui.present.tabs import container_count, guest_count

ONLY_INSTANCES = (
    "handle", "kill", "pause", "reset", "events", "logs", "shell", "console", "agent", "send_keys", "guest_screen",
)  # fmt: skip


def late(module: str, name: str) -> Callable[..., Any]:
    """Return a function of a module that is imported when it is first called.

    The first frame waits for no pane that is not open.
    """

    def call(*args: Any, **named: Any) -> Any:
        return getattr(import_module(module), name)(*args, **named)

    return call


OVERVIEW = PaneSpec[Entry](
    id="overview",
    title="Overview",
    action="pane_overview",
    columns=overview,
    lister=partial(Placer, None),
    fields=filter_fields,
    filter_keys=FILTER_KEYS,
    sort=("cores", True),
    lists_problems=True,
    usual_engines=2,  # one for each kind
)
GUESTS = PaneSpec[Entry](
    id="guests",
    title="Guests",
    action="pane_guests",
    columns=guests,
    lister=partial(Placer, Kind.GUEST),
    fields=filter_fields,
    filter_keys=GUEST_KEYS,
    sort=("name", False),
    count=guest_count,
)
CONTAINERS = PaneSpec[Entry](
    id="containers",
    title="Containers",
    action="pane_containers",
    columns=containers,
    lister=partial(Placer, Kind.CONTAINER),
    fields=filter_fields,
    filter_keys=CONTAINER_KEYS,
    sort=("name", False),
    count=container_count,
)

IMAGES = PaneSpec[Any](
    id="images",
    title="Images",
    action="pane_images",
    columns=late("tui.present.images.columns", "images"),
    lister=late("tui.present.images.lister", "StockLister"),
    fields=late("tui.present.images.columns", "filter_fields"),
    filter_keys=("name", "kind", "state", "format", "engine", "user", "on", "id", "pool", "problem"),
    sort=("name", False),
    left_out=ONLY_INSTANCES,
    lists_instances=False,
    actor=late("tui.screens.image_pane", "ImageActions"),
)
NETWORKS = PaneSpec[Any](
    id="networks",
    title="Networks",
    action="pane_networks",
    columns=late("tui.present.networks.columns", "networks"),
    lister=late("tui.present.networks.lister", "NetworkLister"),
    fields=late("tui.present.networks.columns", "filter_fields"),
    filter_keys=("name", "kind", "state", "bridge", "ip", "engine", "user", "on", "problem"),
    sort=("name", False),
    left_out=(*ONLY_INSTANCES, "restart"),
    lists_instances=False,
    actor=late("tui.screens.network_pane", "NetworkActions"),
)

PANES: tuple[PaneSpec[Any], ...] = (OVERVIEW, GUESTS, CONTAINERS, IMAGES, NETWORKS)

BY_ID: Mapping[str, PaneSpec[Any]] = {pane.id: pane for pane in PANES}
BY_ACTION: Mapping[str, PaneSpec[Any]] = {pane.action: pane for pane in PANES}
