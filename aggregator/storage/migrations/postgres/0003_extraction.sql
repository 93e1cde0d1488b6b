-- How feeds.yaml wants a source's article pages to be read.
ALTER TABLE sources ADD COLUMN rules TEXT COLLATE "C"; -- NULL: as any other's

-- What its page is, and what it says beyond the text.
ALTER TABLE articles ADD COLUMN kind TEXT COLLATE "C" NOT NULL DEFAULT 'article';
ALTER TABLE articles ADD COLUMN kind_why TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN text_why TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN confidence DOUBLE PRECISION; -- NULL: not measured
ALTER TABLE articles ADD COLUMN utc_offset BIGINT; -- minutes; NULL: none given
ALTER TABLE articles ADD COLUMN image_alt TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE articles ADD COLUMN site_name TEXT COLLATE "C";
ALTER TABLE articles ADD COLUMN canonical_url TEXT COLLATE "C";
ALTER TABLE articles ADD COLUMN dateline TEXT COLLATE "C";
ALTER TABLE articles ADD COLUMN credits TEXT COLLATE "C" NOT NULL DEFAULT '[]';

-- From what the text of an article was made, for making it again: see kept.py.
CREATE TABLE kept_pages (
  article_id BIGINT PRIMARY KEY REFERENCES articles (id),
  host TEXT COLLATE "C" NOT NULL, -- of the article's page
  kept_at BIGINT NOT NULL,
  size BIGINT NOT NULL, -- bytes, before they were compressed
  data BYTEA NOT NULL
);
CREATE INDEX kept_pages_by_time ON kept_pages (kept_at);
CREATE INDEX kept_pages_by_host ON kept_pages (host, article_id);
-- It has been compressed.
ALTER TABLE kept_pages ALTER COLUMN data SET STORAGE EXTERNAL;

-- What is known of the recurring text of the pages of a host.
CREATE TABLE furniture (
  host TEXT COLLATE "C" PRIMARY KEY,
  seen_at BIGINT NOT NULL, -- of the last page
  data BYTEA NOT NULL
);
CREATE INDEX furniture_by_time ON furniture (seen_at);
-- Hashes again, in large part.
ALTER TABLE furniture ALTER COLUMN data SET STORAGE EXTERNAL;
