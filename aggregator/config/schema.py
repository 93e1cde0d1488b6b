"""What feeds.yaml may say: every key, its kind, its bounds and its default.

The only module that imports pydantic. Each key is described in docs/configuration.md and shown in
feeds.template.yaml; tests compare all three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from aggregator.config import channels, credentials, databases, digests, values, watches, web
from aggregator.config.channels import ChannelAddress
from aggregator.config.model import LogFormat, LogLevel, SmtpSecurity
from aggregator.config.tree import Loc
from aggregator.config.values import Surroundings, durations, numbers, sizes, whole_numbers
from aggregator.config.web import ImagePolicy, Listen, WebConfig
from aggregator.core.durations import parse_size
from aggregator.types import (
    ChannelKind,
    Database,
    DigestTarget,
    PagePolicy,
    QuietHours,
    Rate,
    WatchPer,
)


def _around(
    read: Callable[[object, Surroundings], object],
) -> Callable[[object, ValidationInfo], object]:
    """For values that depend on the environment or on the folder of the file."""

    def validate(value: object, info: ValidationInfo) -> object:
        assert isinstance(info.context, Surroundings)  # noqa: S101 - narrows the type; `check` gives it
        return read(value, info.context)

    return validate


Name = Annotated[str, PlainValidator(values.name)]
Text = Annotated[str, PlainValidator(values.text)]
Tag = Annotated[str, PlainValidator(values.tag)]
Url = Annotated[str, PlainValidator(values.url)]
Language = Annotated[str, PlainValidator(values.language)]
Flag = Annotated[bool, PlainValidator(values.flag)]
Pages = Annotated[PagePolicy, PlainValidator(values.one_of(PagePolicy))]
PollInterval = Annotated[timedelta, PlainValidator(durations("1m", "7d"))]
Window = Annotated[timedelta, PlainValidator(durations("1h", "90d"))]
Size = Annotated[int, PlainValidator(sizes("10kB", "1GiB"))]
Count = Annotated[int, PlainValidator(whole_numbers(1, 1000))]
HeaderName = Annotated[str, PlainValidator(credentials.header_name)]
HeaderValue = Annotated[str, PlainValidator(_around(credentials.header_value))]
FromEnvironment = Annotated[str, PlainValidator(_around(credentials.secret_from_environment))]
Proxy = Annotated[str, PlainValidator(_around(credentials.proxy))]
Selector = Annotated[str, PlainValidator(values.selector)]
ElementRule = Annotated[str, PlainValidator(values.element_rule)]
ElementRules = Annotated[tuple[ElementRule, ...], BeforeValidator(values.one_or_more)]
Rule = Annotated[str, PlainValidator(values.rule)]
Rules = Annotated[tuple[Rule, ...], BeforeValidator(values.one_or_more)]
SourceNames = Annotated[tuple[Name, ...], BeforeValidator(values.all_or_some)]
CookieName = Annotated[str, PlainValidator(credentials.cookie_name)]
CookieValue = Annotated[str, PlainValidator(_around(credentials.cookie_value))]
AttributeName = Annotated[str, PlainValidator(values.attribute_name)]
OneLine = Annotated[str, PlainValidator(values.any_line)]
FromFile = Annotated[str, PlainValidator(_around(credentials.secret_from_file))]
ChannelName = Annotated[str, PlainValidator(channels.channel_name)]
Written = Annotated[ChannelAddress, PlainValidator(_around(channels.written_address))]
AddressFromEnvironment = Annotated[
    ChannelAddress, PlainValidator(_around(channels.address_from_environment))
]
AddressFromFile = Annotated[ChannelAddress, PlainValidator(_around(channels.address_from_file))]
SigningFromEnvironment = Annotated[
    str, PlainValidator(_around(channels.signing_secret_from_environment))
]
SigningFromFile = Annotated[str, PlainValidator(_around(channels.signing_secret_from_file))]
Recipient = Annotated[str, PlainValidator(_around(channels.recipient))]
Recipients = Annotated[tuple[Recipient, ...], BeforeValidator(values.one_or_more)]
Target = Annotated[DigestTarget | str, PlainValidator(_around(digests.target))]
Targets = Annotated[tuple[Target, ...], BeforeValidator(values.one_or_more)]
TimeOfDay = Annotated[time, PlainValidator(values.time_of_day)]
Hours = Annotated[
    tuple[TimeOfDay, ...],
    BeforeValidator(values.one_or_more),
    AfterValidator(digests.in_order),
]
Days = Annotated[frozenset[int], PlainValidator(digests.days)]
DigestLanguage = Annotated[str, PlainValidator(digests.language)]


class Section(BaseModel):
    """A group of keys. An unknown one is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class LoginSection(Section):
    """HTTP Basic authentication."""

    username: Annotated[str, PlainValidator(credentials.user_name)]
    password_env: FromEnvironment | None = None
    password_file: FromFile | None = None
    """One of the two is given."""


class SelectSection(Section):
    """CSS selectors of a page without a feed."""

    item: Selector
    title: Selector | None = None
    link: Selector | None = None
    date: Selector | None = None
    summary: Selector | None = None


class ExtractSection(Section):
    """How a source's article pages are asked for and read."""

    body: ElementRules = ()
    title: Rules = ()
    author: Rules = ()
    date: Rules = ()
    remove: ElementRules = ()
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    cookies: dict[CookieName, CookieValue] = Field(default_factory=dict)


class SourceEntry(Section):
    """One entry of `sources`: an address, or a group of keys."""

    url: Url
    name: Name | None = None
    tags: tuple[Tag, ...] = ()
    language: Language | None = None
    interval: PollInterval | None = None
    pages: Pages | None = None
    weight: Annotated[float, PlainValidator(numbers(0, 100))] = 1.0
    stories: Flag = True
    never_join: SourceNames = ()
    max_interval: PollInterval | None = None
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    login: LoginSection | None = None
    proxy: Proxy | None = None
    respect_robots: Flag = True
    select: SelectSection | None = None
    extract: ExtractSection | None = None
    opml: dict[AttributeName, OneLine] = Field(default_factory=dict)
    paused: Flag = False

    @model_validator(mode="before")
    @classmethod
    def _from_address(cls, value: object) -> object:
        return {"url": value} if isinstance(value, str) else value


class SectionEntry(Section):
    """One entry of a digest's `sections`: a text such as tag:world, or a group of keys."""

    tag: Tag | None = None
    watch: Name | None = None
    query: Annotated[str | None, PlainValidator(digests.section_query)] = None
    """One of the three is given."""
    title: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        return digests.section_from_text(value)

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        given = [key for key in ("tag", "watch", "query") if getattr(self, key) is not None]
        if len(given) != 1:
            what = f"has {' and '.join(given)}; keep" if given else "is about nothing; give"
            raise ValueError(f"{what} one of tag, watch and query")
        if given == ["query"] and self.title is None:
            raise ValueError("needs a title, title: Floods and droughts, for it has only a search")
        return self


class DigestSection(Section):
    at: Hours = (time(7),)
    days: Days = frozenset(range(7))
    timezone: Annotated[ZoneInfo, PlainValidator(values.timezone)] = ZoneInfo("UTC")
    to: Targets = ()
    sender: Annotated[str | None, PlainValidator(values.sender), Field(alias="from")] = None
    title: Name = "News digest"
    language: DigestLanguage = "en"
    query: Annotated[str, PlainValidator(digests.query)] = ""
    tags: tuple[Tag, ...] = ()
    sections: tuple[SectionEntry, ...] = ()
    max_stories: Count = 20
    max_items: Count = 40
    send_empty: Flag = False
    images: Flag = False
    unsubscribe: Annotated[str | None, PlainValidator(digests.unsubscribe)] = None


class DigestEntry(DigestSection):
    """One entry of `digests`. What it does not say is as in the section `digest`; its defaults
    are not used."""

    name: Name


class SmtpSection(Section):
    host: Annotated[str, PlainValidator(values.host_name)]
    port: Annotated[int | None, PlainValidator(whole_numbers(1, 65_535))] = None
    security: Annotated[SmtpSecurity, PlainValidator(values.one_of(SmtpSecurity))] = (
        SmtpSecurity.STARTTLS
    )
    username: Text | None = None
    password_env: FromEnvironment | None = None
    password_file: FromFile | None = None


class LogSection(Section):
    level: Annotated[LogLevel, PlainValidator(values.one_of(LogLevel))] = LogLevel.INFO
    format: Annotated[LogFormat, PlainValidator(values.one_of(LogFormat))] = LogFormat.AUTO


class StoriesSection(Section):
    copy_window: Window = timedelta(days=14)
    event_window: Window = timedelta(days=5)


class ChannelSection(Section):
    """One entry of `channels`: an address, or a group of keys."""

    url: Written | None = None
    url_env: AddressFromEnvironment | None = None
    url_file: AddressFromFile | None = None
    """One of the three is given."""
    secret_env: SigningFromEnvironment | None = None
    secret_file: SigningFromFile | None = None

    @property
    def address(self) -> ChannelAddress:
        found = self.url or self.url_env or self.url_file
        assert found is not None  # noqa: S101 - rules: there is one
        return found

    @property
    def secret(self) -> str | None:
        return self.secret_env or self.secret_file

    @model_validator(mode="before")
    @classmethod
    def _from_address(cls, value: object) -> object:
        return {"url": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _signed(self) -> Self:
        given = self.url or self.url_env or self.url_file
        is_webhook = given is None or given.unread or given.kind is ChannelKind.WEBHOOK
        if self.secret and not is_webhook:
            raise ValueError("is no webhook, and only those are signed; remove its secret")
        return self


class WatchEntry(Section):
    """One entry of `watches`."""

    name: Name
    query: Text | None = None
    to: Recipients = ()
    """Empty: it sends nothing."""
    per: Annotated[WatchPer, PlainValidator(values.one_of(WatchPer))] = WatchPer.ARTICLE
    at_most: Annotated[Rate | None, PlainValidator(watches.rate)] = None
    quiet: Annotated[QuietHours | None, PlainValidator(watches.quiet_hours)] = None
    timezone: Annotated[ZoneInfo | None, PlainValidator(values.timezone)] = None
    silent: Annotated[timedelta | None, PlainValidator(durations("1h", "90d"))] = None


class ProxySection(Section):
    """A proxy that says who asks."""

    header: Annotated[str, PlainValidator(web.proxy_header)] = "Remote-User"
    sources: Annotated[
        tuple[Annotated[IPv4Network | IPv6Network, PlainValidator(web.network)], ...],
        BeforeValidator(values.one_or_more),
        AfterValidator(web.any_network),
        Field(alias="from"),
    ]


class WebSection(Section):
    """The page."""

    listen: Annotated[Listen | None, PlainValidator(web.listen)] = WebConfig().listen
    url: Annotated[str | None, PlainValidator(web.own_url)] = None
    hosts: Annotated[
        tuple[Annotated[str, PlainValidator(web.host)], ...], BeforeValidator(values.one_or_more)
    ] = ()
    proxy: ProxySection | None = None
    images: Annotated[ImagePolicy, PlainValidator(values.one_of(ImagePolicy))] = ImagePolicy.PROXY
    title: Name = WebConfig().title


class FeedsFile(Section):
    """The whole file."""

    sources: tuple[SourceEntry, ...]
    storage: Annotated[Database | None, PlainValidator(_around(databases.database))] = None
    interval: PollInterval = timedelta(minutes=30)
    pages: Pages = PagePolicy.AUTO
    host_delay: Annotated[timedelta, PlainValidator(durations("0s", "10m"))] = timedelta(seconds=1)
    concurrency: Annotated[int, PlainValidator(whole_numbers(1, 200))] = 20
    timeout: Annotated[timedelta, PlainValidator(durations("1s", "10m"))] = timedelta(seconds=30)
    lease: Annotated[timedelta, PlainValidator(durations("2s", "1d"))] = timedelta(minutes=10)
    keep_pages: Annotated[timedelta, PlainValidator(durations("0s", "90d"))] = timedelta(days=7)
    max_feed_size: Size = parse_size("16MiB")
    max_page_size: Size = parse_size("10MiB")
    max_interval: PollInterval = timedelta(hours=2)
    allow: tuple[Annotated[str, PlainValidator(values.allowed)], ...] = ()
    proxy: Proxy | None = None
    ca_file: Annotated[Path | None, PlainValidator(_around(credentials.certificates))] = None
    contact: Annotated[str | None, PlainValidator(values.contact)] = None
    digest: DigestSection = DigestSection()
    digests: tuple[DigestEntry, ...] = ()
    smtp: SmtpSection | None = None
    log: LogSection = LogSection()
    stories: StoriesSection = StoriesSection()
    channels: dict[ChannelName, ChannelSection] = Field(default_factory=dict)
    watches: tuple[WatchEntry, ...] = ()
    web: WebSection = WebSection()


ANY_NAME = "*"
"""In a path to a section: a name of the user's own stands there."""

SECTIONS: dict[Loc, type[Section]] = {
    (): FeedsFile,
    ("sources",): SourceEntry,
    ("sources", "login"): LoginSection,
    ("sources", "select"): SelectSection,
    ("sources", "extract"): ExtractSection,
    ("digest",): DigestSection,
    ("digest", "sections"): SectionEntry,
    ("digests",): DigestEntry,
    ("digests", "sections"): SectionEntry,
    ("smtp",): SmtpSection,
    ("log",): LogSection,
    ("stories",): StoriesSection,
    ("channels", ANY_NAME): ChannelSection,
    ("watches",): WatchEntry,
    ("web",): WebSection,
    ("web", "proxy"): ProxySection,
}
"""By the path to the section, list positions left out."""


def place_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """The path to a key as `SECTIONS` has it, from that in a file."""
    if names[0] == "channels" and len(names) > 1:
        return (names[0], ANY_NAME, *names[2:])
    return names


def keys(section: type[Section]) -> list[str]:
    """The keys of a section as they are written in the file."""
    return [field.alias or name for name, field in section.model_fields.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """Where the data and the schema disagree."""

    loc: Loc
    code: str
    """pydantic's name for the error."""
    message: str


def check(data: object, around: Surroundings) -> tuple[FeedsFile | None, list[Mismatch]]:
    """The file's contents with defaults; None when there is a mismatch, and then all of them."""
    try:
        return FeedsFile.model_validate(data, context=around), []
    except ValidationError as error:
        found = [
            Mismatch(
                loc=detail["loc"],
                code=detail["type"],
                message=str(detail.get("ctx", {}).get("error") or detail["msg"]),
            )
            for detail in error.errors(include_url=False, include_input=False)
        ]
        return None, found
