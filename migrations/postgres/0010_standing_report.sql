-- Which of the reports that are sent on days of their own (`[[report]]`) have been: a row for each day
-- that fell. The first row of a report has no period: it says since when it is watched.
CREATE TABLE standing_report (
    report TEXT NOT NULL,
    fell_at TEXT NOT NULL,
    from_day TEXT,
    to_day TEXT,
    queued_at TEXT NOT NULL,
    PRIMARY KEY (report, fell_at)
);
