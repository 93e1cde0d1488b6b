"""Mail addresses as message headers and SMTP envelopes can carry them."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses

from aggregator.core.text import clean_line, shorten
from aggregator.errors import DeliveryError


def mailbox(value: str, *, recipient: str, name: str = "") -> Address:
    """An address with or without a name before it; ASCII throughout, IDNA for the domain.

    `name` stands in where the value has none. Raises DeliveryError (permanent, about
    `recipient`) when mail cannot be sent with it.
    """
    address = _parse(value, name)
    if address is None:
        raise DeliveryError(
            f"{shorten(value, 80)!r} is no address that mail can be sent with; "
            "it should look like name@example.org.",
            recipient=recipient,
            permanent=True,
        )
    return address


def _parse(value: str, name: str) -> Address | None:
    found = getaddresses([value])
    if clean_line(value) != value or len(found) != 1:
        return None
    shown, spec = found[0]
    local, _, domain = spec.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
        # As one string, because only then does Address check the part before the @.
        address = Address(display_name=shown or name, addr_spec=f"{local}@{domain}")
    except (MessageError, ValueError, IndexError):  # what the codec and Address raise
        return None
    return address if address.addr_spec.isascii() and local and domain else None
