"""How often a password may be tried."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_network
from threading import Lock

from aggregator.core.ip import ip_of

SPAN = timedelta(minutes=15)
PER_ADDRESS = 10
OVERALL = 100
"""Of all addresses together; many machines may belong to one who guesses."""


@dataclass(slots=True)
class Limits:
    """Counts tries before they are made, so that many at once are not more. Of one process."""

    _of: dict[str, deque[datetime]] = field(default_factory=dict)
    _all: deque[datetime] = field(default_factory=deque)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, address: str, *, now: datetime) -> timedelta | None:
        """Count a try; None: it may be made. Else how long to wait, and it is not counted."""
        key = _key(address)
        with self._lock:
            self._forget(now)
            own = self._of.setdefault(key, deque())
            for tries, most in ((own, PER_ADDRESS), (self._all, OVERALL)):
                if len(tries) >= most:
                    return max(tries[0] + SPAN - now, timedelta(seconds=1))
            own.append(now)
            self._all.append(now)
        return None

    def succeeded(self, address: str) -> None:
        """Those before count no longer."""
        with self._lock:
            own = self._of.pop(_key(address), deque())
            for at in own:
                self._all.remove(at)

    def _forget(self, now: datetime) -> None:
        while self._all and now - self._all[0] >= SPAN:
            self._all.popleft()
        for key, tries in list(self._of.items()):
            while tries and now - tries[0] >= SPAN:
                tries.popleft()
            if not tries:
                del self._of[key]


def _key(address: str) -> str:
    """An IPv6 network is one household."""
    parsed = ip_of(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return address if parsed is None else str(parsed)
