"""Actions on their way, and what came of them."""

from tui.jobs.book import MOST_JOBS
from tui.jobs.model import BatchSummary, Job, JobState
from tui.jobs.progress import progress
from tui.jobs.runner import Jobs
from tui.jobs.seam import ActionSource

__all__ = ["MOST_JOBS", "ActionSource", "BatchSummary", "Job", "JobState", "Jobs", "progress"]
