"""From the many lines of a kill for memory to the one thing that happened; pure.

The kernel writes, with other lines between them:

    postgres invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
    oom-kill:constraint=CONSTRAINT_MEMCG,...,oom_memcg=/A,task_memcg=/A/B,task=postgres,pid=4711,uid=0
    Memory cgroup out of memory: Killed process 4711 (postgres) total-vm:900kB, anon-rss:640kB, file-rss:12kB, ...

Kernels before 4.19 write `Task in /A/B killed as a result of limit of /A` for the middle one. Where a whole group dies
(memory.oom.group) the last line comes once for each process.
"""

import re
from dataclasses import dataclass

_FACTS = re.compile(r"^oom-kill:constraint=(?P<constraint>\w+),(?P<rest>.*)$")
_OLD_FACTS = re.compile(r"^Task in (?P<task>/\S*) killed as a result of limit of (?P<limit>/\S*)$")
_KILLED = re.compile(
    r"^(?:(?P<scope>Memory cgroup out of memory|Out of memory(?: \([^)]*\))?): )?"
    r"Killed process (?P<pid>\d+) \((?P<task>.*)\),? (?:UID \d+,? )?total-vm:\d+kB, anon-rss:(?P<anon>\d+)kB"
    r"(?:, file-rss:(?P<file>\d+)kB)?(?:, shmem-rss:(?P<shmem>\d+)kB)?"
)
# the last fields; a task's name may hold commas, and one that is told to look like fields must not become some
_TASK = re.compile(r",task_memcg=(?P<path>.*),task=(?P<task>.{0,15}),pid=(?P<pid>\d+),uid=\d+$")
_LIMIT = re.compile(r",oom_memcg=(?P<path>.*?),task_memcg=")


@dataclass(frozen=True, slots=True)
class OomKill:
    """One process that the kernel killed for memory.

    Attributes:
        cgroup: of the process, empty when it was not told.
        limited: the cgroup whose limit was reached; empty when the whole host ran out.
        rss_bytes: memory that it held.
    """

    pid: int
    task: str
    cgroup: str = ""
    limited: str = ""
    rss_bytes: int = 0


class OomReader:
    """Join lines; one for each source of lines, because they belong together by their order."""

    def __init__(self) -> None:
        self._pid: int | None = None
        self._cgroup = ""
        self._limited = ""

    def take(self, text: str) -> OomKill | None:
        """Take the next line of the kernel and return the kill that it completes."""
        if text.startswith("oom-kill:"):
            self._take_facts(text)
        elif text.startswith("Task in /") and (old := _OLD_FACTS.match(text)):
            self._pid, self._cgroup, self._limited = None, old["task"], old["limit"]
        elif "Killed process " in text and (killed := _KILLED.match(text)):
            return self._killed(killed)
        return None

    def _take_facts(self, text: str) -> None:
        facts, task = _FACTS.match(text), _TASK.search(text)
        if facts is None or task is None:
            return
        limit = _LIMIT.search(text) if facts["constraint"] == "CONSTRAINT_MEMCG" else None
        self._pid, self._cgroup = int(task["pid"]), task["path"]
        self._limited = limit["path"] if limit else ""

    def _killed(self, found: re.Match[str]) -> OomKill:
        """Return the kill; lines of a group that dies together keep the cgroup of the first."""
        rss = sum(int(found[part] or 0) for part in ("anon", "file", "shmem")) * 1024
        is_group = (found["scope"] or "").startswith("Memory cgroup")
        known = self._pid in {None, int(found["pid"])} or is_group
        cgroup, limited = (self._cgroup, self._limited) if known else ("", "")
        return OomKill(int(found["pid"]), found["task"], cgroup, limited, rss)
