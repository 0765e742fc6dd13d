CREATE TABLE children (id TEXT, born TEXT, case_ref TEXT, team TEXT);
CREATE TABLE periods (kind TEXT, id TEXT, child TEXT, first TEXT, last TEXT, person TEXT);
CREATE TABLE events (kind TEXT, id TEXT, child TEXT, held TEXT);
CREATE TABLE people (id TEXT, name TEXT, email TEXT, team TEXT, manager TEXT, language TEXT);
CREATE TABLE teams (id TEXT, name TEXT, parent TEXT, manager TEXT);
