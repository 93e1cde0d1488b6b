-- What feeds.yaml may want of a source, then what has been observed of it.
ALTER TABLE sources ADD COLUMN max_interval_us BIGINT; -- NULL: always its interval
ALTER TABLE sources ADD COLUMN respect_robots BIGINT NOT NULL DEFAULT 1;
ALTER TABLE sources ADD COLUMN proxy TEXT COLLATE "C";
ALTER TABLE sources ADD COLUMN selectors TEXT COLLATE "C"; -- NULL: it is a feed
ALTER TABLE sources ADD COLUMN why TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN not_before_at BIGINT;
ALTER TABLE sources ADD COLUMN pace TEXT COLLATE "C";
ALTER TABLE sources ADD COLUMN hints TEXT COLLATE "C";
ALTER TABLE sources ADD COLUMN address TEXT COLLATE "C"; -- NULL: it is polled at url
ALTER TABLE sources ADD COLUMN moved_to TEXT COLLATE "C";
ALTER TABLE sources ADD COLUMN moved_times BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN gone_at BIGINT;
ALTER TABLE sources ADD COLUMN retired_at BIGINT; -- NULL: it is polled
DROP INDEX sources_due;
CREATE INDEX sources_due ON sources (next_poll_at) WHERE active = 1 AND retired_at IS NULL;

ALTER TABLE articles ADD COLUMN media TEXT COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN links TEXT COLLATE "C" NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN withdrawn_at BIGINT; -- NULL: it stands

-- The last copy of a site's robots.txt.
CREATE TABLE robots (
  origin TEXT COLLATE "C" PRIMARY KEY,
  asked_at BIGINT NOT NULL,
  status BIGINT, -- NULL: it has never been had
  failing_since BIGINT, -- NULL: the last answer was one
  body BYTEA NOT NULL
);
CREATE INDEX robots_by_time ON robots (asked_at);
