-- What is remembered of an obligation that anyone was told of, that is overdue, or that is held.
CREATE TABLE alert (
    id TEXT NOT NULL PRIMARY KEY,   -- the obligation's short name
    authority TEXT NOT NULL,
    rule TEXT NOT NULL,
    child TEXT NOT NULL,
    case_ref TEXT NOT NULL,
    team TEXT,
    period TEXT NOT NULL,
    anchor TEXT NOT NULL,
    opened TEXT NOT NULL,
    due TEXT NOT NULL,
    closed_reason TEXT,             -- none while it is open
    closed_day TEXT,
    overdue BIGINT NOT NULL,        -- at the last pass that read its source
    hold TEXT,                      -- flood, baseline
    standing TEXT NOT NULL          -- JSON: what its ladder has told, and what waits for a digest
);
CREATE INDEX alert_by_authority ON alert (authority);

-- What was told, to whom, in which message. A row is never changed; it is deleted where its message
-- was withdrawn before a try.
CREATE TABLE alert_told (
    number INTEGER PRIMARY KEY,
    authority TEXT NOT NULL,
    obligation TEXT NOT NULL,
    kind TEXT NOT NULL,             -- step, closed, reopened
    step BIGINT,
    due TEXT NOT NULL,
    repeat BIGINT NOT NULL,         -- 0 for the step itself, then counted up
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    queued TEXT NOT NULL,
    reason TEXT                     -- of a closing
);
-- A step is told once for a due day, to each of its people.
CREATE UNIQUE INDEX alert_told_once ON alert_told (obligation, step, due, repeat, lower(recipient))
    WHERE kind = 'step';
CREATE INDEX alert_told_by_message ON alert_told (message_id);

-- The last day on which each recipient had a digest.
CREATE TABLE alert_digest (
    authority TEXT NOT NULL,
    recipient TEXT NOT NULL,        -- in lower case
    day TEXT NOT NULL,
    message_id TEXT NOT NULL,
    PRIMARY KEY (authority, recipient)
);

-- The rules that a pass has read: what is not here is a baseline. One that is switched off stays, so
-- that its closings can still be put into words.
CREATE TABLE alert_rule (
    authority TEXT NOT NULL,
    rule TEXT NOT NULL,
    pack TEXT NOT NULL,
    title TEXT NOT NULL,
    clause TEXT NOT NULL,
    document TEXT NOT NULL,
    severity TEXT NOT NULL,
    present BIGINT NOT NULL,
    PRIMARY KEY (authority, rule)
);

-- Who acknowledged or released what, when, and why. It can be added to and never edited.
CREATE TABLE alert_audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    action TEXT NOT NULL,           -- ack, release
    authority TEXT NOT NULL,
    obligation TEXT,
    who TEXT,
    reason TEXT,
    until TEXT                      -- a day, that day included
);
CREATE INDEX alert_audit_by_obligation ON alert_audit (authority, obligation);
CREATE TRIGGER alert_audit_no_update BEFORE UPDATE ON alert_audit
BEGIN
    SELECT RAISE(ABORT, 'the audit record cannot be edited');
END;
CREATE TRIGGER alert_audit_no_delete BEFORE DELETE ON alert_audit
BEGIN
    SELECT RAISE(ABORT, 'the audit record cannot be edited');
END;

-- What operations were told of that is not over.
CREATE TABLE operations_trouble (
    kind TEXT NOT NULL,
    authority TEXT NOT NULL,
    item TEXT NOT NULL,
    line TEXT NOT NULL,
    begun TEXT NOT NULL,            -- a day
    told TEXT NOT NULL,             -- a day
    PRIMARY KEY (kind, authority, item)
);

-- Which pass runs, and the latest that was seen.
CREATE TABLE pass_lease (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT,
    held_until TEXT,
    last_at TEXT
);
INSERT INTO pass_lease (name) VALUES ('pass');

-- Which head of service was told that nobody is being warned, for the refusals since when.
CREATE TABLE head_told (
    authority TEXT NOT NULL,
    recipient TEXT NOT NULL,        -- in lower case
    since TEXT NOT NULL,
    PRIMARY KEY (authority, recipient)
);
