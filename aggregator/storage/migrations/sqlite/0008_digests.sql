-- Editions of digests as they were made.
CREATE TABLE digests (
  digest TEXT NOT NULL,             -- name, folded
  local_date TEXT NOT NULL,
  slot INTEGER NOT NULL,            -- of the day's hours, from 1
  title TEXT NOT NULL,
  since_at INTEGER NOT NULL,
  until_at INTEGER NOT NULL,
  made_at INTEGER NOT NULL,
  stories INTEGER NOT NULL,
  singles INTEGER NOT NULL,
  left_out INTEGER NOT NULL,
  data BLOB NOT NULL,               -- the rendered digest, compressed
  PRIMARY KEY (digest, local_date, slot)
) STRICT;
CREATE INDEX digests_by_name ON digests (digest, until_at);
CREATE INDEX digests_by_time ON digests (until_at);

-- Which articles a digest has told, and when last.
CREATE TABLE digest_told (
  digest TEXT NOT NULL,             -- name, folded
  article_id INTEGER NOT NULL,
  told_at INTEGER NOT NULL,
  PRIMARY KEY (digest, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_told_by_time ON digest_told (told_at);

-- There was one digest, once a day.
CREATE TABLE deliveries_of_editions (
  digest TEXT NOT NULL,             -- name, folded
  local_date TEXT NOT NULL,
  slot INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  message_id TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  error TEXT,
  retry_at INTEGER,
  prepared_at INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,     -- when its state was last stored
  message BLOB NOT NULL,
  PRIMARY KEY (digest, local_date, slot, recipient)
) STRICT;
INSERT INTO deliveries_of_editions (digest, local_date, slot, recipient, message_id, state,
  attempts, error, retry_at, prepared_at, recorded_at, message)
SELECT 'digest', local_date, 1, recipient, message_id, state, attempts, error, retry_at,
  prepared_at, recorded_at, message
FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE deliveries_of_editions RENAME TO deliveries;
CREATE INDEX deliveries_open ON deliveries (retry_at) WHERE state <> 'sent';
CREATE INDEX deliveries_by_time ON deliveries (recorded_at);
