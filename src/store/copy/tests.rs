//! The copy keeps what it is given, on both databases.
