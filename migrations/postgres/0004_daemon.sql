-- The jobs of the daemon's schedule: when each is due next, and when it last ended and ended well.
CREATE TABLE daemon_job (
    name TEXT NOT NULL PRIMARY KEY,
    next_due TEXT NOT NULL,
    ended TEXT,
    ended_well TEXT
);
