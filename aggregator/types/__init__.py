"""What travels between the stages: one frozen type for each.

Times are aware UTC and end in ``_at``; durations are ``timedelta``. Where a field may be None,
the field says what None means. Identifiers are the integers of the store.

database   where the store is
sources    what is followed, and what has been observed of it
fetching   what is asked for over HTTP, and what comes of it
documents  what the publisher said: a document, cleaned
extraction what is made of an article's pages, and from what
grouping   what an article is recognised by, and which story it was given to
articles   what is known of an article, and what each stage does to it
summaries  an article as lists show it, and the words for what it is
stories    which articles report one event, in order
digests    what is told once a day or so, and to whom it went
reading    what a reader marks, and who may ask
service    what is counted and done

A module is imported when something of it is wanted: to make a class takes half a millisecond, and
most commands need few of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aggregator.types.articles import (
        Article,
        KeptArticle,
        KnownEntry,
        NewArticle,
        PastRevision,
        PollDecision,
        PollRecord,
        Revision,
        RobotsCopy,
        TextAgain,
        TextClaim,
        TextRecord,
        TextState,
    )
    from aggregator.types.database import (
        Database,
        PostgresUrl,
    )
    from aggregator.types.digests import (
        Delivery,
        DeliveryState,
        Digest,
        DigestSection,
        DigestStory,
        DigestTarget,
        Edition,
        KeptDigest,
        RenderedDigest,
        Schedule,
        SectionKind,
        SectionRule,
        TargetKind,
    )
    from aggregator.types.documents import (
        Link,
        LinkKind,
        Media,
        MediaKind,
        ParsedEntry,
        ParsedFeed,
    )
    from aggregator.types.extraction import (
        ArticleText,
        Extraction,
        ExtractRequest,
        FeedText,
        KeptPages,
        PageCopy,
        PageRole,
        PageRules,
        TextOrigin,
        WantedPage,
    )
    from aggregator.types.fetching import (
        Answered,
        FailureGrade,
        Fetched,
        FetchFailed,
        FetchOutcome,
        FetchRequest,
        NotModified,
        PostOutcome,
        PostRequest,
    )
    from aggregator.types.grouping import (
        Assignment,
        Fingerprint,
        GroupInput,
        Manners,
        Placed,
        Regrouped,
        Unassigned,
    )
    from aggregator.types.reading import (
        AccessToken,
        Marks,
        Scope,
        StreamItem,
        StreamQuery,
        Unread,
        WebSession,
    )
    from aggregator.types.searching import (
        FoldedHit,
        SearchCounts,
        SearchHit,
        SearchPage,
    )
    from aggregator.types.service import (
        CleanUpReport,
        Counts,
        HostWork,
        Worker,
    )
    from aggregator.types.sources import (
        FeedClaim,
        FeedState,
        Pace,
        PagePolicy,
        PageSelectors,
        PollHints,
        Source,
        SourceOutline,
        SourceStatus,
        SyncReport,
    )
    from aggregator.types.stories import (
        Story,
        StoryArticle,
        StoryLink,
    )
    from aggregator.types.summaries import (
        ArticleSummary,
        PageKind,
        Relation,
    )
    from aggregator.types.watching import (
        Channel,
        ChannelKind,
        Notice,
        NoticeContent,
        NoticeItem,
        NoticeState,
        QuietHours,
        Rate,
        Watch,
        WatchCursor,
        WatchHit,
        WatchItem,
        WatchPer,
    )

__all__ = [
    "AccessToken",
    "Answered",
    "Article",
    "ArticleSummary",
    "ArticleText",
    "Assignment",
    "Channel",
    "ChannelKind",
    "CleanUpReport",
    "Counts",
    "Database",
    "Delivery",
    "DeliveryState",
    "Digest",
    "DigestSection",
    "DigestStory",
    "DigestTarget",
    "Edition",
    "ExtractRequest",
    "Extraction",
    "FailureGrade",
    "FeedClaim",
    "FeedState",
    "FeedText",
    "FetchFailed",
    "FetchOutcome",
    "FetchRequest",
    "Fetched",
    "Fingerprint",
    "FoldedHit",
    "GroupInput",
    "HostWork",
    "KeptArticle",
    "KeptDigest",
    "KeptPages",
    "KnownEntry",
    "Link",
    "LinkKind",
    "Manners",
    "Marks",
    "Media",
    "MediaKind",
    "NewArticle",
    "NotModified",
    "Notice",
    "NoticeContent",
    "NoticeItem",
    "NoticeState",
    "Pace",
    "PageCopy",
    "PageKind",
    "PagePolicy",
    "PageRole",
    "PageRules",
    "PageSelectors",
    "ParsedEntry",
    "ParsedFeed",
    "PastRevision",
    "Placed",
    "PollDecision",
    "PollHints",
    "PollRecord",
    "PostOutcome",
    "PostRequest",
    "PostgresUrl",
    "QuietHours",
    "Rate",
    "Regrouped",
    "Relation",
    "RenderedDigest",
    "Revision",
    "RobotsCopy",
    "Schedule",
    "Scope",
    "SearchCounts",
    "SearchHit",
    "SearchPage",
    "SectionKind",
    "SectionRule",
    "Source",
    "SourceOutline",
    "SourceStatus",
    "Story",
    "StoryArticle",
    "StoryLink",
    "StreamItem",
    "StreamQuery",
    "SyncReport",
    "TargetKind",
    "TextAgain",
    "TextClaim",
    "TextOrigin",
    "TextRecord",
    "TextState",
    "Unassigned",
    "Unread",
    "WantedPage",
    "Watch",
    "WatchCursor",
    "WatchHit",
    "WatchItem",
    "WatchPer",
    "WebSession",
    "Worker",
]

_NAMES = {
    "articles": (
        "Article KeptArticle KnownEntry NewArticle PastRevision PollDecision "
        "PollRecord Revision RobotsCopy TextAgain TextClaim TextRecord TextState"
    ),
    "database": "Database PostgresUrl",
    "digests": (
        "Delivery DeliveryState Digest DigestSection DigestStory DigestTarget Edition "
        "KeptDigest RenderedDigest Schedule SectionKind SectionRule TargetKind"
    ),
    "documents": "Link LinkKind Media MediaKind ParsedEntry ParsedFeed",
    "extraction": (
        "ArticleText Extraction ExtractRequest FeedText KeptPages PageCopy PageRole "
        "PageRules TextOrigin WantedPage"
    ),
    "fetching": (
        "Answered FailureGrade Fetched FetchFailed FetchOutcome FetchRequest NotModified "
        "PostOutcome PostRequest"
    ),
    "grouping": "Assignment Fingerprint GroupInput Manners Placed Regrouped Unassigned",
    "reading": "AccessToken Marks Scope StreamItem StreamQuery Unread WebSession",
    "searching": "FoldedHit SearchCounts SearchHit SearchPage",
    "service": "CleanUpReport Counts HostWork Worker",
    "sources": (
        "FeedClaim FeedState Pace PagePolicy PageSelectors PollHints Source SourceOutline "
        "SourceStatus SyncReport"
    ),
    "stories": "Story StoryArticle StoryLink",
    "summaries": "ArticleSummary PageKind Relation",
    "watching": (
        "Channel ChannelKind Notice NoticeContent NoticeItem NoticeState QuietHours Rate "
        "Watch WatchCursor WatchHit WatchItem WatchPer"
    ),
}
"""Which module has what; of the same content as the imports above."""
_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = found
    return found
