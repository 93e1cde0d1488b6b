"""How jobs are stored in the queue."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.engine.entries import HOSTS, LEADER, TASKS, entry, job_of
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

HOST_NAMES = st.text(min_size=1, max_size=253)
JOBS: st.SearchStrategy[Job] = st.one_of(
    st.builds(PollHost, HOST_NAMES),
    st.builds(EnrichHost, HOST_NAMES),
    st.builds(SendNotices, HOST_NAMES),
    st.sampled_from([AssignStories(), SendDigests(), RunWatches(), CleanUp()]),
)


def test_every_kind_of_job_has_a_name() -> None:
    assert set(TASKS.values()) == set(get_args(Job))


@given(JOBS)
def test_what_is_stored_is_read_back(job: Job) -> None:
    stored = entry(job)
    assert job_of(stored.task, stored.args) == job


@given(JOBS, JOBS)
def test_only_the_same_job_has_the_same_key(one: Job, other: Job) -> None:
    assert (entry(one).key == entry(other).key) == (one == other)


@given(JOBS)
def test_only_jobs_about_hosts_are_for_every_process(job: Job) -> None:
    stored = entry(job)
    if isinstance(job, PollHost | EnrichHost):
        assert (stored.queue, stored.lock) == (HOSTS, None)
    else:
        assert (stored.queue, stored.lock) == (LEADER, stored.key)


@pytest.mark.parametrize(
    ("task", "args"),
    [("poll_moon", {}), ("poll_host", {}), ("clean_up", {"host": "example.com"})],
)
def test_a_job_of_another_version_is_refused(task: str, args: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=f"unknown job {task}"):
        job_of(task, args)
