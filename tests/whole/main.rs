//! Tests of the whole program: the binary as a site runs it, against real servers where it says so.
//!
//! One test program rather than one for each file: it is linked once. To add a test: a file here
//! for what it is about, and [`support`] for folders, databases, runs of the binary and mails.

mod alarms;
mod authorities;
mod bad_input;
mod check;
mod daemon;
mod dashboards;
mod demo;
mod end_to_end;
mod faults;
mod figures;
mod letters;
mod protected_pages;
mod reload;
mod report;
mod report_files;
mod same_lines;
mod ssd;
mod store;
mod support;
mod words;
