"""Which hosts there are: one table, and how each kind is made."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from aggregator.types import PagePolicy, PageSelectors, Source
from sim import rhythms
from sim.clock import START
from sim.feeds import Feed, Form, Item, Validators, Wish
from sim.rhythms import DAY, HOUR, Rhythm
from sim.sites import (
    FOREVER,
    NAMED_BY,
    Act,
    Phase,
    Resource,
    Site,
    Web,
    breaks_off,
    nobody,
    redirects,
    says,
    shows_a_page,
    slow,
    throttles,
    unreadable,
)

MINUTE = timedelta(minutes=1)
PAST = 14 * DAY
"""Feeds have published for so long when the simulation begins."""
EVENTFUL = 10 * DAY
"""Whatever happens to a host happens within that time."""
INTERVAL, MAX_INTERVAL = 30 * MINUTE, 4 * HOUR
"""The defaults of the configuration."""
RELOAD_AT = START + 7 * DAY
"""When feeds.yaml is changed and read again."""

_ROTATION = (
    Validators.BOTH,
    Validators.ETAG,
    Validators.LAST_MODIFIED,
    Validators.NONE,
    Validators.WEAK,
)
# Mostly the form that is read quickest: reading is not what is tried here.
_FORMS = (Form.JSON, Form.RSS, Form.JSON, Form.JSON, Form.ATOM, Form.JSON, Form.JSON)
_RHYTHMS = (rhythms.hourly, rhythms.daily, rhythms.newsroom)
_SLOW_RHYTHMS = (rhythms.daily, rhythms.hourly, rhythms.weekly, rhythms.daily)
"""For few hosts, quickly."""


@dataclass(slots=True, kw_only=True)
class Member:
    """A source, with what it follows."""

    source: Source
    kind: str
    feed: Feed
    later: Source | None = None
    """What feeds.yaml says from RELOAD_AT on; None: the same."""
    twin: str | None = None
    """The source that it becomes one with; None: it stays by itself."""

    @property
    def reread(self) -> bool:
        """Whether other items are to be seen in it from RELOAD_AT on."""
        return self.later is not None and self.later.selectors != self.source.selectors


@dataclass(slots=True, kw_only=True)
class Desk:
    """What a host is made with."""

    kind: str
    number: int
    """Of its kind."""
    days: int
    dice: random.Random
    usual: tuple[Rhythm, ...]
    """These alternate, where no rhythm is asked for."""
    keep: int
    """Items that a feed shows, where nothing else is asked for."""
    members: list[Member] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"{self.kind.lower().replace(' ', '-')}-{self.number}.example.com"

    @property
    def away(self) -> str:
        """Where it moves to."""
        return self.host.replace(".com", ".org")

    @property
    def shift(self) -> timedelta:
        """What happens to a kind happens to each of its hosts at another time."""
        spare = timedelta(days=self.days) - EVENTFUL
        return spare * self.dice.random()

    def feed(self, rhythm: Rhythm | None = None, **changes: object) -> Feed:
        """Of a form, rhythm and validators that alternate, where nothing else is asked for."""
        found = (rhythm or self.usual[self.number % len(self.usual)])(
            self.dice, START - PAST, START + timedelta(days=self.days)
        )
        # Dates have whole seconds, in feeds and in validators.
        times = sorted({at.replace(microsecond=0) for at in found})
        members = len(self.members) or ""
        given: dict[str, Any] = {
            "name": f"{self.kind} {self.number} {members}".strip().title(),
            "home": self.host,
            "items": [Item(number=n, at=at) for n, at in enumerate(times)],
            "form": _FORMS[self.number % 7],
            "validators": _ROTATION[self.number % 5],
            "keep": self.keep,
        }
        return Feed(**(given | changes))

    def follow(self, feed: Feed, path: str = "/feed", **changes: object) -> Member:
        source = Source(
            name=feed.name,
            url=f"https://{self.host}{path}",
            interval=INTERVAL,
            max_interval=MAX_INTERVAL,
            pages=PagePolicy.NEVER,
            headers=((NAMED_BY, feed.name),),
        )
        source = replace(source, **changes)  # type: ignore[arg-type]  # fields of it
        member = Member(source=source, kind=self.kind, feed=feed)
        self.members.append(member)
        return member

    def site(self, feed: Feed, *phases: Phase, host: str | None = None) -> Site:
        resource = Resource(feed=feed, phases=phases)
        site = Site(host=host or self.host, resources={"/feed": resource})
        self.sites.append(site)
        return site


Build = Callable[[Desk], None]


def plain(rhythm: Rhythm | None = None, **changes: object) -> Build:
    def build(desk: Desk) -> None:
        feed = desk.feed(rhythm, **changes)
        desk.follow(feed)
        desk.site(feed)

    return build


def during(
    act: Act,
    begin: timedelta,
    end: timedelta | None = None,
    *,
    rhythm: Rhythm | None = None,
    **changes: object,
) -> Build:
    """Something goes wrong from one time to another (None: for good)."""

    def build(desk: Desk) -> None:
        feed, since = desk.feed(rhythm, **changes), START + desk.shift
        until = FOREVER if end is None else since + end
        desk.follow(feed)
        desk.site(feed, Phase(begin=since + begin, end=until, act=act))

    return build


def moves(*, chain: bool = False, dies: bool = False, status: int = 301) -> Build:
    """For good, on the second day; the old address dies four days later."""

    def build(desk: Desk) -> None:
        feed, begin = desk.feed(), START + desk.shift + 2 * DAY
        target = f"https://{desk.away}/feed"
        step = f"https://www.{desk.away}/feed" if chain else target
        end = begin + 4 * DAY if dies else FOREVER
        desk.follow(feed)
        desk.site(
            feed,
            Phase(begin=begin, end=end, act=redirects(step, status)),
            Phase(begin=end, end=FOREVER, act=nobody),
        )
        desk.site(feed, Phase(begin=begin, end=FOREVER, act=redirects(target, 308)),
                  host=f"www.{desk.away}")  # fmt: skip
        desk.site(feed, host=desk.away)

    return build


def visits(desk: Desk) -> None:
    """It is elsewhere for a week."""
    feed, begin = desk.feed(), START + desk.shift + 2 * DAY
    away = redirects(f"https://{desk.away}/feed", (302, 307)[desk.number % 2])
    desk.follow(feed)
    desk.site(feed, Phase(begin=begin, end=begin + 7 * DAY, act=away))
    desk.site(feed, host=desk.away)


def merges(desk: Desk) -> None:
    """Two sources; on the third day one moves to where the other one is."""
    feed, begin = desk.feed(), START + desk.shift + 3 * DAY
    kept = desk.follow(feed)
    old = replace(kept.source, name=f"{feed.name} Old", url=f"https://old.{desk.host}/feed")
    old = replace(old, headers=((NAMED_BY, old.name),))
    desk.members.append(
        Member(source=old, kind=desk.kind, feed=feed, twin=kept.source.name),
    )
    desk.site(feed)
    act = redirects(kept.source.url)
    desk.site(feed, Phase(begin=begin, end=FOREVER, act=act), host=f"old.{desk.host}")


def watched(desk: Desk) -> None:
    """A page without a feed; on the fifth day its markup changes, on the seventh we notice."""
    feed = desk.feed(form=Form.PAGE, new_markup_at=START + 5 * DAY)
    member = desk.follow(feed, selectors=PageSelectors(item="article.story"))
    member.later = replace(member.source, selectors=PageSelectors(item="div.card"))
    desk.site(feed, Phase(begin=START + 5 * DAY, end=RELOAD_AT, act=unreadable))


def edits(desk: Desk) -> None:
    """Every third item is corrected within a day."""
    feed = desk.feed()
    items = [
        replace(item, edited_at=(item.at + DAY * desk.dice.random()).replace(microsecond=0))
        if item.number % 3 == 0
        else item
        for item in feed.items
    ]
    edited = desk.feed(items=items)
    desk.follow(edited)
    desk.site(edited)


def relaunches(desk: Desk) -> None:
    """A page in place of the feed for two days; then it is back, with other GUIDs."""
    begin = START + desk.shift + 3 * DAY
    feed = desk.feed(new_guids_at=begin)
    desk.follow(feed)
    desk.site(feed, Phase(begin=begin, end=begin + 2 * DAY, act=shows_a_page))


def dawdles(desk: Desk) -> None:
    """In the afternoon its answers take minutes."""
    feed = desk.feed()
    noon = [START + DAY * n + 13 * HOUR for n in range(desk.days)]
    act = slow(3 * MINUTE)
    desk.follow(feed)
    desk.site(feed, *(Phase(begin=at, end=at + 4 * HOUR, act=act) for at in noon))


def family(desk: Desk) -> None:
    """Twenty feeds of one host."""
    resources = {}
    for n in range(20):
        # Their articles have addresses of their own.
        feed = desk.feed((rhythms.daily, rhythms.weekly)[n % 2], home=f"{desk.host}/section-{n}")
        desk.follow(feed, f"/feed/{n}", max_interval=2 * MAX_INTERVAL)
        resources[f"/feed/{n}"] = Resource(feed=feed)
    desk.sites.append(Site(host=desk.host, resources=resources))


ROBOTS = (
    "User-agent: *\nDisallow: /news/1\n",
    "User-agent: *\nCrawl-delay: 20\n",
    404,
    503,
)


def with_pages(desk: Desk) -> None:
    """The feed has teasers only, and its site a robots.txt or none."""
    feed = desk.feed(rhythms.hourly)
    desk.follow(feed, pages=PagePolicy.AUTO)
    desk.site(feed).robots = ROBOTS[desk.number % 4]


def reset(desk: Desk) -> None:
    """Its interval is shortened in feeds.yaml, or lengthened."""
    feed = desk.feed()
    member = desk.follow(feed)
    interval = (20 * MINUTE, HOUR)[desk.number % 2]
    member.later = replace(member.source, interval=interval, tags=("changed",))
    desk.site(feed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    name: str
    hosts: int
    """Of 200."""
    build: Build


def _kinds() -> Iterator[Kind]:
    def kind(name: str, hosts: int, build: Build) -> Kind:
        return Kind(name=name, hosts=hosts, build=build)

    yield kind("newsroom", 22, plain(rhythms.newsroom))
    yield kind("hourly", 22, plain(rhythms.hourly))
    yield kind("daily", 22, plain(rhythms.daily))
    yield kind("weekly", 14, plain(rhythms.weekly))
    yield kind("bursts", 8, plain(rhythms.bursts, keep=30))
    yield kind("silent", 6, plain(rhythms.silent))
    yield kind("touched", 5, plain(validators=Validators.TOUCH))
    yield kind("renewing", 5, plain(validators=Validators.RENEWING))
    yield kind("moved", 5, moves())
    yield kind("moved by steps", 3, moves(chain=True))
    yield kind("moved then gone", 3, moves(dies=True, status=308))
    yield kind("merged", 3, merges)
    yield kind("away a week", 4, visits)
    yield kind("gone", 4, during(says(410), 4 * DAY))
    yield kind("missing 3 days", 4, during(says(404), 3 * DAY, 6 * DAY))
    yield kind("broken a day", 4, during(says(500), 4 * DAY, 5 * DAY))
    yield kind("lost", 3, during(nobody, 4 * DAY))
    yield kind("throttling", 3, _throttles(pause=HOUR))
    yield kind("throttling by date", 2, _throttles(pause=90 * MINUTE, dated=True))
    yield kind("throttling without", 3, _throttles(pause=None))
    yield kind("overloaded", 3, _throttles(pause=HOUR, status=503))
    yield kind("relaunched", 6, relaunches)
    yield kind("watched page", 4, watched)
    yield kind("slow", 5, dawdles)
    yield kind("max-age", 5, plain(rhythms.hourly, wish=Wish(max_age=2 * HOUR, age=10 * MINUTE)))
    yield kind("Expires", 3, plain(rhythms.hourly, wish=Wish(expires=HOUR)))
    yield kind("ttl", 4, plain(rhythms.hourly, wish=Wish(ttl=90 * MINUTE), form=Form.RSS))
    yield kind("skipHours", 3, plain(wish=Wish(skip_hours=(0, 1, 2, 3, 4, 5)), form=Form.RSS))
    yield kind("skipDays", 2, plain(wish=Wish(skip_days=("Saturday", "Sunday")), form=Form.RSS))
    yield kind("truncated", 5, during(breaks_off(0.2), timedelta(), form=Form.RSS))
    yield kind("edited", 5, edits)
    yield kind("20 feeds", 2, family)
    yield kind("with pages", 4, with_pages)
    yield kind("reconfigured", 4, reset)


def _throttles(*, pause: timedelta | None, dated: bool = False, status: int = 429) -> Build:
    """When it is asked again within forty minutes."""
    act = throttles(40 * MINUTE, status=status, pause=pause, dated=dated)
    return during(act, timedelta(), rhythm=rhythms.hourly)


KINDS = tuple(_kinds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    days: int
    seed: int
    members: tuple[Member, ...]
    web: Web

    @property
    def end(self) -> datetime:
        return START + timedelta(days=self.days)

    def sources(self, at: datetime) -> list[Source]:
        """What feeds.yaml says."""
        return [
            (member.later or member.source) if at >= RELOAD_AT else member.source
            for member in self.members
        ]


def cast(
    *, days: int, seed: int = 5, few: bool = False, only: Collection[str] | None = None
) -> Scenario:
    """All hosts of the table, or one of each kind; `only` of these kinds."""
    members: list[Member] = []
    sites: list[Site] = []
    for place, kind in enumerate(KINDS):
        if only is not None and kind.name not in only:
            continue
        # Of few, each has another number, so that all forms and validators are among them.
        for number in [place] if few else range(kind.hosts):
            dice = random.Random(f"{seed} {kind.name} {number}")
            desk = Desk(
                kind=kind.name,
                number=number,
                days=days,
                dice=dice,
                usual=_SLOW_RHYTHMS if few else _RHYTHMS,
                keep=12 if few else 20,
            )
            kind.build(desk)
            members += desk.members
            sites += desk.sites
    return Scenario(days=days, seed=seed, members=tuple(members), web=Web(sites))
