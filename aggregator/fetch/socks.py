"""SOCKS version 5 (RFC 1928, with the login of RFC 1929): the opening of a connection.

httpcore has one of its own, which needs a package more, takes every read for a whole message and
answers an unexpected one with an AssertionError.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, ip_address

Read = Callable[[int], Awaitable[bytes]]
"""At most so many bytes; none at the end."""
Write = Callable[[bytes], Awaitable[None]]

_NO_LOGIN, _LOGIN = 0, 2
_REFUSALS = {
    1: "failed",
    2: "does not allow it",
    3: "cannot reach the network",
    4: "cannot reach the host",
    5: "had its connection refused",
    6: "found the way too long",
    7: "does not know the command",
    8: "does not know that kind of address",
}


class SocksError(Exception):
    """The proxy does not connect; the message goes on after "the proxy"."""


async def connect(
    read: Read, write: Write, *, host: str, port: int, login: tuple[bytes, bytes] | None
) -> None:
    """Have the proxy at the other end connect to `host`, which it looks up itself.

    `login`: user and password, each at most 255 bytes. Raises SocksError.
    """
    await write(bytes([5, 1, _LOGIN if login else _NO_LOGIN]))
    version, method = await _exactly(read, 2)
    if version != 5:
        raise SocksError("does not speak SOCKS 5")
    if method != (_LOGIN if login else _NO_LOGIN):
        raise SocksError("does not take our login" if login else "asks for a login")
    if login:
        await _log_in(read, write, *login)
    await write(b"\x05\x01\x00" + _address(host) + struct.pack("!H", port))
    version, reply, _, kind = await _exactly(read, 4)
    if version != 5 or reply:
        raise SocksError(_REFUSALS.get(reply, f"answers with the unknown code {reply}"))
    await _skip_address(read, kind)


async def _log_in(read: Read, write: Write, user: bytes, password: bytes) -> None:
    if not 0 < len(user) < 256 or not 0 < len(password) < 256:
        raise SocksError("cannot be given a user name or password of that length")
    await write(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
    _, status = await _exactly(read, 2)
    if status:
        raise SocksError("does not accept the user name and password")


def _address(host: str) -> bytes:
    try:
        address = ip_address(host)
    except ValueError:
        name = host.encode("ascii")
        if len(name) > 255:
            raise SocksError("cannot be given a host name of that length") from None
        return bytes([3, len(name)]) + name
    return bytes([1 if isinstance(address, IPv4Address) else 4]) + address.packed


async def _skip_address(read: Read, kind: int) -> None:
    """The address that the proxy uses itself, which nobody needs."""
    lengths = {1: 4, 4: 16}
    length = lengths[kind] if kind in lengths else (await _exactly(read, 1))[0]
    await _exactly(read, length + 2)


async def _exactly(read: Read, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = await read(count - len(data))
        if not more:
            raise SocksError("closed the connection")
        data += more
    return data
