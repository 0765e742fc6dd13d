-- The language in which each member of staff wants to read.
ALTER TABLE copy_person ADD COLUMN language TEXT;

-- How many messages of their own each recipient was sent within the last hour.
CREATE INDEX message_at_once ON message (queued_at) WHERE kind = 'now';
