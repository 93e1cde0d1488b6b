-- What feeds.yaml may want of a source, then what has been observed of it.
ALTER TABLE sources ADD COLUMN max_interval_us INTEGER;                -- NULL: always its interval
ALTER TABLE sources ADD COLUMN respect_robots INTEGER NOT NULL DEFAULT 1;
ALTER TABLE sources ADD COLUMN proxy TEXT;
ALTER TABLE sources ADD COLUMN selectors TEXT;                         -- NULL: it is a feed
ALTER TABLE sources ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN not_before_at INTEGER;
ALTER TABLE sources ADD COLUMN pace TEXT;
ALTER TABLE sources ADD COLUMN hints TEXT;
ALTER TABLE sources ADD COLUMN address TEXT;                           -- NULL: it is polled at url
ALTER TABLE sources ADD COLUMN moved_to TEXT;
ALTER TABLE sources ADD COLUMN moved_times INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN gone_at INTEGER;
ALTER TABLE sources ADD COLUMN retired_at INTEGER;                     -- NULL: it is polled
DROP INDEX sources_due;
CREATE INDEX sources_due ON sources (next_poll_at) WHERE active = 1 AND retired_at IS NULL;

ALTER TABLE articles ADD COLUMN media TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN links TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN withdrawn_at INTEGER;                  -- NULL: it stands

-- The last copy of a site's robots.txt.
CREATE TABLE robots (
  origin TEXT PRIMARY KEY,
  asked_at INTEGER NOT NULL,
  status INTEGER,                   -- NULL: it has never been had
  failing_since INTEGER,            -- NULL: the last answer was one
  body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX robots_by_time ON robots (asked_at);
