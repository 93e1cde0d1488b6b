"""Names to addresses, in threads that hold up neither the loop, nor the store, nor the exit."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Awaitable, Callable, Sequence

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""(host name, port) to addresses, the preferred ones first. Raises OSError when there are none."""

LOOKUPS = 32


class SystemResolver:
    """Asks the system (getaddrinfo), which orders the addresses by RFC 6724.

    A look-up cannot be called off: when its caller has gone, its thread stays until the system
    gives up, and counts among the `lookups` that may be under way meanwhile. The threads are
    daemons and not the loop's own, which the store needs and which are waited for at the end.
    """

    def __init__(self, lookups: int = LOOKUPS) -> None:
        self._turns = asyncio.Semaphore(lookups)

    async def __call__(self, host: str, port: int) -> list[str]:
        await self._turns.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[str]] = loop.create_future()

        def report(found: list[str] | OSError) -> None:
            self._turns.release()
            if answer.done():  # the caller has gone
                return
            if isinstance(found, OSError):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def look_up() -> None:
            found = _addresses(host, port)
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(report, found)

        try:
            threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
        except RuntimeError as error:  # no more threads
            self._turns.release()
            raise OSError(str(error)) from error
        return await answer


def _addresses(host: str, port: int) -> list[str] | OSError:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except UnicodeError as error:  # a label that the codec for host names does not take
        return socket.gaierror(socket.EAI_NONAME, str(error))
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
