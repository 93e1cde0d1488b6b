"""What a search asks of marks (storage.marks): whether an article is read, and where to look."""

from __future__ import annotations

from aggregator.storage.sql import Session

READ = """
    coalesce(
      (SELECT r.read FROM read_marks r WHERE r.article_id = a.id),
      (SELECT CASE WHEN a.id <= u.article_id THEN 1 ELSE 0 END
       FROM read_until u WHERE u.source_id = a.source_id),
      0
    )
"""
"""1: the article is read. As `marks.READ`, of `articles a` without further tables."""

# A look-up for each source.
FIRST_OF_EACH = """
    SELECT (
      SELECT a.id FROM articles a
      WHERE a.source_id = s.id AND a.id > coalesce(u.article_id, 0) ORDER BY a.id LIMIT 1
    ) AS id
    FROM sources s LEFT JOIN read_until u ON u.source_id = s.id WHERE TRUE {of_sources}
"""
"""The first article of each source beyond those that are read up to it."""

_FIRST = f"""
    SELECT min(o.id) AS id FROM (
      {FIRST_OF_EACH.format(of_sources="")}
      UNION ALL
      SELECT (
        SELECT r.article_id FROM read_marks r WHERE r.read = 0 ORDER BY r.article_id LIMIT 1
      ) AS id
    ) o
"""  # noqa: S608 - the part is above


def first_unread(session: Session) -> int | None:
    """No article before it is unread; it may be read itself. None: every article is read."""
    row = session.row(_FIRST)
    return None if row is None or row["id"] is None else int(row["id"])
