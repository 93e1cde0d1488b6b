"""A file that is right → Config: defaults filled in, names derived."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from aggregator.config.credentials import HiddenText
from aggregator.config.model import Config, DigestConfig, LogConfig, SmtpConfig, StoriesConfig
from aggregator.config.schema import (
    DigestSection,
    ExtractSection,
    FeedsFile,
    LoginSection,
    SelectSection,
    SmtpSection,
    SourceEntry,
)
from aggregator.core.text import clean_line
from aggregator.core.urls import host_key
from aggregator.types import PageRules, PageSelectors, Source

DEFAULT_STORAGE = "aggregator.db"


def build(file: FeedsFile, folder: Path) -> Config:
    """The meaning of a valid file that lies in `folder`."""
    names = name_sources(file.sources)
    pairs = [
        (entry, _source(entry, name, file)) for entry, name in zip(file.sources, names, strict=True)
    ]
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
        digest=_digest(file.digest),
        smtp=_smtp(file.smtp) if file.smtp else None,
        log=LogConfig(level=file.log.level, format=file.log.format),
        stories=StoriesConfig(
            copy_window=file.stories.copy_window, event_window=file.stories.event_window
        ),
        outlines={entry.url: tuple(entry.opml.items()) for entry in file.sources if entry.opml},
    )


def name_sources(entries: Sequence[SourceEntry]) -> list[str]:
    """The name of each: its own; else the host without "www."; where several would have that
    one, with the first part of the path in which they differ; where that is not enough, a number.
    """
    shared = _shared_segments(entry for entry in entries if not entry.name)
    taken = {entry.name.casefold() for entry in entries if entry.name}
    numbers: Counter[str] = Counter()
    names = []
    for entry in entries:
        name = entry.name
        if not name:
            wanted = name = _derive(entry, shared[_host(entry)])
            while name.casefold() in taken:
                numbers[wanted] += 1
                name = f"{wanted}-{numbers[wanted] + 1}"
            taken.add(name.casefold())
        names.append(name)
    return names


def _host(entry: SourceEntry) -> str:
    return host_key(entry.url).removeprefix("www.")


def _segments(entry: SourceEntry) -> list[str]:
    path = unquote(urlsplit(entry.url).path)
    return [line for part in path.split("/") if (line := clean_line(part))]


def _shared_segments(entries: Iterable[SourceEntry]) -> dict[str, int | None]:
    """With how many equal segments all paths on a host begin; None: there is one feed only."""
    paths: dict[str, list[list[str]]] = {}
    for entry in entries:
        paths.setdefault(_host(entry), []).append(_segments(entry))
    return {
        host: _common(min(group), max(group)) if len(group) > 1 else None
        for host, group in paths.items()
    }


def _common(one: list[str], other: list[str]) -> int:
    """With how many equal segments both begin; for the least and greatest of many: all of them."""
    return next(
        (count for count, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def _derive(entry: SourceEntry, shared: int | None) -> str:
    if shared is None:
        return _host(entry)
    return "/".join([_host(entry), *_segments(entry)[shared : shared + 1]])


def _source(entry: SourceEntry, name: str, file: FeedsFile) -> Source:
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
    )


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


def _digest(section: DigestSection) -> DigestConfig:
    return DigestConfig(
        at=section.at,
        timezone=section.timezone,
        to=tuple(dict.fromkeys(section.to)),
        sender=section.sender,
        title=section.title,
        max_stories=section.max_stories,
        max_items=section.max_items,
        send_empty=section.send_empty,
    )


def _smtp(section: SmtpSection) -> SmtpConfig:
    return SmtpConfig(
        host=section.host,
        port=section.port or section.security.port,
        security=section.security,
        username=section.username,
        password=section.password_env or section.password_file,
    )
