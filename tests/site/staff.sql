INSERT INTO people VALUES
    ('anna', 'Anna Archer', 'anna@example.org', 'north', 'tom', NULL),
    ('ben', 'Ben Baker', 'ben@example.org', 'north', 'tom', NULL),
    ('cara', 'Cara Cole', 'cara@example.org', 'north', 'tom', NULL),
    ('tom', 'Tom Turner', 'tom@example.org', 'north', NULL, NULL),
    ('sara', 'Sara Smith', 'sara@example.org', 'service', NULL, NULL),
    ('hugo', 'Hugo Hill', 'hugo@example.org', 'all', NULL, NULL);
INSERT INTO teams VALUES
    ('north', 'North', 'service', 'tom'),
    ('service', 'Service', 'all', 'sara'),
    ('all', 'All', NULL, 'hugo');
