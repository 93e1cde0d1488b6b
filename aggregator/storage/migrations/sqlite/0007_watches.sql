-- Saved searches that articles are held against, each from a certain article on.
CREATE TABLE watches (
  name TEXT PRIMARY KEY,            -- folded
  since_id INTEGER NOT NULL,        -- the last article that was there when it was set up
  set_up_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What they have caught, each once.
CREATE TABLE watch_hits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  watch TEXT NOT NULL,              -- folded
  subject TEXT NOT NULL,
  article_id INTEGER,               -- NULL: it is about a source
  source_id INTEGER NOT NULL,
  snippet TEXT NOT NULL,
  at INTEGER NOT NULL,
  told_at INTEGER                   -- when a message was made of it; NULL: in none yet
) STRICT;
CREATE UNIQUE INDEX watch_hits_by_subject ON watch_hits (subject, watch);
CREATE INDEX watch_hits_by_article ON watch_hits (article_id) WHERE article_id IS NOT NULL;
CREATE INDEX watch_hits_by_time ON watch_hits (at);
CREATE INDEX watch_hits_open ON watch_hits (watch, id) WHERE told_at IS NULL;

-- Messages to channels.
CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL UNIQUE,
  watch TEXT NOT NULL,              -- folded
  channel TEXT NOT NULL,
  content TEXT NOT NULL,            -- JSON
  state TEXT NOT NULL,
  begun INTEGER NOT NULL DEFAULT 0, -- 1: it may have been sent, and is not changed any more
  attempts INTEGER NOT NULL,
  error TEXT,
  due_at INTEGER,                   -- NULL: there is no further try
  created_at INTEGER NOT NULL,
  sent_at INTEGER                   -- NULL: it has not been
) STRICT;
CREATE INDEX notices_by_watch ON notices (watch, created_at);
CREATE INDEX notices_by_state ON notices (state, created_at);
CREATE INDEX notices_waiting ON notices (due_at) WHERE state = 'waiting';

-- Channels whose last try failed, and until when nothing more is tried there.
CREATE TABLE held_channels (
  name TEXT PRIMARY KEY,
  held_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
