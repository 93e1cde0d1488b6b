"""A notice through a service that Apprise knows, and what its URLs must look like.

The only importer of Apprise, which takes a quarter of a second to load: it is imported when the
first such channel is checked or used. Its requests are its own, and do not go through our guard.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable
from datetime import timedelta, tzinfo
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from aggregator.core.text import shorten
from aggregator.errors import DeliveryError
from aggregator.notify.hiding import without_address
from aggregator.notify.notices import chat_subject, chat_text
from aggregator.types import Channel, Notice

if TYPE_CHECKING:
    from types import ModuleType

    from apprise import NotifyBase

MOST_TEXT = 3_500
"""Characters of a message; of services that take fewer, it has fewer."""
_SPARE = 40
"""Characters for what a service puts around a message."""
_REASON = 200
_SCHEME = re.compile(r"([A-Za-z0-9][A-Za-z0-9+.-]{0,30})://")
_SERVICES = "https://appriseit.com/services/"


def check(address: str, *, written_out: bool) -> None:
    """Raises ValueError, with a sentence that does not repeat the address, when Apprise cannot send
    to it; or when it holds a secret though it stands in the file itself (`written_out`)."""
    match = _SCHEME.match(address)
    scheme = match[1].lower() if match else ""
    known = _schemes()
    if scheme not in known:
        near = get_close_matches(scheme, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}://?" if near else f"they are listed at {_SERVICES}"
        raise ValueError(f"begins with {scheme}://, which is none of Apprise's services; {hint}")
    service = _service(address)
    if service is None:
        where = _library().plugins.N_MGR[scheme].setup_url or _SERVICES
        raise ValueError(
            f"is no {scheme}:// address that can be used here: a part is missing or wrong, or the"
            f" service needs what this machine lacks; see {where}"
        )
    if written_out and _shown(service, privacy=True) != _shown(service, privacy=False):
        raise ValueError(
            "holds a password or key, which does not belong in this file; put the whole address"
            " into an environment variable and name that, {url_env: NAME}, or into a file,"
            " {url_file: PATH}"
        )


def service_of(url: str) -> tuple[str, str] | None:
    """Of an http(s) address that a service gives out for messages in a form of its own: the
    service's name and where its URL for Apprise is explained; None: of any other address."""
    for plugin in _library().plugins.N_MGR.plugins():
        if plugin.parse_native_url(url):
            return str(plugin.service_name), plugin.setup_url or _SERVICES
    return None


def send(notice: Notice, channel: Channel, *, timezone: tzinfo, timeout: timedelta) -> None:
    """Hand a notice to the service. Blocking. Raises DeliveryError.

    Apprise does not tell what no later try can change from what it can, so that every refusal
    counts as temporary.
    """
    service = _usable(channel.address, what=f"the channel “{channel.name}”", name=channel.name)
    title = chat_subject(notice.content, limit=_title_room(service))
    body = chat_text(notice.content, timezone=timezone, limit=_room(service, title))
    _notify(
        service,
        title,
        body,
        address=channel.address,
        what=f"the channel “{channel.name}”",
        name=channel.name,
        timeout=timeout,
    )


def send_short(text: str, *, name: str, address: str, timeout: timedelta) -> None:
    """Hand over a digest in its short form, the subject in the first line, to the recipient of
    that name. Otherwise as `send`; where a service takes less, whole lines are left off."""
    service = _usable(address, what=f"“{name}”", name=name)
    subject, _, body = text.partition("\n")
    title = shorten(subject, _title_room(service))
    fitting = _cut(body.strip("\n"), _room(service, title))
    _notify(service, title, fitting, address=address, what=f"“{name}”", name=name, timeout=timeout)


def _usable(address: str, *, what: str, name: str) -> NotifyBase:
    service = _service(address)
    if service is None:
        raise DeliveryError(
            f"Apprise cannot use the address of {what}; "
            "`aggregator check` says what is wrong with it.",
            recipient=name,
            permanent=True,
        )
    if "overflow=" not in address:
        # Only for what the service's own markup adds; the text is made to fit.
        service.overflow_mode = _library().OverflowMode.SPLIT
    return service


def _title_room(service: NotifyBase) -> int:
    # A service without titles shows them above the text, of which they are to be a small part.
    return service.title_maxlen or max(service.body_maxlen // 5, 1)


def _room(service: NotifyBase, title: str) -> int:
    return max(min(service.body_maxlen - _SPARE - len(title), MOST_TEXT), _SPARE)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    whole = text[: limit - 1].rpartition("\n")[0]
    return f"{whole}\n…" if whole else shorten(text, limit)


def _notify(
    service: NotifyBase,
    title: str,
    body: str,
    *,
    address: str,
    what: str,
    name: str,
    timeout: timedelta,
) -> None:
    sender = _library().Apprise()
    sender.add(service)
    result = sender.notify(
        title=title,
        body=body,
        body_format=_library().NotifyFormat.TEXT,
        timeout=timeout.total_seconds(),
    )
    if not result:
        said = _said([entry.message for entry in result.logs()], address)
        raise DeliveryError(
            f"{service.service_name} did not take the message for {what}{said}.",
            recipient=name,
            permanent=False,
        )


def _service(address: str) -> NotifyBase | None:
    apprise = _library()
    asset = apprise.AppriseAsset(
        app_id="aggregator",
        app_desc="aggregator",
        app_url="",
        image_url_mask=None,  # nothing is loaded from anywhere
        image_url_logo=None,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    service: NotifyBase | None = apprise.Apprise.instantiate(address, asset=asset)
    return service


def _shown(service: NotifyBase, *, privacy: bool) -> str:
    """The service's own address, with `privacy` without what is secret in it."""
    return str(service.url(privacy=privacy))  # type: ignore[no-untyped-call]


def _said(messages: Iterable[str], address: str) -> str:
    reasons = dict.fromkeys(without_address(one, address).rstrip(". ") for one in messages)
    line = shorten("; ".join(reasons), _REASON)
    return f": {line}" if line else ""


@cache
def _schemes() -> list[str]:
    schemes: list[str] = _library().plugins.N_MGR.schemas()
    return sorted(schemes)


@cache
def _library() -> ModuleType:
    # What they say is in the error that is raised; their own lines may hold parts of addresses.
    for name in ("apprise", "urllib3"):
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.addHandler(logging.NullHandler())

    import apprise  # noqa: PLC0415 - slow to load, and seldom needed

    with warnings.catch_warnings():
        # Some of its services ask for modules that are on their way out of Python.
        warnings.simplefilter("ignore")
        apprise.plugins.N_MGR.schemas()  # type: ignore[no-untyped-call]  # loads them all
    return apprise
