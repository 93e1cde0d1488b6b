-- How feeds.yaml wants a source's article pages to be read.
ALTER TABLE sources ADD COLUMN rules TEXT;                             -- NULL: as any other's

-- What its page is, and what it says beyond the text.
ALTER TABLE articles ADD COLUMN kind TEXT NOT NULL DEFAULT 'article';
ALTER TABLE articles ADD COLUMN kind_why TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN text_why TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN confidence REAL;                       -- NULL: not measured
ALTER TABLE articles ADD COLUMN utc_offset INTEGER;                    -- minutes; NULL: none given
ALTER TABLE articles ADD COLUMN image_alt TEXT NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN site_name TEXT;
ALTER TABLE articles ADD COLUMN canonical_url TEXT;
ALTER TABLE articles ADD COLUMN dateline TEXT;
ALTER TABLE articles ADD COLUMN credits TEXT NOT NULL DEFAULT '[]';

-- From what the text of an article was made, for making it again: see kept.py. The data last, so
-- that reading the rest never walks over it.
CREATE TABLE kept_pages (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  host TEXT NOT NULL,               -- of the article's page
  kept_at INTEGER NOT NULL,
  size INTEGER NOT NULL,            -- bytes, before they were compressed
  data BLOB NOT NULL
) STRICT;
CREATE INDEX kept_pages_by_time ON kept_pages (kept_at);
CREATE INDEX kept_pages_by_host ON kept_pages (host, article_id);

-- What is known of the recurring text of the pages of a host.
CREATE TABLE furniture (
  host TEXT PRIMARY KEY,
  seen_at INTEGER NOT NULL,         -- of the last page
  data BLOB NOT NULL
) STRICT;
CREATE INDEX furniture_by_time ON furniture (seen_at);
