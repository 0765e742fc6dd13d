//! Rules in words, as `corewatch rules show` prints them.

use crate::document::Document;
use crate::rules::parse_pack;

fn in_words(rule: &str) -> String {
    let pack = format!(
        "[pack]\nid = \"p\"\ntitle = \"P\"\nsource = \"Guidance, 2010\"\n[[rule]]\nid = \"r\"\n\
         title = \"R\"\nclause = \"1\"\nseverity = \"high\"\n{rule}"
    );
    let pack = parse_pack(&Document::new("p.toml", pack)).unwrap_or_else(|f| panic!("{f}"));
    pack.rules[0].in_words().join("\n")
}

#[test]
fn each_shape_is_said_with_all_its_options() {
    insta::assert_snapshot!(in_words(r#"
        applies = "category == 'neglect' && age < 10"
        born = true
        lead = "7 days"
        remind = "3 working days"
        [rule.deadline]
        after = { event = "conference", where = "kind == 'initial'", nth = 1 }
        within = "10 working days"
        require = [{ event = "core_group" }, { event = "action_agreed", where = "with_police" }]
        linked = true
    "#), @r"
    A core group, or action agreed where with police is yes, within 10 working days of the first conference where kind is 'initial', and about that very one.
    In each plan where category is 'neglect' and the child's age is less than 10, and not before the birth.
    What happened up to 7 days before the plan began counts too.
    Due soon from 3 working days before the due day.
    ");
    insta::assert_snapshot!(in_words(r#"
        [rule.interval]
        every = "6 weeks"
        first = "10 working days"
        target = "1 month"
        vary = "core_group"
        from = { event = "conference", where = "kind == 'initial'" }
        until = { event = "conference", where = "kind == 'review'", nth = 2 }
        require = { event = "core_group" }
    "#), @r"
    A core group, at least every 6 weeks, the first time within 10 working days, from the first conference where kind is 'initial' on, until the second conference where kind is 'review'.
    The target is 1 month.
    Another frequency agreed for core group stands in its place; a longer one only where somebody authorised it.
    In each plan.
    ");
    insta::assert_snapshot!(in_words(r#"
        during = "enquiry"
        [rule.between]
        marks = { event = "conference" }
        require = { event = "visit", where = "bedroom_seen" }
        latest = ["3 months", "6 months"]
    "#), @r"
    A visit where bedroom seen is yes, between each conference and the next.
    While the next has no date: within 3 months of the first, within 6 months of the second and later ones.
    In each enquiry.
    ");
    insta::assert_snapshot!(in_words(r#"
        [rule.ahead]
        of = { event = "conference", where = "kind != 'initial'" }
        by = "5 days"
        require = { event = "joint_report_final" }
        linked = true
    "#), @r"
    A joint report final, 5 days before a conference where kind is not 'initial', and about that very one.
    In each plan.
    ");
    insta::assert_snapshot!(in_words(r#"
        [rule.run]
        over = { event = "visit", where = "!unannounced" }
        failing = "access == 'refused' || no_access"
        count = 2
        within = "24 hours"
        gap = "3 weeks"
    "#), @r"
    After 2 in a row: a visit where unannounced is not yes, on which access is 'refused' or no access is yes; each no more than 3 weeks after the one before.
    A visit on which that is not so, within 24 hours of the second of these.
    In each plan.
    ");
    insta::assert_snapshot!(in_words(r#"
        [rule.check]
        on = { event = "visit" }
        that = "(spoken_to || reason != null) && size(note) > 2"
        grace = "2 working days"
    "#), @r"
    Of each visit: (spoken to is yes or reason is recorded) and the length of note is more than 2.
    On record within 2 working days.
    In each plan.
    ");
    insta::assert_snapshot!(in_words(r#"
        [rule.check]
        on = { period = "variation", where = "less_frequent" }
        that = "authorised_by != null"
    "#), @r"
    Of each variation where less frequent is yes: authorised by is recorded.
    In each plan.
    ");
    insta::assert_snapshot!(in_words(r#"
        [rule.cover]
        by = "key_worker"
        where = "role in ['sw', 'ssw']"
        grace = "1 working day"
    "#), @r"
    A key worker where role is one of 'sw', 'ssw', at all times.
    A gap may last 1 working day.
    In each plan.
    ");
}
