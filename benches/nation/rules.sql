-- The nine rules as a good nightly script would have them: a few passes over each table, joins on the
-- child, window functions for chains and runs; no cursor, nothing by child. Each statement gives the
-- number of obligations by state. {today} is a date, {first} and {beyond} bound the children of this
-- session. A child has at most one record of a kind on one day (but conferences of different kinds),
-- and what is booked lies after today: the data are made so.

-- rule: child-seen
WITH plans AS (
    SELECT id, child, from_day, CASE WHEN to_day <= {today} THEN to_day END AS ended
    FROM plan WHERE from_day <= {today} AND child >= {first} AND child < {beyond}
), openings AS (
    SELECT id, ended, from_day AS opened, 0 AS place FROM plans
    UNION ALL
    SELECT p.id, p.ended, v.held, 1 FROM plans p JOIN visit v ON v.child = p.child
        AND v.held >= p.from_day AND v.held <= coalesce(p.ended, {today})
    WHERE v.child_seen
), cycles AS (
    SELECT ended, opened, opened + 28 AS due,
        lead(opened) OVER (PARTITION BY id ORDER BY opened, place) AS answered
    FROM openings
)
SELECT CASE WHEN answered <= due THEN 'met' WHEN answered > due THEN 'met_late'
        WHEN ended > due THEN 'missed' WHEN ended <= due THEN 'cancelled'
        WHEN {today} > due THEN 'overdue' WHEN {today} >= due - 5 THEN 'due_soon'
        ELSE 'pending' END AS state, count(*) AS obligations
FROM cycles WHERE ended IS NULL OR opened < ended GROUP BY 1;

-- rule: seen-alone
WITH plans AS (
    SELECT id, child, from_day, CASE WHEN to_day <= {today} THEN to_day END AS ended
    FROM plan WHERE from_day <= {today} AND child >= {first} AND child < {beyond}
), openings AS (
    SELECT id, ended, from_day AS opened, 0 AS place FROM plans
    UNION ALL
    SELECT p.id, p.ended, v.held, 1 FROM plans p JOIN child c ON c.id = p.child
        JOIN visit v ON v.child = p.child
        AND v.held >= p.from_day AND v.held <= coalesce(p.ended, {today})
    WHERE v.child_seen AND v.seen_alone AND v.held >= CAST(c.born + INTERVAL '2 years' AS DATE)
), cycles AS (
    SELECT ended, opened, opened + 42 AS due,
        lead(opened) OVER (PARTITION BY id ORDER BY opened, place) AS answered
    FROM openings
)
SELECT CASE WHEN answered <= due THEN 'met' WHEN answered > due THEN 'met_late'
        WHEN ended > due THEN 'missed' WHEN ended <= due THEN 'cancelled'
        WHEN {today} > due THEN 'overdue' ELSE 'pending' END AS state, count(*) AS obligations
FROM cycles WHERE ended IS NULL OR opened < ended GROUP BY 1;

-- rule: bedroom
WITH plans AS (
    SELECT id, child, from_day, CASE WHEN to_day <= {today} THEN to_day END AS ended
    FROM plan WHERE from_day <= {today} AND child >= {first} AND child < {beyond}
), days AS (
    SELECT DISTINCT p.id, p.child, p.ended, c.held AS mark
    FROM plans p JOIN conference c ON c.child = p.child
        AND c.held >= p.from_day AND c.held <= coalesce(p.ended, {today})
), marks AS (
    SELECT child, ended, mark, lead(mark) OVER w AS next, row_number() OVER w AS place
    FROM days WINDOW w AS (PARTITION BY id ORDER BY mark)
), booked AS (
    SELECT child, min(booked) AS day FROM conference
    WHERE held IS NULL AND booked >= {today} AND child >= {first} AND child < {beyond} GROUP BY child
), judged AS (
    SELECT m.ended, m.next,
        EXISTS (SELECT 1 FROM visit v WHERE v.child = m.child AND v.bedroom_seen
            AND v.held > m.mark AND v.held <= coalesce(m.next, m.ended, {today})) AS answered,
        coalesce(CASE WHEN m.ended IS NULL THEN b.day END,
            CAST(m.mark + CASE WHEN m.place = 1 THEN INTERVAL '3 months' ELSE INTERVAL '6 months' END
                AS DATE)) AS due
    FROM marks m LEFT JOIN booked b ON b.child = m.child
)
SELECT CASE WHEN answered THEN 'met' WHEN next IS NOT NULL OR ended > due THEN 'missed'
        WHEN ended <= due THEN 'cancelled' WHEN {today} > due THEN 'overdue'
        ELSE 'pending' END AS state, count(*) AS obligations
FROM judged GROUP BY 1;

-- rule: review-3
WITH plans AS (
    SELECT id, child, from_day, CASE WHEN to_day <= {today} THEN to_day END AS ended
    FROM plan WHERE from_day <= {today} AND child >= {first} AND child < {beyond}
), held AS (
    SELECT DISTINCT p.id, p.child, p.ended, c.held AS day, c.kind
    FROM plans p JOIN conference c ON c.child = p.child
        AND c.held >= p.from_day AND c.held <= coalesce(p.ended, {today})
), anchors AS (
    SELECT id, child, ended, day, CAST(day + INTERVAL '3 months' AS DATE) AS due,
        lead(day) OVER (PARTITION BY id ORDER BY day) AS next
    FROM held WHERE kind = 'initial'
), answers AS (
    SELECT a.id, a.day, min(r.day) AS answered FROM anchors a
        JOIN held r ON r.id = a.id AND r.kind = 'review' AND r.day > a.day
        AND (a.next IS NULL OR r.day < a.next)
    GROUP BY a.id, a.day
), booked AS (
    SELECT child, min(booked) AS day FROM conference
    WHERE held IS NULL AND kind = 'review' AND booked >= {today} AND child >= {first} AND child < {beyond}
    GROUP BY child
), judged AS (
    SELECT a.due, r.answered, b.day AS booked,
        CASE WHEN a.next IS NULL THEN a.ended WHEN a.ended IS NULL OR a.next < a.ended THEN a.next
            ELSE a.ended END AS ended
    FROM anchors a LEFT JOIN answers r ON r.id = a.id AND r.day = a.day
        LEFT JOIN booked b ON b.child = a.child
)
SELECT CASE WHEN answered <= due THEN 'met' WHEN answered > due THEN 'met_late'
        WHEN ended > due THEN 'missed' WHEN ended <= due THEN 'cancelled'
        WHEN {today} > due THEN 'overdue' WHEN booked > due THEN 'due_soon'
        ELSE 'pending' END AS state, count(*) AS obligations
FROM judged GROUP BY 1;

-- rule: review-6
WITH plans AS (
    SELECT id, child, from_day, CASE WHEN to_day <= {today} THEN to_day END AS ended
    FROM plan WHERE from_day <= {today} AND child >= {first} AND child < {beyond}
), held AS (
    SELECT DISTINCT p.id, p.child, p.ended, c.held AS day
    FROM plans p JOIN conference c ON c.child = p.child
        AND c.held >= p.from_day AND c.held <= coalesce(p.ended, {today})
    WHERE c.kind = 'review'
), anchors AS (
    SELECT child, ended, day, CAST(day + INTERVAL '6 months' AS DATE) AS due,
        lead(day) OVER (PARTITION BY id ORDER BY day) AS answered
    FROM held
), booked AS (
    SELECT child, min(booked) AS day FROM conference
    WHERE held IS NULL AND kind = 'review' AND booked >= {today} AND child >= {first} AND child < {beyond}
    GROUP BY child
)
SELECT CASE WHEN answered <= due THEN 'met' WHEN answered > due THEN 'met_late'
        WHEN ended > due THEN 'missed' WHEN ended <= due THEN 'cancelled'
        WHEN {today} > due THEN 'overdue' WHEN b.day > due THEN 'due_soon'
        ELSE 'pending' END AS state, count(*) AS obligations
FROM anchors a LEFT JOIN booked b ON b.child = a.child GROUP BY 1;

-- rule: first-core-group
WITH plans AS (
    SELECT id, child, from_day, CASE WHEN to_day <= {today} THEN to_day END AS ended
    FROM plan WHERE from_day <= {today} AND child >= {first} AND child < {beyond}
), initial AS (
    SELECT DISTINCT p.id, p.child, p.ended, c.held AS day
    FROM plans p JOIN conference c ON c.child = p.child
        AND c.held >= p.from_day AND c.held <= coalesce(p.ended, {today})
    WHERE c.kind = 'initial'
), anchors AS (
    SELECT id, child, ended, day, lead(day) OVER (PARTITION BY id ORDER BY day) AS next
    FROM initial
), answers AS (
    SELECT a.id, a.day, min(g.held) AS answered FROM anchors a
        JOIN core_group g ON g.child = a.child AND g.held >= a.day
        AND g.held <= coalesce(a.ended, {today}) AND (a.next IS NULL OR g.held < a.next)
    GROUP BY a.id, a.day
), booked AS (
    SELECT child, min(booked) AS day FROM core_group
    WHERE held IS NULL AND booked >= {today} AND child >= {first} AND child < {beyond} GROUP BY child
), judged AS (
    SELECT w.ten AS due, r.answered, b.day AS booked,
        CASE WHEN a.next IS NULL THEN a.ended WHEN a.ended IS NULL OR a.next < a.ended THEN a.next
            ELSE a.ended END AS ended
    FROM anchors a JOIN working w ON w.day = a.day
        LEFT JOIN answers r ON r.id = a.id AND r.day = a.day
        LEFT JOIN booked b ON b.child = a.child
)
SELECT CASE WHEN answered <= due THEN 'met' WHEN answered > due THEN 'met_late'
        WHEN ended > due THEN 'missed' WHEN ended <= due THEN 'cancelled'
        WHEN {today} > due THEN 'overdue' WHEN booked > due THEN 'due_soon'
        ELSE 'pending' END AS state, count(*) AS obligations
FROM judged GROUP BY 1;

-- rule: core-group
WITH plans AS (
    SELECT id, child, from_day, CASE WHEN to_day <= {today} THEN to_day END AS ended
    FROM plan WHERE from_day <= {today} AND child >= {first} AND child < {beyond}
), cycles AS (
    SELECT p.child, p.ended, g.held AS opened, g.held + 42 AS due,
        lead(g.held) OVER (PARTITION BY p.id ORDER BY g.held) AS answered
    FROM plans p JOIN core_group g ON g.child = p.child
        AND g.held >= p.from_day AND g.held <= coalesce(p.ended, {today})
), booked AS (
    SELECT child, min(booked) AS day FROM core_group
    WHERE held IS NULL AND booked >= {today} AND child >= {first} AND child < {beyond} GROUP BY child
)
SELECT CASE WHEN answered <= due THEN 'met' WHEN answered > due THEN 'met_late'
        WHEN ended > due THEN 'missed' WHEN ended <= due THEN 'cancelled'
        WHEN {today} > due THEN 'overdue' WHEN b.day > due THEN 'due_soon'
        ELSE 'pending' END AS state, count(*) AS obligations
FROM cycles c LEFT JOIN booked b ON b.child = c.child
WHERE ended IS NULL OR opened < ended GROUP BY 1;

-- rule: minutes
WITH plans AS (
    SELECT id, child, from_day, CASE WHEN to_day <= {today} THEN to_day END AS ended
    FROM plan WHERE from_day <= {today} AND child >= {first} AND child < {beyond}
), anchors AS (
    SELECT p.id AS plan, p.ended, g.id, g.held AS day, w.five AS due
    FROM plans p JOIN core_group g ON g.child = p.child
        AND g.held >= p.from_day AND g.held <= coalesce(p.ended, {today})
        JOIN working w ON w.day = g.held
), judged AS (
    SELECT a.plan, a.id, a.ended, a.due, min(m.held) AS answered
    FROM anchors a LEFT JOIN minutes m ON m.core_group = a.id AND m.held >= a.day
        AND m.held <= coalesce(a.ended, {today})
    GROUP BY a.plan, a.id, a.ended, a.due
)
SELECT CASE WHEN answered <= due THEN 'met' WHEN answered > due THEN 'met_late'
        WHEN ended > due THEN 'missed' WHEN ended <= due THEN 'cancelled'
        WHEN {today} > due THEN 'overdue' ELSE 'pending' END AS state, count(*) AS obligations
FROM judged GROUP BY 1;

-- rule: no-access
WITH plans AS (
    SELECT id, child, from_day, CASE WHEN to_day <= {today} THEN to_day END AS ended
    FROM plan WHERE from_day <= {today} AND child >= {first} AND child < {beyond}
), visits AS (
    SELECT p.id, p.child, p.ended, v.held, v.child_seen,
        lag(v.child_seen) OVER w AS seen_before, lag(v.held) OVER w AS held_before
    FROM plans p JOIN visit v ON v.child = p.child
        AND v.held >= p.from_day AND v.held <= coalesce(p.ended, {today})
    WINDOW w AS (PARTITION BY p.id ORDER BY v.held)
), islands AS (
    SELECT id, child, ended, held, child_seen,
        sum(CASE WHEN child_seen OR seen_before IS NOT FALSE OR held - held_before > 30
            THEN 1 ELSE 0 END) OVER (PARTITION BY id ORDER BY held) AS island
    FROM visits
), failures AS (
    SELECT id, child, ended, held,
        row_number() OVER (PARTITION BY id, island ORDER BY held) AS place
    FROM islands WHERE NOT child_seen
), anchors AS (
    SELECT f.id, f.child, f.ended, f.held AS day, w.one AS due,
        lead(f.held) OVER (PARTITION BY f.id ORDER BY f.held) AS next
    FROM failures f JOIN working w ON w.day = f.held WHERE f.place = 2
), answers AS (
    SELECT a.id, a.day, min(g.held) AS answered FROM anchors a
        JOIN action_agreed g ON g.child = a.child AND g.held >= a.day
        AND g.held <= coalesce(a.ended, {today}) AND (a.next IS NULL OR g.held < a.next)
    GROUP BY a.id, a.day
), judged AS (
    SELECT a.due, r.answered,
        CASE WHEN a.next IS NULL THEN a.ended WHEN a.ended IS NULL OR a.next < a.ended THEN a.next
            ELSE a.ended END AS ended
    FROM anchors a LEFT JOIN answers r ON r.id = a.id AND r.day = a.day
)
SELECT CASE WHEN answered <= due THEN 'met' WHEN answered > due THEN 'met_late'
        WHEN ended > due THEN 'missed' WHEN ended <= due THEN 'cancelled'
        WHEN {today} > due THEN 'overdue' ELSE 'pending' END AS state, count(*) AS obligations
FROM judged GROUP BY 1;
