"""An authority whose certificates no system knows."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Authority:
    """A private one, as companies run them."""

    ca_file: Path
    leaf: Path
    """Certificate and key for localhost, news.example.org, 127.0.0.1 and ::1."""

    def server(self, *, alpn: tuple[str, ...] = ()) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.leaf)
        if alpn:
            context.set_alpn_protocols(list(alpn))
        return context
