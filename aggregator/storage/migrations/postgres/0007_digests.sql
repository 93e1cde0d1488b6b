-- Editions of digests as they were made.
CREATE TABLE digests (
  digest TEXT COLLATE "C" NOT NULL, -- name, folded
  local_date TEXT COLLATE "C" NOT NULL,
  slot BIGINT NOT NULL, -- of the day's hours, from 1
  title TEXT COLLATE "C" NOT NULL,
  since_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  made_at BIGINT NOT NULL,
  stories BIGINT NOT NULL,
  singles BIGINT NOT NULL,
  left_out BIGINT NOT NULL,
  data BYTEA NOT NULL, -- the rendered digest, compressed
  PRIMARY KEY (digest, local_date, slot)
);
-- It is compressed already.
ALTER TABLE digests ALTER COLUMN data SET STORAGE EXTERNAL;
CREATE INDEX digests_by_name ON digests (digest, until_at);
CREATE INDEX digests_by_time ON digests (until_at);

-- Which articles a digest has told, and when last.
CREATE TABLE digest_told (
  digest TEXT COLLATE "C" NOT NULL, -- name, folded
  article_id BIGINT NOT NULL,
  told_at BIGINT NOT NULL,
  PRIMARY KEY (digest, article_id)
);
CREATE INDEX digest_told_by_time ON digest_told (told_at);

-- There was one digest, once a day.
ALTER TABLE deliveries ADD COLUMN digest TEXT COLLATE "C" NOT NULL DEFAULT 'digest'; -- name, folded
ALTER TABLE deliveries ADD COLUMN slot BIGINT NOT NULL DEFAULT 1;
ALTER TABLE deliveries ALTER COLUMN digest DROP DEFAULT, ALTER COLUMN slot DROP DEFAULT;
ALTER TABLE deliveries DROP CONSTRAINT deliveries_pkey;
ALTER TABLE deliveries ADD PRIMARY KEY (digest, local_date, slot, recipient);
DROP INDEX deliveries_by_date;
CREATE INDEX deliveries_by_time ON deliveries (recorded_at);
