-- Who serves a host: see hosts.py. A host that has never been asked has no row.
CREATE TABLE hosts (
  host TEXT PRIMARY KEY,
  lease_until INTEGER NOT NULL,     -- 0: nobody holds it
  free_at INTEGER NOT NULL          -- 0: it may be asked at any time
) STRICT, WITHOUT ROWID;
-- What asked whether a host's feeds or pages are held.
DROP INDEX sources_claimed;
DROP INDEX articles_claimed;
CREATE INDEX sources_claimed ON sources (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX articles_claimed ON articles (text_lease_until) WHERE text_lease_until IS NOT NULL;

-- How often an article's text has changed: an assignment made upon another version is not stored.
ALTER TABLE articles ADD COLUMN text_version INTEGER NOT NULL DEFAULT 0;

-- Processes that work on the database, as they last reported themselves.
CREATE TABLE workers (
  name TEXT PRIMARY KEY,
  machine TEXT NOT NULL,
  version TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  jobs INTEGER NOT NULL,
  leads INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
