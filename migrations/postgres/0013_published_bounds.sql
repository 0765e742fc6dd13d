-- What a publication said of a count that it kept back: the least that it can be, and the most; null where
-- it was shown, or where nothing was said.
ALTER TABLE report_published ADD COLUMN least BIGINT;
ALTER TABLE report_published ADD COLUMN most BIGINT;
