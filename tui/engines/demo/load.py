"""Lifelike load as a pure function of seed, instance and time: nothing is remembered between two ticks."""

import hashlib
import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

KIB = 1024
MIB = 1024**2
GIB = 1024**3

_MASK = (1 << 64) - 1
_DAY_SECONDS = 86_400


class Rhythm(Enum):
    """How the activity of an instance goes up and down."""

    STEADY = "steady"
    OFFICE = "office"  # follows the hours of the day
    BURSTS = "bursts"  # idle, then all at once
    FLAT_OUT = "flat out"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Load:
    """What an instance uses; rates are those at full activity.

    Attributes:
        rhythm: how its activity moves between 0 and 1.
        tier: instances of one tier share their ups and downs; empty for its own.
        cores: used at no activity and at full activity.
        memory_bytes: working set once it has settled after a start.
        memory_swing: share of the working set that moves with activity.
        disk: read and written.
        network: received and transmitted.
        cpu_limit: quota in cores or vCPUs; None when unlimited.
        memory_limit: None when unlimited.
        throttled: percent of periods that are throttled at full activity.
        wait: percent of time that some task waits at full activity.
    """

    rhythm: Rhythm = Rhythm.STEADY
    tier: str = ""
    cores: tuple[float, float] = (0.005, 0.1)
    memory_bytes: int = 100 * MIB
    memory_swing: float = 0.03
    disk: tuple[float, float] = (0.0, 4.0 * KIB)
    network: tuple[float, float] = (10.0 * KIB, 10.0 * KIB)
    pids: int = 12
    cpu_limit: float | None = None
    memory_limit: int | None = None
    pids_limit: int | None = 2048
    swap_bytes: int = 0
    throttled: float = 0.0
    wait: float = 2.0


@lru_cache(maxsize=4096)
def identity(text: str) -> int:
    """Return a 64-bit number for a text, the same in every process."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


def chance(who: int, slot: int) -> float:
    """Return the number in [0, 1) that belongs to `who` in time slot `slot` (the splitmix64 finaliser)."""
    value = (who + slot * 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return ((value ^ (value >> 31)) >> 11) / (1 << 53)


def wander(who: int, time: float, period: float) -> float:
    """Return a smooth curve in [0, 1) that takes a new direction every `period` seconds."""
    slot = math.floor(time / period)
    part = time / period - slot
    ease = part * part * (3 - 2 * part)
    before, after = chance(who, slot), chance(who, slot + 1)
    return before + (after - before) * ease


def day(time: float) -> float:
    """Return how busy people are at a UTC time: 0.25 at night, 1 in the early afternoon."""
    hour = (time % _DAY_SECONDS) / 3600
    return 0.25 + 0.75 * max(0.0, math.sin((hour - 6) / 15 * math.pi))


def activity(seed: int, name: str, load: Load, time: float) -> float:
    """Return how busy an instance is, 0 to 1."""
    own = identity(f"{seed}/{name}")
    shared = identity(f"{seed}/tier/{load.tier}") if load.tier else own
    jitter = wander(own, time, 4.0)
    slow = wander(shared, time, 90.0)
    match load.rhythm:
        case Rhythm.FLAT_OUT:
            level = 0.94 + 0.06 * jitter
        case Rhythm.STEADY:
            level = 0.35 + 0.4 * slow + 0.25 * jitter
        case Rhythm.OFFICE:
            level = day(time) * (0.45 + 0.35 * slow + 0.2 * jitter)
        case Rhythm.BURSTS:
            level = max(0.0, wander(shared, time, 45.0) - 0.55) / 0.45 * (0.7 + 0.3 * jitter)
        case Rhythm.IDLE:
            level = 0.15 * jitter * slow
    return min(1.0, max(0.0, level))
