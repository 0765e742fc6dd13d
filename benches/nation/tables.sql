-- The tables of a reporting database: one a kind of record, typed, indexed by child and day, with
-- the working days counted out beforehand. PostgreSQL and DuckDB both read this.
CREATE TABLE child (id INTEGER PRIMARY KEY, born DATE NOT NULL);
CREATE TABLE plan (id INTEGER PRIMARY KEY, child INTEGER NOT NULL, from_day DATE NOT NULL, to_day DATE);
CREATE TABLE conference (id INTEGER PRIMARY KEY, child INTEGER NOT NULL, kind TEXT NOT NULL, held DATE, booked DATE);
CREATE TABLE visit (id INTEGER PRIMARY KEY, child INTEGER NOT NULL, held DATE NOT NULL,
    child_seen BOOLEAN NOT NULL, seen_alone BOOLEAN NOT NULL, bedroom_seen BOOLEAN NOT NULL);
CREATE TABLE core_group (id INTEGER PRIMARY KEY, child INTEGER NOT NULL, held DATE, booked DATE);
CREATE TABLE minutes (id INTEGER PRIMARY KEY, child INTEGER NOT NULL, held DATE NOT NULL, core_group INTEGER NOT NULL);
CREATE TABLE action_agreed (id INTEGER PRIMARY KEY, child INTEGER NOT NULL, held DATE NOT NULL);
CREATE TABLE other_row (id INTEGER PRIMARY KEY, child INTEGER NOT NULL, kind TEXT NOT NULL, held DATE NOT NULL);
-- For each day the first, fifth and tenth working day after it.
CREATE TABLE working (day DATE PRIMARY KEY, one DATE NOT NULL, five DATE NOT NULL, ten DATE NOT NULL);
