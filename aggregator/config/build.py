"""A file that is right → Config: defaults filled in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from aggregator.config.channels import kind_of
from aggregator.config.credentials import HiddenText
from aggregator.config.digest_build import digests_of
from aggregator.config.excerpt import DEFAULT_STORAGE
from aggregator.config.model import Config, LogConfig, SmtpConfig, StoriesConfig
from aggregator.config.naming import name_sources
from aggregator.config.schema import (
    ExtractSection,
    FeedsFile,
    LoginSection,
    SelectSection,
    SmtpSection,
    SourceEntry,
    WatchEntry,
    WebSection,
)
from aggregator.config.web import TrustedProxy, WebConfig
from aggregator.types import (
    Channel,
    Manners,
    PageRules,
    PageSelectors,
    Source,
    Watch,
)


def build(file: FeedsFile, folder: Path) -> Config:
    """The meaning of a valid file that lies in `folder`."""
    names = name_sources([(entry.name, entry.url) for entry in file.sources])
    pairs = [
        (entry, _source(entry, name, file, names))
        for entry, name in zip(file.sources, names, strict=True)
    ]
    channels = _channels(file)
    digest, digests = digests_of(file, channels)
    return Config(
        storage=file.storage or folder / DEFAULT_STORAGE,
        sources=tuple(source for entry, source in pairs if not entry.paused),
        paused=tuple(source for entry, source in pairs if entry.paused),
        interval=file.interval,
        max_interval=file.max_interval,
        pages=file.pages,
        host_delay=file.host_delay,
        concurrency=file.concurrency,
        timeout=file.timeout,
        lease=file.lease,
        keep_pages=file.keep_pages,
        max_feed_size=file.max_feed_size,
        max_page_size=file.max_page_size,
        allow=file.allow,
        proxy=file.proxy or None,
        ca_file=file.ca_file,
        contact=file.contact,
        digest=digest,
        digests=digests,
        smtp=_smtp(file.smtp) if file.smtp else None,
        log=LogConfig(level=file.log.level, format=file.log.format),
        stories=StoriesConfig(
            copy_window=file.stories.copy_window, event_window=file.stories.event_window
        ),
        channels=channels,
        watches=tuple(_watch(entry, file, channels) for entry in file.watches),
        web=_web(file.web),
        outlines={entry.url: tuple(entry.opml.items()) for entry in file.sources if entry.opml},
    )


def _source(entry: SourceEntry, name: str, file: FeedsFile, names: Sequence[str]) -> Source:
    interval = entry.interval or file.interval
    return Source(
        name=name,
        url=entry.url,
        tags=tuple(dict.fromkeys(entry.tags)),
        language=entry.language,
        interval=interval,
        max_interval=max(interval, entry.max_interval or file.max_interval),
        pages=entry.pages or file.pages,
        weight=entry.weight,
        headers=(*_login(entry.login), *entry.headers.items()),
        respect_robots=entry.respect_robots,
        proxy=entry.proxy,
        selectors=_selectors(entry.select),
        rules=_rules(entry.extract),
        manners=_manners(entry, names),
    )


def _manners(entry: SourceEntry, names: Sequence[str]) -> Manners:
    """`names` are those of all sources, as they are written where they are given."""
    known = {name.casefold(): name for name in names}
    never = frozenset(known.get(name.casefold(), name) for name in entry.never_join)
    return Manners(grouped=entry.stories, never_join=frozenset("*") if "*" in never else never)


def _login(section: LoginSection | None) -> tuple[tuple[str, str], ...]:
    """RFC 7617, in UTF-8."""
    if section is None:
        return ()
    login = f"{section.username}:{section.password_env or section.password_file}"
    token = b64encode(login.encode()).decode("ascii")
    return (("Authorization", HiddenText(f"Basic {token}")),)


def _selectors(section: SelectSection | None) -> PageSelectors | None:
    return None if section is None else PageSelectors(**section.model_dump())


def _rules(section: ExtractSection | None) -> PageRules | None:
    """None also for a section that says nothing."""
    if section is None:
        return None
    # Not as HiddenText, which the codec does not know: the field never shows in a repr.
    headers = [*section.headers.items(), *_cookies(section.cookies)]
    rules = PageRules(
        body=section.body,
        title=section.title,
        author=section.author,
        date=section.date,
        remove=section.remove,
        headers=tuple((name, str(value)) for name, value in headers),
    )
    return None if rules == PageRules() else rules


def _cookies(cookies: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """As one header (RFC 6265)."""
    pairs = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return (("Cookie", pairs),) if cookies else ()


def _smtp(section: SmtpSection) -> SmtpConfig:
    return SmtpConfig(
        host=section.host,
        port=section.port or section.security.port,
        security=section.security,
        username=section.username,
        password=section.password_env or section.password_file,
    )


def _channels(file: FeedsFile) -> tuple[Channel, ...]:
    found = {
        _channel_key(name): Channel(
            name=name,
            kind=section.address.kind,
            address=section.address.text,
            secret=section.secret,
        )
        for name, section in file.channels.items()
    }
    for name in (name for entry in file.watches for name in entry.to):
        if _channel_key(name) not in found:
            address = Channel(name=name, kind=kind_of(name), address=name)
            found[_channel_key(name)] = address
    return tuple(found.values())


def _channel_key(name: str) -> str:
    """Of two URLs that differ by case each may be a room of its own."""
    return name if "://" in name else name.casefold()


def _watch(entry: WatchEntry, file: FeedsFile, channels: tuple[Channel, ...]) -> Watch:
    names = {_channel_key(channel.name): channel.name for channel in channels}
    zone = entry.timezone or file.digest.timezone
    return Watch(
        name=entry.name,
        query=entry.query or "",
        per=entry.per,
        to=tuple(dict.fromkeys(names[_channel_key(name)] for name in entry.to)),
        at_most=entry.at_most,
        quiet=replace(entry.quiet, timezone=zone.key) if entry.quiet else None,
        silent=entry.silent,
    )


def _web(section: WebSection) -> WebConfig:
    proxy = section.proxy
    return WebConfig(
        listen=section.listen,
        url=section.url,
        hosts=section.hosts,
        proxy=TrustedProxy(header=proxy.header, sources=proxy.sources) if proxy else None,
        images=section.images,
        title=section.title,
    )
