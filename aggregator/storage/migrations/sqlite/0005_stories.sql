-- How feeds.yaml wants a source's articles to be put into stories.
ALTER TABLE sources ADD COLUMN grouped INTEGER NOT NULL DEFAULT 1;     -- 0: each stands alone
ALTER TABLE sources ADD COLUMN never_join TEXT NOT NULL DEFAULT '[]';  -- names of sources; "*": any

-- When its feed was last read without it. NULL: not known.
ALTER TABLE articles ADD COLUMN unseen_at INTEGER;

-- The story that the one which this article starts follows upon. NULL: none.
ALTER TABLE assignments ADD COLUMN continues_id INTEGER;
CREATE INDEX assignments_by_continued ON assignments (continues_id) WHERE continues_id IS NOT NULL;

-- Where a person has put articles: with another one, or (itself) into a story of its own. It outlives
-- every assignment.
CREATE TABLE placements (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  with_id INTEGER NOT NULL REFERENCES articles (id),
  placed_at INTEGER NOT NULL,
  stays INTEGER NOT NULL            -- 1: the first of a story that others were taken out of
) STRICT;
CREATE INDEX placements_by_other ON placements (with_id);

-- Assignments made anew, until they replace the present ones all at once.
CREATE TABLE regrouped (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  article_id INTEGER NOT NULL UNIQUE,
  version INTEGER NOT NULL,         -- of the article's text
  story_id INTEGER NOT NULL,
  relation TEXT NOT NULL,
  of_id INTEGER,
  score REAL NOT NULL,
  why TEXT NOT NULL,
  continues_id INTEGER,
  at INTEGER NOT NULL,
  data BLOB NOT NULL                -- the fingerprint
) STRICT;

-- Articles that have left their stories and await others, with their former fingerprints.
CREATE TABLE taken_out (
  article_id INTEGER PRIMARY KEY
) STRICT;

-- What was made by the first version of the method cannot be compared any more: until `aggregator group
-- --again` makes it anew, only articles that come from now on are.
DELETE FROM fingerprints;
