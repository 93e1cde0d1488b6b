"""Jobs as the queue of the database keeps them: a task's name, its arguments, its locks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from aggregator.engine.protocol import (
    AssignStories,
    CleanUp,
    EnrichHost,
    Job,
    PollHost,
    RunWatches,
    SendDigests,
    SendNotices,
)

HOSTS = "hosts"
"""The queue that every process works on."""
LEADER = "leader"
"""The queue of the process that leads."""

TASKS: Mapping[str, type[Job]] = {
    "poll_host": PollHost,
    "enrich_host": EnrichHost,
    "assign_stories": AssignStories,
    "send_digests": SendDigests,
    "run_watches": RunWatches,
    "send_notices": SendNotices,
    "clean_up": CleanUp,
}
"""By the name that is stored: a name once used is never given to another job."""
_NAMES = {kind: name for name, kind in TASKS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the queue."""

    queue: str
    task: str
    args: dict[str, str]
    key: str
    """No two that wait or are under way have the same."""
    lock: str | None
    """What procrastinate keeps apart by itself; None: nothing. The key does that already, and locks
    make each look into a long queue dearer: for the few jobs of the leader only."""


def entry(job: Job) -> Entry:
    """How a job is stored."""
    task = _NAMES[type(job)]
    args = asdict(job)
    key = " ".join([task, *args.values()])
    if isinstance(job, PollHost | EnrichHost):
        return Entry(queue=HOSTS, task=task, args=args, key=key, lock=None)
    return Entry(queue=LEADER, task=task, args=args, key=key, lock=key)


def job_of(task: str, args: Mapping[str, str]) -> Job:
    """The job that was stored. Raises ValueError for one that this version does not know."""
    try:
        return TASKS[task](**args)
    except (KeyError, TypeError):
        raise ValueError(f"unknown job {task} with {', '.join(args) or 'no arguments'}") from None
