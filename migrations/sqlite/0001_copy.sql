-- The copy of each authority's cases (SPEC 4): one row a child, the staff, what is known of each
-- kind, what could not be used, and every reading of the source.

-- Names of kinds and attributes; a number never changes its meaning.
CREATE TABLE copy_symbol (
    authority TEXT NOT NULL,
    number BIGINT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (authority, number),
    UNIQUE (authority, name)
);

CREATE TABLE copy_timeline (
    authority TEXT NOT NULL,
    child_id TEXT NOT NULL,
    timeline BLOB NOT NULL,
    PRIMARY KEY (authority, child_id)
);

CREATE TABLE copy_kind (
    authority TEXT NOT NULL,
    class TEXT NOT NULL,
    kind TEXT NOT NULL,
    rows BIGINT NOT NULL,
    about BIGINT NOT NULL,
    PRIMARY KEY (authority, class, kind)
);

-- Every column that a query of the kind yields; `rows` counts the rows in which it is not null.
CREATE TABLE copy_attribute (
    authority TEXT NOT NULL,
    class TEXT NOT NULL,
    kind TEXT NOT NULL,
    attribute TEXT NOT NULL,
    rows BIGINT NOT NULL,
    PRIMARY KEY (authority, class, kind, attribute)
);

CREATE TABLE copy_person (
    authority TEXT NOT NULL,
    person_id TEXT NOT NULL,
    name TEXT,
    email TEXT,
    role TEXT,
    team_id TEXT,
    manager_id TEXT,
    PRIMARY KEY (authority, person_id)
);

CREATE TABLE copy_team (
    authority TEXT NOT NULL,
    team_id TEXT NOT NULL,
    name TEXT,
    parent_id TEXT,
    manager_id TEXT,
    PRIMARY KEY (authority, team_id)
);

-- Rows that the last accepted reading could not use; never more of a row than its key.
CREATE TABLE copy_quarantine (
    authority TEXT NOT NULL,
    number BIGINT NOT NULL,
    query TEXT NOT NULL,
    line BIGINT NOT NULL,
    row_key TEXT NOT NULL,
    reason TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (authority, number)
);

-- What each query yielded at the last accepted reading: what the next one is measured against.
CREATE TABLE copy_query (
    authority TEXT NOT NULL,
    query TEXT NOT NULL,
    digest TEXT NOT NULL,
    rows BIGINT NOT NULL,
    columns TEXT NOT NULL,
    PRIMARY KEY (authority, query)
);

CREATE TABLE copy_reading (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    authority TEXT NOT NULL,
    read_at TEXT NOT NULL,
    day TEXT NOT NULL,
    accepted BIGINT NOT NULL,
    reason TEXT,
    rows BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    children BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    milliseconds BIGINT NOT NULL
);

CREATE INDEX copy_reading_by_authority ON copy_reading (authority, number);
