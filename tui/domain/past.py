"""What is told of a time that is over."""

from dataclasses import dataclass
from math import nan


@dataclass(frozen=True, slots=True)
class Bucket:
    """One figure over a stretch of time; `count` 0 is a gap, and the rest is then NaN.

    Attributes:
        begin_utc_seconds: it is closed here and open where the next begins.
        count: samples in it.
    """

    begin_utc_seconds: float
    count: int = 0
    least: float = nan
    mean: float = nan
    most: float = nan


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time with a record, without a gap; both ends are moments of samples."""

    begin_utc_seconds: float
    end_utc_seconds: float


@dataclass(frozen=True, slots=True)
class RecordStatus:
    """What is to be had of a record.

    Attributes:
        folder: where it is; empty where there is none.
        problem: why nothing, or not everything, can be read, in sentences; empty when all can.
        newest_utc_seconds: its last sample, None without any.
        writer_pid: the recorder that writes it now, None when nobody does.
    """

    folder: str = ""
    problem: str = ""
    newest_utc_seconds: float | None = None
    writer_pid: int | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """What a person said about a problem; it ends when the problem is over, a silence when its time is.

    Attributes:
        problem_id: `Problem.id`.
        by: login name.
        silenced_until_utc_seconds: None when it is not silenced.
    """

    problem_id: str
    by: str
    at_utc_seconds: float
    acknowledged: bool = False
    silenced_until_utc_seconds: float | None = None
    note: str = ""
