"""What tests of the reader's marks ask for."""

from __future__ import annotations

from collections.abc import Mapping

from storemaker import NOW

from aggregator.storage.protocol import Storage
from aggregator.types import AccessToken, Scope, StreamQuery, WebSession

WHOLE = 10**30
"""Greater than any id, and than what a database holds."""


def listed(storage: Storage, limit: int = 10_000, **conditions: object) -> list[int]:
    """The ids that a reader's app is given."""
    query = StreamQuery(**conditions)  # type: ignore[arg-type]  # the fields of a StreamQuery
    return [item.article_id for item in storage.stream(query, limit=limit)]


def unread(storage: Storage) -> list[int]:
    """Ids of what is unread, the oldest first: `stream` and `unread` agree."""
    found = listed(storage, unread=True, newest_first=False)
    assert counted(storage) == len(found)
    marks = storage.marks(range(1, 200))
    assert found == sorted(one for one in marks if not marks[one].read)
    return found


def counted(storage: Storage) -> int:
    return sum(one.articles for one in storage.unread().values())


def by_source(storage: Storage) -> Mapping[int, int]:
    return {source: one.articles for source, one in storage.unread().items()}


def access_token(name: str = "phone", **fields: object) -> AccessToken:
    values: dict[str, object] = {
        "token_id": 0,
        "name": name,
        "scope": Scope.MARK,
        "hash": b"\0hash of " + name.encode(),
        "fever_hash": b"\xfffever's of " + name.encode(),
        "created_at": NOW,
        **fields,
    }
    return AccessToken(**values)  # type: ignore[arg-type]  # the fields of an AccessToken


def web_session(name: str = "browser", **fields: object) -> WebSession:
    values: dict[str, object] = {
        "hash": b"\0session of " + name.encode(),
        "created_at": NOW,
        "seen_at": NOW,
        "agent": name,
        **fields,
    }
    return WebSession(**values)  # type: ignore[arg-type]  # the fields of a WebSession
