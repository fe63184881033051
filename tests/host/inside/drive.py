"""Use a live host as a screen does, without one: `drive.py STEPS.json`.

Each step gives one line of JSON:
    {"until": NAME, "are": {PATH: VALUE}, "least": {PATH: NUMBER}}    wait until an instance is so, give it as shown
    {"gone": NAME}                                                    wait until it is not listed
    {"raised": [NAME, RULE]}, {"cleared": [NAME, RULE]}               wait until a problem is there, or is not; give it
    {"told": [NAME, RULE]}                                            give what the timeline tells of a problem
    {"kernel": TEXT}                                                  wait until the kernel told of it, give the entry
    {"act": VERB, "on": NAME}                                         give result, message and command
    {"run": [PROGRAM, ...]}                                           run a program beside hostdeck, give its output
"""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tui.domain.action import ActionRequest, Verb
from tui.domain.host import HostView
from tui.domain.plain import encode
from tui.domain.serialise import to_json
from tui.domain.timeline import EntryKind
from tui.sampling.live import LiveSource
from tui.wiring import Wanted, make_source

STEP_SECONDS = 120.0
STOP_SECONDS = 2.0


class Stage:
    """The newest view, and whoever waits for a later one."""

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self._news = asyncio.Event()

    def publish(self, view: HostView) -> None:
        self.source.attend(item.key for item in view.instances)
        self._news.set()

    def find(self, name: str) -> dict[str, Any] | None:
        view = self.source.view
        data: Any = to_json(view) if view is not None else {"instances": [], "problems": []}
        for one in data["instances"]:
            if one["name"] == name:
                problems = [problem["text"] for problem in data["problems"] if problem["subject"] == one["id"]]
                return {**one, "problems": problems}
        return None

    async def take(self, step: dict[str, Any]) -> Any:
        if "act" in step:
            return await self._act(step["act"], step["on"])
        if "run" in step:
            ended = await asyncio.to_thread(subprocess.run, step["run"], capture_output=True, text=True, check=False)
            return {"output": ended.stdout, "error": ended.stderr}
        if "told" in step:
            name, rule = step["told"]
            return [one.kind.value for one in self.source.timeline() if (one.name, one.rule) == (name, rule)]
        if "raised" in step or "cleared" in step:
            return await self._problem(*(step.get("raised") or step["cleared"]), stands="raised" in step)
        if "kernel" in step:
            return await self._kernel(step["kernel"])
        name = step.get("gone") or step["until"]
        async with asyncio.timeout(STEP_SECONDS):
            while True:
                self._news.clear()
                found = self.find(name)
                if ("gone" in step) == (found is None) and _fits(found, step):
                    return found or {}
                await self._news.wait()

    async def _problem(self, name: str, rule: str, *, stands: bool) -> Any:
        async with asyncio.timeout(STEP_SECONDS):
            while True:
                self._news.clear()
                view = self.source.view
                found = [one for one in view.problems if (one.name, one.rule) == (name, rule)] if view else []
                if view is not None and bool(found) == stands:
                    return encode(found[0]) if found else {}
                await self._news.wait()

    async def _kernel(self, text: str) -> Any:
        async with asyncio.timeout(STEP_SECONDS):
            while True:
                self._news.clear()
                for one in self.source.timeline():
                    if one.kind is EntryKind.KERNEL and text in f"{one.name} {one.detail}":
                        return encode(one)
                await self._news.wait()

    async def _act(self, verb: str, name: str) -> dict[str, str]:
        view = self.source.view
        target = next(item.instance.id for item in view.instances if item.instance.name == name) if view else None
        if target is None:
            raise LookupError(name)
        request = ActionRequest(Verb(verb), target, STOP_SECONDS)
        command = self.source.command(request)
        outcome = await self.source.perform(request)
        return {"command": command, "result": outcome.result.value, "message": outcome.message}


def _fits(found: dict[str, Any] | None, step: dict[str, Any]) -> bool:
    if found is None:
        return True
    equal = all(_at(found, path) == value for path, value in step.get("are", {}).items())
    return equal and all((_at(found, path) or 0) >= value for path, value in step.get("least", {}).items())


def _at(found: Any, path: str) -> Any:
    for name in path.split("."):
        found = (found or {}).get(name)
    return found


async def main(steps: list[dict[str, Any]]) -> None:
    source = make_source(Wanted(connect=["qemu:///system", "lxc:///system"], interval_seconds=2.0))
    stage = Stage(source)
    running = asyncio.ensure_future(source.run(stage.publish))
    try:
        for step in steps:
            try:
                sys.stdout.write(json.dumps(await stage.take(step)) + "\n")
            except TimeoutError:
                view = source.view
                sys.stderr.write(
                    f"{step}: {stage.find(step.get('until') or step.get('gone', ''))}; {view and view.sources}\n"
                )
                raise
    finally:
        running.cancel()
        await source.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
