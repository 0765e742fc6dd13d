-- Evaluations that follow change: which children's timelines changed since they were last evaluated,
-- and what is kept of each evaluation.

-- Counts the writings of each authority's timelines.
CREATE TABLE copy_stamp (
    authority TEXT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);

-- Children whose timeline changed, came or went, by the last writing that did it.
CREATE TABLE copy_changed (
    authority TEXT NOT NULL,
    child_id TEXT NOT NULL,
    stamp BIGINT NOT NULL,
    PRIMARY KEY (authority, child_id)
);

-- An authority's register of evaluations: up to which writing it goes, the last day on which any child
-- was evaluated, and what else it depends on.
CREATE TABLE evaluation (
    authority TEXT NOT NULL PRIMARY KEY,
    stamp BIGINT NOT NULL,
    day TEXT NOT NULL,
    basis TEXT NOT NULL             -- rules, calendar, ladders, program: as a hash
);

-- The register itself: what a child's last entry says counts, page by page.
CREATE TABLE evaluation_page (
    authority TEXT NOT NULL,
    number BIGINT NOT NULL,
    page BYTEA NOT NULL,
    PRIMARY KEY (authority, number)
);

-- Whether a pass must look at the alert though nothing of its child changed: told of something that is
-- open, with something waiting for a digest, or held. Those of before are looked at once.
ALTER TABLE alert ADD COLUMN attention BIGINT NOT NULL DEFAULT 1;
CREATE INDEX alert_by_attention ON alert (authority, attention, child);
CREATE INDEX alert_by_child ON alert (authority, child);
