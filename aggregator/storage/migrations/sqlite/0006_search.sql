-- The search index is made anew, in shards: see search_shards.py. The tables of the shards are made
-- by the program, as articles come, and when a database is brought up to date: see
-- search_rebuild.py.
DROP TRIGGER texts_deleted;
DROP TRIGGER texts_updated;
DROP TABLE search;

CREATE TABLE search_shards (
  number INTEGER PRIMARY KEY,       -- of the articles whose id >> 12 it is
  finished INTEGER NOT NULL         -- 1: a later one has been begun
) STRICT;

-- What is listed by time, of one shard.
CREATE INDEX articles_by_shard ON articles (id >> 12, at);

-- The forms in which words occur: see word_forms.py.
CREATE TABLE word_forms (
  language TEXT NOT NULL,           -- "": not known
  stem TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (language, stem, word)
) STRICT, WITHOUT ROWID;

-- Articles that a person has marked.
CREATE TABLE stars (
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  starred_at INTEGER NOT NULL
) STRICT;

-- What `is:` asks for.
CREATE INDEX assignments_by_relation ON assignments (relation, article_id);
