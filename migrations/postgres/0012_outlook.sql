-- What is ahead of all children of an authority's register together: a pass before the earliest of it
-- need not read the register. Null where it was written before this was kept.
ALTER TABLE evaluation ADD COLUMN open BIGINT;
ALTER TABLE evaluation ADD COLUMN begun BIGINT;
ALTER TABLE evaluation ADD COLUMN next_change TEXT;
ALTER TABLE evaluation ADD COLUMN wake TEXT;
ALTER TABLE evaluation ADD COLUMN next_step TEXT;
