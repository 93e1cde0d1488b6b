-- What is read of a source, and what has come of it lately: see marks.py and streams.py.
DROP INDEX articles_by_source;
-- With `at`, so that counting what there is of each source reads the index alone.
CREATE INDEX articles_by_source ON articles (source_id, id, first_seen_at, at);

-- Everything of a source up to an article is read,
CREATE TABLE read_until (
  source_id INTEGER PRIMARY KEY REFERENCES sources (id),
  article_id INTEGER NOT NULL,
  marked_at INTEGER NOT NULL
) STRICT;

-- unless an article says otherwise.
CREATE TABLE read_marks (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  read INTEGER NOT NULL,            -- 0: it is unread
  marked_at INTEGER NOT NULL
) STRICT;
CREATE INDEX read_marks_unread ON read_marks (article_id) WHERE read = 0;

-- What has come before the last day is read.
INSERT INTO read_until (source_id, article_id, marked_at)
SELECT o.source_id, o.article_id, (SELECT max(n.first_seen_at) FROM articles n) FROM (
  SELECT s.id AS source_id, (
    SELECT a.id FROM articles a
    WHERE a.source_id = s.id AND a.first_seen_at < (
      SELECT max(n.first_seen_at) - 86400000000 FROM articles n
    )
    ORDER BY a.id DESC LIMIT 1
  ) AS article_id
  FROM sources s
) o
WHERE o.article_id IS NOT NULL;

-- Who may ask. Of passwords, tokens and cookies only hashes are kept.
CREATE TABLE web_password (
  id INTEGER PRIMARY KEY,           -- 1
  hash TEXT NOT NULL                -- as argon2 writes it
) STRICT;
CREATE TABLE access_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  scope TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  fever_hash BLOB NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  used_at INTEGER                   -- as of some minutes; NULL: never
) STRICT;
CREATE TABLE web_sessions (
  hash BLOB PRIMARY KEY,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,         -- as of some minutes
  agent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX web_sessions_by_time ON web_sessions (seen_at);
