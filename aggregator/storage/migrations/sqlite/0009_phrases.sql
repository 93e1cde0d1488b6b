-- Which three words in a row the texts of a finished shard have: see search_trigrams.py.
CREATE TABLE search_trigrams (
  id INTEGER PRIMARY KEY,           -- shard << 20 | block
  bits BLOB NOT NULL
) STRICT;
ALTER TABLE search_shards ADD COLUMN blocks INTEGER NOT NULL DEFAULT 0;  -- 0: it has no filter

-- The index is made anew, with filters: see search_rebuild.py.
DELETE FROM meta WHERE key = 'words_version';
