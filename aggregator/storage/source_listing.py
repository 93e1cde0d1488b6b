"""The sources that are polled, as they are listed: all there is of some, and a little of all."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from aggregator.core.source_keys import tag_key
from aggregator.core.standing import Standing
from aggregator.core.text import fold
from aggregator.storage import hosts
from aggregator.storage.rows import from_us_or_none, to_us
from aggregator.storage.source_rows import SOURCE_COLUMNS, feed_state, source
from aggregator.storage.sql import Session, ids
from aggregator.storage.streams import seen_before
from aggregator.types import SourceOutline, SourceStatus

_ACTIVE = """
    SELECT {columns}, h.free_at AS host_free_at
    FROM sources s LEFT JOIN hosts h ON h.host = s.host
    WHERE s.active = 1 {which}
"""
_TOTALS = """
    SELECT source_id, count(*) AS articles, max(at) AS newest_at FROM articles {which}
    GROUP BY source_id
"""
# As core.standing.standing has it.
_STANDING = f"""
    CASE WHEN s.retired_at IS NOT NULL THEN '{Standing.RETIRED.value}'
      WHEN s.hold_until > :now OR s.host IN (SELECT host FROM hosts WHERE free_at > :soon)
        THEN '{Standing.HELD.value}'
      WHEN s.last_error IS NOT NULL THEN '{Standing.FAILING.value}'
      WHEN s.last_poll_at IS NULL THEN '{Standing.NEW.value}' ELSE '{Standing.OK.value}' END
"""  # noqa: S608 - words of an enum
# Articles are never listed later than first seen, and ids follow that time.
_SILENT = """
    CASE WHEN s.last_ok_at IS NULL OR s.last_error IS NOT NULL OR s.retired_at IS NOT NULL THEN 0
      WHEN EXISTS (
        SELECT 1 FROM articles a WHERE a.source_id = s.id AND a.id > :above AND a.at >= :since
      ) THEN 0 ELSE 1 END
"""
_OUTLINES = f"""
    SELECT s.id, s.name, s.url, {_STANDING} AS standing, {{silent}} AS silent
    FROM sources s WHERE s.active = 1 {{which}} ORDER BY s.id
"""  # noqa: S608 - the parts are above
_TAGGED = "AND s.id IN (SELECT source_id FROM source_tags WHERE tag = :tag)"


def source_statuses(
    session: Session, *, only: Collection[int] | None, url: str | None
) -> list[SourceStatus]:
    which = "" if only is None else f"AND s.id IN {ids(only)}"
    which += "" if url is None else " AND s.url = :url"
    statement = _ACTIVE.format(columns=SOURCE_COLUMNS, which=which)
    rows = session.rows(statement, {} if url is None else {"url": url})
    is_whole = only is None and url is None
    counted = "" if is_whole else f"WHERE source_id IN {ids([row['id'] for row in rows])}"
    totals = {row["source_id"]: row for row in session.rows(_TOTALS.format(which=counted))}
    statuses = []
    for row in rows:
        total = totals.get(row["id"])
        statuses.append(
            SourceStatus(
                source_id=row["id"],
                source=source(row),
                state=feed_state(row),
                articles=total["articles"] if total else 0,
                newest_at=from_us_or_none(total["newest_at"]) if total else None,
                host_free_at=from_us_or_none(row["host_free_at"] or None),
            )
        )
    return sorted(statuses, key=lambda status: (fold(status.source.name), status.source_id))


def source_outlines(
    session: Session, *, now: datetime, silent_since: datetime | None, tag: str | None
) -> list[SourceOutline]:
    params = hosts.moment(now)
    if silent_since is not None:
        params |= {"above": seen_before(session, silent_since), "since": to_us(silent_since)}
    if tag is not None:
        params["tag"] = tag_key(tag)
    statement = _OUTLINES.format(
        silent="0" if silent_since is None else _SILENT,
        which="" if tag is None else _TAGGED,
    )
    return [
        SourceOutline(row["id"], row["name"], row["url"], row["standing"], bool(row["silent"]))
        for row in session.rows(statement, params)
    ]
