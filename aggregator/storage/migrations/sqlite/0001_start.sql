-- Times are whole microseconds since 1970 UTC; lists are JSON. NULL is said where it is not plain.

-- Facts about the store itself.
CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What feeds.yaml wants, then what has been observed.
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,           -- its words, folded, parted by spaces: what `source:` looks in
  url TEXT NOT NULL UNIQUE,
  host TEXT NOT NULL,               -- what politeness counts by
  tags TEXT NOT NULL,
  language TEXT,
  interval_us INTEGER NOT NULL,
  pages TEXT NOT NULL,
  weight REAL NOT NULL,
  headers TEXT NOT NULL,
  active INTEGER NOT NULL,          -- 0: no longer in feeds.yaml; kept for its articles and history
  etag TEXT,
  last_modified TEXT,
  body_hash TEXT,
  next_poll_at INTEGER NOT NULL,
  hold_until INTEGER,
  last_poll_at INTEGER,
  last_ok_at INTEGER,
  last_error TEXT,
  last_status INTEGER,
  failures REAL NOT NULL,
  title TEXT,
  site_url TEXT,
  lease_until INTEGER               -- NULL: not claimed
) STRICT;
CREATE UNIQUE INDEX sources_by_name ON sources (name) WHERE active = 1;
CREATE INDEX sources_due ON sources (next_poll_at) WHERE active = 1;
CREATE INDEX sources_by_host ON sources (host, next_poll_at);
CREATE INDEX sources_claimed ON sources (host, lease_until) WHERE lease_until IS NOT NULL;

CREATE TABLE source_tags (
  tag TEXT NOT NULL,                -- folded
  source_id INTEGER NOT NULL REFERENCES sources (id),
  PRIMARY KEY (tag, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_tags_by_source ON source_tags (source_id);

-- The lean row: lists never touch the texts. Identifiers follow the time of insertion.
CREATE TABLE articles (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  story_id INTEGER,                 -- NULL: not assigned; follows `assignments`
  guid TEXT,
  url TEXT,
  title TEXT NOT NULL,
  authors TEXT NOT NULL,
  categories TEXT NOT NULL,
  language TEXT,
  image_url TEXT,
  published_at INTEGER,
  updated_at INTEGER,
  first_seen_at INTEGER NOT NULL,
  at INTEGER NOT NULL,              -- publication time, never later than first seen
  words INTEGER NOT NULL,
  content_hash TEXT NOT NULL,
  revision INTEGER NOT NULL,
  revised_at INTEGER NOT NULL,      -- when the present revision was first seen
  text_state TEXT NOT NULL,
  text_origin TEXT NOT NULL,
  text_error TEXT,
  text_attempts INTEGER NOT NULL,
  page_host TEXT,
  text_due_at INTEGER,              -- NULL: no page to fetch
  text_lease_until INTEGER          -- NULL: not claimed
) STRICT;
CREATE INDEX articles_by_source ON articles (source_id, at);
CREATE INDEX articles_by_time ON articles (at);
CREATE INDEX articles_by_seen ON articles (first_seen_at, story_id);
CREATE INDEX articles_by_story ON articles (story_id) WHERE story_id IS NOT NULL;
CREATE INDEX articles_unassigned ON articles (at)
  WHERE story_id IS NULL AND text_state <> 'pending';
CREATE INDEX articles_pending ON articles (source_id) WHERE text_state = 'pending';
CREATE INDEX articles_text_due ON articles (page_host, text_due_at, text_lease_until, source_id)
  WHERE text_due_at IS NOT NULL;
CREATE INDEX articles_claimed ON articles (page_host, text_lease_until)
  WHERE text_lease_until IS NOT NULL;

-- Every name under which an article has come.
CREATE TABLE article_keys (
  source_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  article_id INTEGER NOT NULL REFERENCES articles (id),
  PRIMARY KEY (source_id, key)
) STRICT, WITHOUT ROWID;

-- The heavy part, html last so that reading the text never walks over it.
CREATE TABLE texts (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  facets TEXT NOT NULL,             -- source and language as words of the index: see search.py
  html TEXT NOT NULL
) STRICT;

-- The index reads `texts`. Changes reach it by triggers; new texts by a statement of their own,
-- because FTS5 writes its buffer out after every row that a trigger gives it, which costs more than
-- the indexing itself. `aggregator check --database` compares the two.
CREATE VIRTUAL TABLE search USING fts5 (
  title, text, facets,
  content="texts", content_rowid="article_id",
  tokenize='unicode61 remove_diacritics 2'
);
-- Merging as it goes (automerge) costs more than half of the indexing. Without it, sixteen segments
-- of a level are merged when there are sixteen; a larger buffer makes fewer of them.
INSERT INTO search (search, rank) VALUES ('automerge', 0);
INSERT INTO search (search, rank) VALUES ('hashsize', 8388608);
CREATE TRIGGER texts_deleted AFTER DELETE ON texts BEGIN
  INSERT INTO search (search, rowid, title, text, facets)
  VALUES ('delete', old.article_id, old.title, old.text, old.facets);
END;
CREATE TRIGGER texts_updated AFTER UPDATE OF article_id, title, text, facets ON texts BEGIN
  INSERT INTO search (search, rowid, title, text, facets)
  VALUES ('delete', old.article_id, old.title, old.text, old.facets);
  INSERT INTO search (rowid, title, text, facets)
  VALUES (new.article_id, new.title, new.text, new.facets);
END;

-- What articles said before the publisher changed them.
CREATE TABLE revisions (
  article_id INTEGER NOT NULL REFERENCES articles (id),
  number INTEGER NOT NULL,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (article_id, number)
) STRICT;

CREATE TABLE fingerprints (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  at INTEGER NOT NULL,              -- of the article, for dropping those beyond the window
  data BLOB NOT NULL
) STRICT;
CREATE INDEX fingerprints_by_time ON fingerprints (at);

CREATE TABLE assignments (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  article_id INTEGER NOT NULL UNIQUE REFERENCES articles (id),
  story_id INTEGER NOT NULL,
  relation TEXT NOT NULL,
  of_id INTEGER,                    -- NULL: it resembles none
  score REAL NOT NULL,
  why TEXT NOT NULL,
  assigned_at INTEGER NOT NULL
) STRICT;

-- Totals of the assignments, kept in the same transaction.
CREATE TABLE stories (
  id INTEGER PRIMARY KEY,           -- of the article that started it
  articles INTEGER NOT NULL,
  outlets INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX stories_by_rank ON stories (outlets DESC, last_at DESC, id DESC);

CREATE TABLE deliveries (
  recipient TEXT NOT NULL,
  local_date TEXT NOT NULL,
  message_id TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT,
  retry_at INTEGER,
  prepared_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,     -- when its state was last stored
  message BLOB NOT NULL,
  PRIMARY KEY (recipient, local_date)
) STRICT;
CREATE INDEX deliveries_by_date ON deliveries (local_date);
CREATE INDEX deliveries_open ON deliveries (retry_at) WHERE state <> 'sent';
