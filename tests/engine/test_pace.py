"""How quickly a dead worker is noticed."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.engine.jobqueue import Pace


@given(st.timedeltas(timedelta(seconds=2), timedelta(days=1)))
def test_jobs_of_a_dead_worker_are_gone_before_its_hosts_fall_free(lease: timedelta) -> None:
    pace = Pace.within(lease)
    assert pace.stale + pace.heartbeat < lease
    assert pace.stale >= 4 * pace.heartbeat
    assert pace.stale <= Pace().stale
