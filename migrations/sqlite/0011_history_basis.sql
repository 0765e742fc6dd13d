-- By what an authority's record was judged from a day on: packs, calendar and names of teams, as one
-- JSON text.
CREATE TABLE history_basis (
    authority TEXT NOT NULL,
    from_day TEXT NOT NULL,
    basis TEXT NOT NULL,
    PRIMARY KEY (authority, from_day)
);
