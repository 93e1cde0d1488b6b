"""A real SMTP server on loopback, for tests that send mail."""

# ruff: noqa: ARG002, N802 - aiosmtpd calls its handlers by these names with all these arguments

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope


class Mailbox:
    """Keeps what it is given; answers each step as told, and accepts otherwise."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.envelopes: list[Envelope] = []
        self.hello = ""

    async def handle_EHLO(
        self, server: SMTP, session: Any, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.hello = session.host_name = hostname
        return responses

    async def handle_MAIL(
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.answers.get("mail", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        if self.answers.get("data") == "hang up":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return self.answers.get("data", "250 OK")


@contextmanager
def serving(factory: Callable[[], asyncio.Protocol], **options: Any) -> Iterator[int]:
    """A server on a free port of loopback, in a thread of its own; gives the port."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(factory, "127.0.0.1", 0, **options))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


@contextmanager
def mail_server(box: Mailbox, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:
    def factory() -> asyncio.Protocol:
        loop = asyncio.get_running_loop()
        smtp: asyncio.Protocol = SMTP(box, hostname="mail.example.org", loop=loop, **options)
        return smtp

    with serving(factory, ssl=tls) as port:
        yield port
