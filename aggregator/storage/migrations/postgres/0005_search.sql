-- The search index is made anew, by the program: see search_rebuild.py. Its words are in a column of
-- another name, so that what is left running of a former version fails and does not write into it.
DROP TABLE search;
CREATE TABLE search (
  article_id BIGINT PRIMARY KEY REFERENCES articles (id),
  length BIGINT NOT NULL,               -- words
  lexemes TSVECTOR NOT NULL             -- see tsvector.py
);
-- New texts wait in a list that every search reads as a whole; a third of the cost of putting each
-- where it belongs. Of the default length it holds up whoever fills it for a tenth of a second.
CREATE INDEX search_words ON search USING gin (lexemes)
  WITH (fastupdate = on, gin_pending_list_limit = 1024);

-- The forms in which words occur: see word_forms.py.
CREATE TABLE word_forms (
  language TEXT COLLATE "C" NOT NULL,   -- "": not known
  stem TEXT COLLATE "C" NOT NULL,
  word TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (language, stem, word)
);

-- Articles that a person has marked.
CREATE TABLE stars (
  article_id BIGINT PRIMARY KEY REFERENCES articles (id),
  starred_at BIGINT NOT NULL
);

-- What `is:` asks for.
CREATE INDEX assignments_by_relation ON assignments (relation, article_id);
