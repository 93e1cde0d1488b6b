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
stories    which articles report one event, in order
service    what is searched, mailed, counted and done
"""

from aggregator.types.articles import (
    Article,
    ArticleSummary,
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
    PageKind,
    PageRole,
    PageRules,
    TextOrigin,
    WantedPage,
)
from aggregator.types.fetching import (
    FailureGrade,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    NotModified,
)
from aggregator.types.grouping import (
    Assignment,
    Fingerprint,
    GroupInput,
    Manners,
    Placed,
    Regrouped,
    Relation,
    Unassigned,
)
from aggregator.types.service import (
    CleanUpReport,
    Counts,
    Delivery,
    DeliveryState,
    Digest,
    HostWork,
    SearchHit,
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
    SourceStatus,
    SyncReport,
)
from aggregator.types.stories import (
    Story,
    StoryArticle,
    StoryLink,
)

__all__ = (
    "Article",
    "ArticleSummary",
    "ArticleText",
    "Assignment",
    "CleanUpReport",
    "Counts",
    "Database",
    "Delivery",
    "DeliveryState",
    "Digest",
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
    "GroupInput",
    "HostWork",
    "KeptArticle",
    "KeptPages",
    "KnownEntry",
    "Link",
    "LinkKind",
    "Manners",
    "Media",
    "MediaKind",
    "NewArticle",
    "NotModified",
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
    "PostgresUrl",
    "Regrouped",
    "Relation",
    "Revision",
    "RobotsCopy",
    "SearchHit",
    "Source",
    "SourceStatus",
    "Story",
    "StoryArticle",
    "StoryLink",
    "SyncReport",
    "TextAgain",
    "TextClaim",
    "TextOrigin",
    "TextRecord",
    "TextState",
    "Unassigned",
    "WantedPage",
    "Worker",
)
