"""Several addresses of one host: which is tried when, and which is used (RFC 8305)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from itertools import zip_longest
from typing import Any, Protocol, TypeVar

STAGGER = 0.25
"""Seconds until the next address is tried beside one that does not answer."""


class Closable(Protocol):
    async def aclose(self) -> None: ...


T = TypeVar("T", bound=Closable)
Opener = Callable[[], Coroutine[Any, Any, T]]
"""Makes a connection, or raises."""


def alternating(addresses: Sequence[str]) -> list[str]:
    """The same, the families in turn, beginning with that of the first (section 4)."""
    six = [address for address in addresses if ":" in address]
    four = [address for address in addresses if ":" not in address]
    one, other = (six, four) if addresses and ":" in addresses[0] else (four, six)
    return [address for pair in zip_longest(one, other) for address in pair if address]


async def first(openers: Sequence[Opener[T]]) -> T:
    """The first connection that comes about; the others are called off (section 5).

    The next is begun when one has failed, or when `STAGGER` seconds have passed. When all have
    failed, raises what the first of them raised.
    """
    if len(openers) == 1:
        return await openers[0]()
    waiting = list(openers)
    tasks: list[asyncio.Task[T]] = []
    running: set[asyncio.Task[T]] = set()
    won: asyncio.Task[T] | None = None
    try:
        while won is None and (waiting or running):
            if waiting:
                tasks.append(asyncio.ensure_future(waiting.pop(0)()))
                running.add(tasks[-1])
            done, running = await asyncio.wait(
                running,
                timeout=STAGGER if waiting else None,
                return_when=asyncio.FIRST_COMPLETED,
            )
            won = next((task for task in tasks if task in done and not task.exception()), None)
        await _call_off([task for task in tasks if task is not won])
        return (won or tasks[0]).result()
    except BaseException:
        await _call_off(tasks)
        raise


async def _call_off(tasks: Sequence[asyncio.Task[T]]) -> None:
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(ended, BaseException):
            await ended.aclose()
