-- Messages: queued with the step that they tell, sent, withdrawn, or failed for good. Exactly one of
-- sent_at, withdrawn_at and failed_at is set once a message has left the queue.
CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    authority TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    standing TEXT NOT NULL,         -- of the recipient in the people table, hashed
    subject TEXT NOT NULL,
    urgent BIGINT NOT NULL,         -- 1: before others
    tells_closing BIGINT NOT NULL,  -- 1: it tells a closing, and is never withdrawn
    queued_at TEXT NOT NULL,
    next_try_at TEXT NOT NULL,
    tries BIGINT NOT NULL,          -- begun, the one under way included
    first_failed_at TEXT,
    last_error TEXT,
    claimed_by TEXT,
    claimed_until TEXT,
    sent_at TEXT,
    withdrawn_at TEXT,
    failed_at TEXT,
    failed_for TEXT                 -- address or message
);

CREATE INDEX message_waiting ON message (urgent DESC, next_try_at, id)
    WHERE sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL;

-- The whole of each message that waits; gone once it has left the queue.
CREATE TABLE message_body (
    message BIGINT PRIMARY KEY REFERENCES message (id),
    body BLOB NOT NULL
);

-- The obligations that a message tells something of.
CREATE TABLE message_obligation (
    message BIGINT NOT NULL REFERENCES message (id),
    obligation TEXT NOT NULL,
    PRIMARY KEY (message, obligation)
);

-- Addresses that a mail server refuses, or that have been failing.
CREATE TABLE address (
    authority TEXT NOT NULL,
    address TEXT NOT NULL,          -- in lower case
    standing TEXT NOT NULL,         -- in the people table when it was marked, hashed
    refused_at TEXT,
    failing_since TEXT,
    PRIMARY KEY (authority, address)
);
