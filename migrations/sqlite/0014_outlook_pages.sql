-- What is ahead of each child, apart from what is counted of it: a pass reads the one, and only figures need
-- the other. Its pages have the numbers of those in evaluation_page, which hold the counts.
CREATE TABLE evaluation_outlook (
    authority TEXT NOT NULL,
    number BIGINT NOT NULL,
    page BLOB NOT NULL,
    PRIMARY KEY (authority, number)
);
