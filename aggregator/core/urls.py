"""Web addresses: what may be fetched, which host serves it, and which addresses mean one article.

Addresses are split here by the grammar of RFC 3986 (appendix B) and never by a library, so that
what is checked, what is compared and what is sent are the same thing, and so that no input raises.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin

MAX_URL = 8_000
"""Characters; RFC 9110 asks every recipient to support at least that many, and no more."""

_SPLIT = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_HTTP_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SITE = r"(https?://)([A-Za-z0-9._:-]{1,260})"
_BASE = re.compile(rf"{_SITE}(?:[/?#]|\Z)")
# What most addresses in feeds look like: nothing but the host needs a second look.
_PLAIN = re.compile(
    rf"(?:{_SITE})?+((?:/(?!\.)[A-Za-z0-9._~!$&'()*+,=:@%-]*+)*+)"
    r"(\?[A-Za-z0-9._~!$&'()*+,;=:@/?%\[\]|-]++)?+(?:#.*+)?+",
    re.DOTALL,
)
_EDGES = "".join(map(chr, range(33))) + "\x7f\u00a0\u200b\ufeff"
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_-]{1,63})*")
_DEFAULT_PORTS = {"http": "80", "https": "443"}

# Everything that RFC 3986 does not let stand by itself in that part is percent-encoded.
_NOT_IN_PATH = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/%-]+")
_NOT_IN_QUERY = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/?%\[\]|-]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# --- what url_key folds --------------------------------------------------------------------------

_HOST_PREFIX = re.compile(r"\A(?:(?:www|m|mobile|amp)\.)+(?=[^.]+\.[^.])")
_INNER_HOST = r"(?=[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+(?::[0-9]+)?(?:/|\Z))"
_AMP_CACHE = re.compile(r"/+(?:[a-z]{1,2}/+)?(?:s/+)?" + _INNER_HOST)
_AMP_VIEWER = re.compile(r"/+amp/+(?:s/+)?" + _INNER_HOST)
_AMP_VIEWER_HOST = re.compile(r"(?:google\.[a-z]{2,3}(?:\.[a-z]{2})?|bing\.com)")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|shtml|php|aspx?|jsp)\Z", re.IGNORECASE)
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")
_AMP_LAST = re.compile(r"(?<=[^/])/amp\Z", re.IGNORECASE)
_AMP_FIRST = re.compile(r"\A/amp(?=/[^/])", re.IGNORECASE)
_AMP_SUFFIX = re.compile(r"(?<=[^/])\.amp(?=(?:\.html?)?\Z)", re.IGNORECASE)
# Of such addresses nothing is folded but the host and a slash at the end. No group is possessive:
# Python before 3.11.5 then forgets what others have matched (CPython issue 106052).
_PLAIN_KEY = re.compile(
    rf"{_SITE}((?:/(?!amp(?:[/?]|\Z)|(?:index|default)\.)[a-z0-9_~-]++(?:\.(?!amp)[a-z0-9_~-]++)*)*)"
    r"/?(\?(?:p|id)=[0-9]++)?",
    re.IGNORECASE | re.ASCII,
)

# Parameters that say how the reader came: those of newsletters, campaigns and advertisers by
# their prefix, the others by name.
_TRACKING = re.compile(
    r"""
      (?: utm | mtm | pk | piwik | matomo | hsa | oly | vero | ns | trk | wt | cm | stm | itm | at
        | mc | amp ) _ [a-z_]+
    | fbclid | gclid | gclsrc | dclid | wbraid | gbraid | msclkid | yclid | ysclid | twclid
    | ttclid | igshid? | li_fat_id | epik | srsltid | _openstat | _ga | _gl | _hsenc | _hsmi
    | __twitter_impression | xtor | cmp | cmpid | cmp_id | campaign | campaign_?id | icid
    | int_cid | intcmp | ito | ocid | ncid | nr_email_referer | smid | smtyp | sref | soc_src
    | soc_trk | socialnetwork | spm | sr_share | taid | tsrc | wtmc | xing_share | ref_?
    | ref_src | ref_url | referr?er | refsrc | guccounter | guce_referrer(?:_sig)? | recirc
    | share_id | sharetype | feedtype | feedname | rssfeed | fromrss | s_cid | sc_cid
    | s_campaign | emci | emdi | ceid | dicbo | mbid | unlocked_article_code | usqp | _amp
    | mkt_tok | bxid
    """,
    re.VERBOSE,
)
# Names that carry identity on some sites: left out only when the value names a channel.
_CHANNEL_PARAMETER = re.compile(
    r"""
    (?: source | src | from | via | feature | output(?:type)? | cid | format | mode? | partner
      | emc ) =
    (?: rss.* | atom | feeds? | feedburner | newsfeed | twitter | facebook | fb | linkedin
      | reddit | whatsapp | telegram | instagram | mastodon | bluesky | newsletter | e?mail
      | social | shar(?:e|ing) | google(?:-?news)? | flipboard | app | push | youtu\.be | amp )
    """,
    re.VERBOSE,
)
_SWITCH = re.compile(r"(?:amp|rss|feed|print|m|mobile)=(?:1|true|yes|on)?")
_SESSION = re.compile(r"(?:php|j|asp)?sess(?:ion)?_?id|aspsessionid\w*|cfid|cftoken|zenid")
_OPAQUE_SID = re.compile(r"sid=[0-9a-z]{16,}")


class _Parts(NamedTuple):
    scheme: str
    host: str
    port: str
    """Empty: the scheme's default."""
    userinfo: str
    path: str
    query: str
    fragment: str

    @property
    def netloc(self) -> str:
        return f"{self.host}:{self.port}" if self.port else self.host


def host_key(url: str) -> str:
    """The host in lower case (IDNA), with ":port" when that is not the scheme's default.

    Empty for what is no http(s) address.
    """
    parts = _split(url)
    return parts.netloc if parts else ""


def normalise(url: str, *, base: str | None = None, userinfo: bool = False) -> str | None:
    """An absolute http(s) address that can be sent as it is, without fragment; else None.

    Relative addresses are resolved against `base`. The host becomes lower case and ASCII, dot
    segments are resolved, and characters that may not stand in an address are percent-encoded;
    what was encoded already stays byte for byte. A user name and password are left out, for an
    address found in a document never needs them, unless `userinfo` is set.
    """
    if (plain := _normalise_plain(url, base)) is not None:
        return plain if len(plain) <= MAX_URL else None
    url = _clean(url)
    if base is not None and url and not _HTTP_SCHEME.match(url):
        try:
            url = urljoin(base, url)
        except ValueError:  # brackets in a host that is no IPv6 address
            return None
    parts = _split(url)
    if parts is None:
        return None
    login = f"{parts.userinfo}@" if userinfo and parts.userinfo else ""
    path = _encode(_NOT_IN_PATH, _without_dots(parts.path)) or "/"
    query = f"?{_encode(_NOT_IN_QUERY, parts.query)}" if parts.query else ""
    result = f"{parts.scheme}://{login}{parts.netloc}{path}{query}"
    return result if len(result) <= MAX_URL else None


def same_origin(one: str, other: str) -> bool:
    """Whether scheme, host and port of two http(s) addresses agree (RFC 6454)."""
    first, second = _split(one), _split(other)
    if first is None or second is None:
        return False
    return (first.scheme, first.netloc) == (second.scheme, second.netloc)


def same_server(asked: str, answered: str) -> bool:
    """Whether the origin that was asked is the one that answered, or the same one over https."""
    upgraded = "https:" + asked[5:] if asked[:5].lower() == "http:" else asked
    return same_origin(asked, answered) or same_origin(upgraded, answered)


@lru_cache(maxsize=4096)  # every entry of a feed is asked for several times
def url_key(url: str) -> str:
    """What an article's address is compared by: equal for addresses that show the same article.

    It leaves out the scheme, the prefixes www, m, mobile and amp of the host, default ports, AMP
    forms and caches, tracking parameters and session ids, fragments (but "#!" ones, which old
    sites route by), index files and trailing slashes; and it folds percent-encoding and the order
    of parameters. What is no web address comes back as it is. Idempotent; never raises.
    """
    match = _PLAIN_KEY.fullmatch(url) if len(url) <= MAX_URL else None
    if match and (host := _plain_host(match[1], match[2])):
        return host + match[3] + (match[4] or "")
    return _fold_wholly(_clean(url))


# --- splitting -----------------------------------------------------------------------------------


def _clean(url: str) -> str:
    return _LINE_BREAKS.sub("", url.strip(_EDGES)).strip(_EDGES)


def _normalise_plain(url: str, base: str | None) -> str | None:
    """What `normalise` makes of such addresses as most are; None: it takes a closer look."""
    match = _PLAIN.fullmatch(url)
    if match is None:
        return None
    scheme, authority, path, query = match.groups()
    if scheme:
        site = _plain_site(scheme, authority)
    else:
        resolvable = base and len(base) <= MAX_URL and path and path[:2] != "//"
        site = _site_of(base) if resolvable else ""
    return f"{site}{path or '/'}{query or ''}" if site else None


@lru_cache(maxsize=64)  # many links in one document have the same base
def _site_of(base: str) -> str:
    """Scheme, host and port; empty: it takes a closer look."""
    match = _BASE.match(base)
    return _plain_site(match[1], match[2]) if match else ""


@lru_cache(maxsize=1024)  # most links lead to the same few hosts
def _plain_site(scheme: str, authority: str) -> str:
    """The same with the host and the port as `normalise` writes them; empty: there is no host."""
    netloc = host_key(scheme + authority)
    return scheme + netloc if netloc else ""


def _split(url: str) -> _Parts | None:
    url = _clean(url)
    if not _HTTP_SCHEME.match(url):
        return None
    head, mark, rest = url.partition("?")
    # Browsers read "\" before the query as "/"; reading it otherwise would let an address be
    # checked as one host and fetched from another.
    match = _SPLIT.fullmatch(head.replace("\\", "/") + mark + rest)
    assert match is not None, "the grammar's pattern matches every string"  # noqa: S101 - narrows the type
    userinfo, _, hostport = (match["authority"] or "").rpartition("@")
    scheme = match["scheme"].lower()
    netloc = _host_and_port(hostport)
    if netloc is None:
        return None
    host, port = netloc
    if port == _DEFAULT_PORTS[scheme]:
        port = ""
    return _Parts(
        scheme, host, port, userinfo, match["path"], match["query"] or "", match["fragment"] or ""
    )


def _host_and_port(value: str) -> tuple[str, str] | None:
    host, port = value, ""
    if (colon := value.rfind(":")) > value.rfind("]"):
        host, port = value[:colon], value[colon + 1 :]
    if port:
        if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):
            return None
        port = port.lstrip("0")[:6]
    ascii_host = _ascii_host(host)
    return (ascii_host, port) if ascii_host else None


def _ascii_host(host: str) -> str | None:
    """Lower case and Punycode (as browsers do: UTS 46, non-transitional); None: no host name."""
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:].removesuffix(']')).compressed}]"
        except ValueError:
            return None
    if not host.isascii():
        host = unicodedata.normalize("NFKC", host.lower()).lower().replace("。", ".")
        if any(unicodedata.category(char)[0] in "CZ" for char in host):
            return None
        host = ".".join(map(_ascii_label, host.split(".")))
    host = host.lower().removesuffix(".")
    return host if _HOST.fullmatch(host) else None


def _ascii_label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4, for a path that begins with a slash or is empty."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _encode(unsafe: re.Pattern[str], value: str) -> str:
    return unsafe.sub(
        lambda match: "".join(f"%{byte:02X}" for byte in match[0].encode(errors="surrogatepass")),
        value,
    )


def _fold_escapes(value: str) -> str:
    """Percent-encoding in capitals, of nothing that needs none; a stray "%" is encoded itself."""

    def fold(match: re.Match[str]) -> str:
        if match[1] is None:
            return "%25"
        char = chr(int(match[1], 16))
        return char if char in _UNRESERVED else match[0].upper()

    return _ESCAPE.sub(fold, value) if "%" in value else value


# --- folding -------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def _plain_host(scheme: str, authority: str) -> str:
    """The key of a site; empty for what is none, and where paths may hold other addresses."""
    key = _fold_wholly(scheme + authority)
    return "" if "/" in key or _amp_form(key.partition(":")[0]) else key


def _fold_wholly(key: str) -> str:
    while len(key) <= MAX_URL and (folded := _fold_once(key)) != key:
        key = folded
    return key


def _fold_once(url: str) -> str:
    bare = _SCHEME.match(url) is None  # as this function's own results are
    parts = _split("http://" + url.removeprefix("//") if bare else url)
    if parts is None or (bare and parts.userinfo):  # such as a mail address
        return url
    port = "" if parts.port in {"80", "443"} else parts.port
    host = _HOST_PREFIX.sub("", parts.host)
    if (inner := _amp_target(host, _without_dots(parts.path))) is not None:
        return inner + (f"?{parts.query}" if parts.query else "")
    query = _fold_query(parts.query)
    fragment = ""
    if parts.fragment.startswith("!"):
        fragment = "#" + _fold_escapes(_encode(_NOT_IN_QUERY, parts.fragment))
    return (
        (f"{host}:{port}" if port else host)
        + _fold_path(parts.path)
        + (f"?{query}" if query else "")
        + fragment
    )


def _amp_target(host: str, path: str) -> str | None:
    """The publisher's own address inside the address of an AMP cache or viewer."""
    form = _amp_form(host)
    if form is None:
        return None
    match = form.match(path)
    inner = path[match.end() :] if match else ""
    return inner if _split("http://" + inner) else None


def _amp_form(host: str) -> re.Pattern[str] | None:
    """How the paths of an AMP cache or viewer begin; None: the host is neither."""
    if host == "cdn.ampproject.org" or host.endswith(".cdn.ampproject.org"):
        return _AMP_CACHE
    return _AMP_VIEWER if _AMP_VIEWER_HOST.fullmatch(host) else None


def _fold_path(path: str) -> str:
    path = _without_dots(_fold_escapes(_encode(_NOT_IN_PATH, path)))
    path = _SLASHES.sub("/", _PATH_SESSION.sub("", path))
    path = _INDEX.sub("", path).rstrip("/")
    path = _AMP_SUFFIX.sub("", _AMP_LAST.sub("", path))
    return _AMP_FIRST.sub("", path)


def _fold_query(query: str) -> str:
    kept = []
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        if not _is_noise(name, value):
            name, value = _fold_argument(name), _fold_argument(value)
            if name or value:
                kept.append(f"{name}={value}" if value else name)
    return "&".join(sorted(kept))


def _fold_argument(value: str) -> str:
    return _fold_escapes(_encode(_NOT_IN_QUERY, value)).replace("%20", "+")


def _is_noise(name: str, value: str) -> bool:
    """Whether a parameter says how the reader came, and not what is shown."""
    name = _fold_argument(name).lower()
    pair = f"{name}={value.lower()}"
    return (
        _TRACKING.fullmatch(name) is not None
        or _SESSION.fullmatch(name) is not None
        or _CHANNEL_PARAMETER.fullmatch(pair) is not None
        or _SWITCH.fullmatch(pair) is not None
        or _OPAQUE_SID.fullmatch(pair) is not None
    )
