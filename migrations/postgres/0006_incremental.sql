-- Reading what changed, between readings of everything.

-- 1: all queries were read in full.
ALTER TABLE copy_reading ADD COLUMN whole BIGINT NOT NULL DEFAULT 1;

-- A digest of what a reading of changes depends on: where it differs, everything is read.
ALTER TABLE copy_query ADD COLUMN changes TEXT NOT NULL DEFAULT '';

-- What tells whether a row that did not change may be usable by now: what it is, the child that it
-- waits for, the day from which it has occurred, and whether its id is another row's too.
ALTER TABLE copy_quarantine ADD COLUMN row_id TEXT;
ALTER TABLE copy_quarantine ADD COLUMN kind TEXT;
ALTER TABLE copy_quarantine ADD COLUMN waits_for_child TEXT;
ALTER TABLE copy_quarantine ADD COLUMN waits_for_day TEXT;
ALTER TABLE copy_quarantine ADD COLUMN twice BIGINT NOT NULL DEFAULT 0;

-- Digests of the ids of all rows, so that a row that comes is known to be new, or to be held by
-- another child, without a look at every timeline. Bucket -1 has what came since the last reading
-- of everything.
CREATE TABLE copy_row_digest (
    authority TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    digests BYTEA NOT NULL,
    PRIMARY KEY (authority, bucket)
);
