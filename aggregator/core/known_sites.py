"""Where well-known sites and publishing systems keep their feeds.

Sites are told by their address, systems by what they leave in their pages. Nothing here is
certain: every address is a guess, to be tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

HEAD = 300_000
"""Characters of a page in which its system is looked for."""


class Guess(NamedTuple):
    url: str
    why: str
    """A sentence."""


class _Site(NamedTuple):
    name: str
    host: str
    """Pattern of the whole host, in lower case, without "www."."""
    path: str
    """Pattern of the beginning of path and query."""
    feeds: tuple[str, ...]
    """Absolute, or below the host; {1} and {2} are the path's groups."""


class _System(NamedTuple):
    name: str
    mark: str
    """Pattern of what it leaves in its pages."""
    feeds: tuple[str, ...] = ()
    """Below the site's root."""
    beside: tuple[str, ...] = ()
    """What is put behind the page's own path, whose last slash is left out."""
    only: str = ""
    """Pattern of the paths for which `beside` holds; empty: any but the root."""


_NO_OWNERS = (
    "topics|features|orgs|sponsors|settings|marketplace|explore|about|search|login|collections"
    "|enterprise|pricing|trending|apps"
)

_SITES = tuple(
    _Site(*site)
    for site in (
        (
            "YouTube",
            r"(?:m\.)?youtube\.com",
            r"/channel/(UC[\w-]{22})",
            ("https://www.youtube.com/feeds/videos.xml?channel_id={1}",),
        ),
        (
            "YouTube",
            r"(?:m\.)?youtube\.com",
            r"/user/([\w.-]+)",
            ("https://www.youtube.com/feeds/videos.xml?user={1}",),
        ),
        (
            "YouTube",
            r"(?:m\.)?youtube\.com",
            r"/(?:playlist|watch)\?(?:[^#]*&)?list=([\w-]+)",
            ("https://www.youtube.com/feeds/videos.xml?playlist_id={1}",),
        ),
        (
            "Reddit",
            r"(?:(?:old|new|np)\.)?reddit\.com",
            r"/r/([\w+-]+)",
            ("https://www.reddit.com/r/{1}/.rss",),
        ),
        (
            "Reddit",
            r"(?:(?:old|new|np)\.)?reddit\.com",
            r"/u(?:ser)?/([\w-]+)",
            ("https://www.reddit.com/user/{1}/.rss",),
        ),
        (
            "GitHub",
            r"github\.com",
            rf"/(?!(?:{_NO_OWNERS})/)([\w-]+)/([\w.-]+?)(?:\.git)?(?:[/?]|\Z)",
            ("/{1}/{2}/releases.atom", "/{1}/{2}/tags.atom", "/{1}/{2}/commits.atom"),
        ),
        ("GitHub", r"github\.com", r"/([\w-]+)/?\Z", ("/{1}.atom",)),
        (
            "GitLab",
            r"gitlab\.(?:[\w.-]+)",
            r"/((?:[\w.-]+/)+?[\w.-]+?)(?:/-/|/?\Z)",
            ("/{1}/-/releases.atom", "/{1}/-/tags?format=atom", "/{1}.atom"),
        ),
        (
            "Forgejo",
            r"codeberg\.org|git(?:ea|forgejo)\.[\w.-]+",
            r"/([\w.-]+)/([\w.-]+)",
            ("/{1}/{2}/releases.rss", "/{1}/{2}.rss"),
        ),
        (
            "Medium",
            r"medium\.com",
            r"/(?!feed/|m/|p/|search|me/)((?:tag/)?@?[\w.-]+)",
            ("/feed/{1}",),
        ),
        ("Medium", r"[\w-]+\.medium\.com", r"/", ("/feed",)),
        ("Substack", r"[\w-]+\.substack\.com", r"/", ("/feed",)),
        ("Substack", r"substack\.com", r"/@([\w-]+)", ("https://{1}.substack.com/feed",)),
        (
            "Tumblr",
            r"tumblr\.com",
            r"/(?!tagged/|explore)([\w-]+)",
            ("https://{1}.tumblr.com/rss",),
        ),
        ("Tumblr", r"[\w-]+\.tumblr\.com", r"/", ("/rss",)),
        ("Blogger", r"[\w-]+\.blogspot\.[a-z.]+", r"/", ("/feeds/posts/default",)),
        ("WordPress.com", r"[\w-]+\.wordpress\.com", r"/", ("/feed/",)),
        ("LiveJournal", r"[\w-]+\.livejournal\.com", r"/", ("/data/rss",)),
        ("Bluesky", r"bsky\.app", r"/profile/([\w.:-]+)", ("/profile/{1}/rss",)),
        ("Vimeo", r"vimeo\.com", r"/([a-z][\w-]*)/?\Z", ("/{1}/videos/rss",)),
        ("DEV", r"dev\.to", r"/(?!t/)([\w-]+)", ("/feed/{1}",)),
        ("note", r"note\.com", r"/([\w-]+)", ("/{1}/rss",)),
        ("PyPI", r"pypi\.org", r"/project/([\w.-]+)", ("/rss/project/{1}/releases.xml",)),
        ("Steam", r"store\.steampowered\.com", r"/app/([0-9]+)", ("/feeds/news/app/{1}",)),
        ("arXiv", r"arxiv\.org", r"/list/([\w.-]+)", ("https://rss.arxiv.org/rss/{1}",)),
        (
            "Google News",
            r"news\.google\.com",
            r"/(?!rss)((?:topics|search|home)[^#]*)",
            ("/rss/{1}",),
        ),
        ("Bing News", r"bing\.com", r"/news/search\?([^#]+)", ("/news/search?{1}&format=rss",)),
    )
)

_SYSTEMS = (
    _System("Ghost", r'content="Ghost [0-9]', ("rss/",)),
    _System("Substack", r"substackcdn\.com", ("feed",)),
    _System("Medium", r"com\.medium\.reader|cdn-client\.medium\.com", ("feed",)),
    _System("Blogger", r'content=["\']blogger["\']', ("feeds/posts/default",)),
    _System("Tumblr", r"assets\.tumblr\.com", ("rss",)),
    _System("Mastodon", r'id=["\']mastodon["\']', (), (".rss",), r"/(?:@[\w.-]+|tags/\w+)/?\Z"),
    _System("Discourse", r'content="Discourse ', ("latest.rss",), (".rss",), r"/(?:c|t|tag)/"),
    _System("Hugo", r'content="Hugo [0-9]', ("index.xml",), ("/index.xml",)),
    _System("Jekyll", r'content="Jekyll', ("feed.xml",)),
    _System("Hexo", r'content="Hexo', ("atom.xml",)),
    _System("Pelican", r'content="Pelican', ("feeds/all.atom.xml",)),
    _System("Zola", r'content="Zola', ("atom.xml", "rss.xml")),
    _System("Gatsby or Astro", r'content="(?:Gatsby|Astro)', ("rss.xml",)),
    _System("Eleventy", r'content="Eleventy', ("feed/feed.xml", "feed.xml")),
    _System("Docusaurus", r'content="Docusaurus', ("blog/rss.xml",)),
    _System("Publii", r'content="Publii', ("feed.xml",)),
    _System("WriteFreely", r'content="WriteFreely', ("feed/",)),
    _System("Movable Type", r'content="(?:Movable Type|https?://www\.typepad)', ("atom.xml",)),
    _System("Drupal", r'content="Drupal [0-9]|data-drupal-|Drupal\.settings', ("rss.xml",)),
    _System("Joomla", r'content="Joomla', ("?format=feed&type=rss",), ("?format=feed&type=rss",)),
    _System("Squarespace", r"static1\.squarespace\.com", (), ("?format=rss",)),
    _System("Wix", r"Wix\.com Website Builder|static\.wixstatic\.com", ("blog-feed.xml",)),
    _System(
        "Shopify", r"cdn\.shopify\.com", ("blogs/news.atom",), (".atom",), r"/blogs/[\w-]+/?\Z"
    ),
    _System(
        "Arc XP", r"Fusion\.(?:arcSite|globalContent)", ("arc/outboundfeeds/rss/?outputType=xml",)
    ),
    _System("BLOX CMS", r"/tncms/", ("search/?f=rss&t=article&l=50&s=start_time&sd=desc",)),
)
_MARKS = tuple((system, re.compile(system.mark, re.IGNORECASE)) for system in _SYSTEMS)

_WORDPRESS = re.compile(
    r'content="WordPress|(?P<base>https?:(?:\\?/){2}[\w.:-]+(?:\\?/[\w~-]+)*?)?\\?/wp-(?:json|content|includes)\\?/',
    re.IGNORECASE,
)
_CHANNEL = re.compile(
    r'"(?:externalId|channelId)"\s*:\s*"(UC[\w-]{22})"'
    r'|itemprop="(?:identifier|channelId)"\s+content="(UC[\w-]{22})"'
    r'|<link rel="canonical" href="https://www\.youtube\.com/channel/(UC[\w-]{22})"'
)
_YOUTUBE = re.compile(r"https?://(?:www\.|m\.)?youtube\.com/")
_COMMON = (
    "feed/",
    "rss",
    "feed.xml",
    "rss.xml",
    "atom.xml",
    "index.xml",
    "feed.json",
    "blog/feed/",
)
_SECTION = ("feed/", "rss")


def by_address(url: str) -> Iterator[Guess]:
    """Of a site whose addresses are known; `url` is normalised."""
    scheme, host, path, query, _ = urlsplit(url)
    target = f"{path}?{query}" if query else path
    for site in _SITES:
        if not re.fullmatch(site.host, host.removeprefix("www.")):
            continue
        if match := re.match(site.path, target):
            for feed in site.feeds:
                address = feed.format("", *match.groups(default=""))
                yield Guess(
                    address if "://" in address else f"{scheme}://{host}{address}",
                    f"{site.name} keeps its feeds there.",
                )
            return


def by_markup(html: str, url: str) -> Iterator[Guess]:
    """Of systems that leave their mark in a page; `url` is normalised."""
    head = html[:HEAD]
    scheme, host, path, _, _ = urlsplit(url)
    root = f"{scheme}://{host}/"
    if _YOUTUBE.match(url) and (found := _CHANNEL.search(html)):
        channel = next(filter(None, found.groups()))
        feed = f"https://www.youtube.com/feeds/videos.xml?channel_id={channel}"
        yield Guess(feed, "YouTube keeps its feeds there.")
    if found := _WORDPRESS.search(head):
        base = (found["base"] or "").replace("\\", "")
        inside = url.startswith(f"{base}/") if base else False
        yield Guess(
            f"{base if inside else root.rstrip('/')}/feed/", "WordPress keeps its feed there."
        )
    for system, mark in _MARKS:
        if not mark.search(head):
            continue
        why = f"{system.name} keeps its feed there."
        if re.match(system.only, path) if system.only else path != "/":
            yield from (Guess(root + path[1:].rstrip("/") + end, why) for end in system.beside)
        yield from (Guess(root + feed, why) for feed in system.feeds)


def common(url: str, *, is_article: bool = False) -> Iterator[Guess]:
    """Where many sites keep a feed: below the page's own section, and below the root.

    An article has no feed below it, but its section may.
    """
    scheme, host, path, _, _ = urlsplit(url)
    root = f"{scheme}://{host}/"
    segments = [one for one in path.split("/") if one]
    sections = [segments[0]] if segments[1:] else []
    if segments and not is_article and "." not in segments[-1]:
        sections.insert(0, "/".join(segments))
    for section in sections:
        for name in _SECTION:
            yield Guess(f"{root}{section}/{name}", "Many sites keep the feed of a section there.")
    for name in _COMMON:
        yield Guess(root + name, "Many sites keep their feed there.")
