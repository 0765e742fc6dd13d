-- What the copy was before, so that a past day's figures can be made again (SPEC 8), and what
-- reports have published.

-- Since when the copy's past is kept, and the local day of the reading that is being taken.
CREATE TABLE history_day (
    authority TEXT NOT NULL PRIMARY KEY,
    begun TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL
);

-- What a child's timeline was before a day: at the end of every day earlier than `before_day`, back to
-- the row before. Null where the copy did not hold the child.
CREATE TABLE history_timeline (
    authority TEXT NOT NULL,
    child_id TEXT NOT NULL,
    before_day TEXT COLLATE "C" NOT NULL,
    timeline BYTEA,
    PRIMARY KEY (authority, child_id, before_day)
);

-- Of several changes on one day the first has what was there before that day: later ones are let go.
CREATE FUNCTION history_of_timeline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO history_timeline (authority, child_id, before_day, timeline)
        SELECT NEW.authority, NEW.child_id, day, NULL
        FROM history_day WHERE authority = NEW.authority AND begun < day
        ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'DELETE' OR OLD.timeline IS DISTINCT FROM NEW.timeline THEN
        INSERT INTO history_timeline (authority, child_id, before_day, timeline)
        SELECT OLD.authority, OLD.child_id, day, OLD.timeline
        FROM history_day WHERE authority = OLD.authority AND begun < day
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER history_of_timeline AFTER INSERT OR UPDATE OR DELETE ON copy_timeline
    FOR EACH ROW EXECUTE FUNCTION history_of_timeline();

-- Every count that a publication showed, or kept back (null): what was kept back stays so.
CREATE TABLE report_published (
    authority TEXT NOT NULL,
    rule TEXT NOT NULL,
    level TEXT NOT NULL,            -- authority, team
    team TEXT NOT NULL,             -- empty for all teams, and for no team
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL,
    figure TEXT NOT NULL,
    value BIGINT,
    published_at TEXT NOT NULL,
    PRIMARY KEY (authority, rule, level, team, from_day, to_day, figure)
);
