"""What one exchange was, for a log line, the metrics and those who want each step explained."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from aggregator.types import FetchOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request of an exchange."""

    url: str
    status: int | None
    """None: no answer came."""
    address: str | None
    """The peer's, which is the proxy when there is one; None: no answer came."""
    http_version: str | None
    """Such as HTTP/2; None: no answer came."""
    reused: bool
    """Whether it went over a connection that was there already."""
    connect: timedelta | None
    """To look up the host and connect; None: not done, or not finished."""
    tls: timedelta | None
    """For the handshake; None: not done, or not finished."""
    wait: timedelta | None
    """From sending the request to having the header of the answer; None: it did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What was asked, what came of it, and by which steps."""

    url: str
    """As asked, without login and fragment."""
    outcome: FetchOutcome
    steps: tuple[Step, ...]
    """In order; several when there were redirects, or a connection had died meanwhile."""
    received: int
    """Bytes of the body as they came over the wire."""
    decoded: int
    """Bytes of the body after decoding."""

    @property
    def elapsed(self) -> timedelta:
        return self.outcome.elapsed

    @property
    def last(self) -> Step | None:
        """The step that decided; None: nothing was sent, as the guard or a header forbade it."""
        return self.steps[-1] if self.steps else None


@dataclass(slots=True)
class StepRecorder:
    """Takes the times of one request, as the transport's `trace`."""

    url: str
    status: int | None = None
    address: str | None = None
    http_version: str | None = None
    _times: dict[str, float] = field(default_factory=dict)

    async def trace(self, event: str, _: Mapping[str, object]) -> None:
        """`event`: such as "connection.connect_tcp.started"."""
        self._times[event.partition(".")[2]] = time.monotonic()

    @property
    def reused(self) -> bool:
        """Whether the request went, or was to go, over a connection that was there already."""
        return "connect_tcp.started" not in self._times and bool(self._times)

    @property
    def unsent(self) -> bool:
        """Whether sending failed."""
        return "send_request_headers.failed" in self._times

    def step(self) -> Step:
        return Step(
            url=self.url,
            status=self.status,
            address=self.address,
            http_version=self.http_version,
            reused=self.reused,
            connect=self._between("connect_tcp.started", "connect_tcp.complete"),
            tls=self._between("start_tls.started", "start_tls.complete"),
            wait=self._between("send_request_headers.started", "receive_response_headers.complete"),
        )

    def _between(self, start: str, end: str) -> timedelta | None:
        if start not in self._times or end not in self._times:
            return None
        return timedelta(seconds=self._times[end] - self._times[start])


@dataclass(slots=True)
class Recorder:
    """Collects what makes an `Exchange`."""

    url: str
    received: int = 0
    decoded: int = 0
    _steps: list[StepRecorder] = field(default_factory=list)

    def begin(self, url: str) -> StepRecorder:
        """Of the next request."""
        self._steps.append(StepRecorder(url))
        return self._steps[-1]

    @property
    def address(self) -> str | None:
        """Of the server that answered last; None: none did."""
        return self._steps[-1].address if self._steps else None

    def exchange(self, outcome: FetchOutcome) -> Exchange:
        return Exchange(
            url=self.url,
            outcome=outcome,
            steps=tuple(step.step() for step in self._steps),
            received=self.received,
            decoded=self.decoded,
        )
