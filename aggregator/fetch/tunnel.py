"""CONNECT (RFC 9110, 9.3.6): a connection through an HTTP proxy.

httpcore has one of its own, whose connections stay in its pool for good, each in the place of
another, when the handshake with the server behind the proxy fails.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable

Read = Callable[[int], Awaitable[bytes]]
"""At most so many bytes; none at the end."""
Write = Callable[[bytes], Awaitable[None]]

_MAX_HEAD = 32 * 1024
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}(?: [\x20-\x7e]{0,100})?)")


class TunnelError(Exception):
    """The proxy does not connect; the message goes on after "the proxy"."""


async def connect(
    read: Read, write: Write, *, host: str, port: int, login: tuple[bytes, bytes] | None
) -> None:
    """Have the proxy at the other end connect to `host`, which it looks up itself.

    `login`: user and password. Raises TunnelError.
    """
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if login is not None:
        credentials = base64.b64encode(b":".join(login)).decode("ascii")
        lines.append(f"Proxy-Authorization: Basic {credentials}")
    await write("\r\n".join([*lines, "", ""]).encode("ascii"))
    head = b""
    while b"\r\n\r\n" not in head:
        more = await read(4096)
        if not more:
            raise TunnelError("closed the connection")
        head += more
        if len(head) > _MAX_HEAD:
            raise TunnelError("sends a header that is too large")
    status = _STATUS.match(head)
    if status is None:
        raise TunnelError("does not speak HTTP")
    if not status[1].startswith(b"2"):
        raise TunnelError(f"answered {status[1].decode('ascii').strip()}")
    if not head.endswith(b"\r\n\r\n"):
        raise TunnelError("speaks before we do")
