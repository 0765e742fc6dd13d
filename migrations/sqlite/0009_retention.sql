-- Forgetting by a site's own periods: on which day it was last done, and before which instant the
-- record of acknowledgements may be shortened while it is done.
CREATE TABLE retention (
    name TEXT NOT NULL PRIMARY KEY,
    last_day TEXT,
    audit_before TEXT
);
INSERT INTO retention (name) VALUES ('retention');

-- Messages that were forgotten, by what had become of them: counters only grow.
CREATE TABLE message_forgotten (
    result TEXT NOT NULL PRIMARY KEY,   -- sent, withdrawn, address, message
    messages BIGINT NOT NULL
);

DROP TRIGGER alert_audit_no_delete;
CREATE TRIGGER alert_audit_no_delete BEFORE DELETE ON alert_audit
WHEN OLD.at >= COALESCE((SELECT audit_before FROM retention), '')
BEGIN
    SELECT RAISE(ABORT, 'the audit record cannot be edited');
END;
