//! The shipped profile of the Standard Safeguarding Dataset, on the tables of `ssd-schema.md`.

use super::*;

on_every_database! { the_standard_safeguarding_dataset_is_read }

/// The tables, with text ids, timestamps for days and one character for flags.
const SSD: &str = "
CREATE TABLE ssd_person (pers_person_id VARCHAR(48) PRIMARY KEY, pers_dob TIMESTAMP NULL,
    pers_expected_dob TIMESTAMP NULL, pers_death_date TIMESTAMP NULL);
CREATE TABLE ssd_cin_assessments (cina_assessment_id VARCHAR(48), cina_person_id VARCHAR(48),
    cina_referral_id VARCHAR(48), cina_assessment_start_date TIMESTAMP NULL,
    cina_assessment_auth_date TIMESTAMP NULL, cina_assessment_child_seen CHAR(1));
CREATE TABLE ssd_s47_enquiry (s47e_s47_enquiry_id VARCHAR(48), s47e_person_id VARCHAR(48),
    s47e_s47_start_date TIMESTAMP NULL, s47e_s47_end_date TIMESTAMP NULL, s47e_s47_nfa CHAR(1));
CREATE TABLE ssd_initial_cp_conference (icpc_icpc_id VARCHAR(48), icpc_icpc_meeting_id VARCHAR(48),
    icpc_s47_enquiry_id VARCHAR(48), icpc_person_id VARCHAR(48), icpc_cp_plan_id VARCHAR(48),
    icpc_icpc_transfer_in CHAR(1), icpc_icpc_target_date TIMESTAMP NULL,
    icpc_icpc_date TIMESTAMP NULL, icpc_icpc_outcome_cp_flag CHAR(1), icpc_icpc_team VARCHAR(48),
    icpc_icpc_worker_id VARCHAR(48));
CREATE TABLE ssd_cp_plans (cppl_cp_plan_id VARCHAR(48), cppl_icpc_id VARCHAR(48),
    cppl_person_id VARCHAR(48), cppl_cp_plan_start_date TIMESTAMP NULL,
    cppl_cp_plan_end_date TIMESTAMP NULL, cppl_cp_plan_ola CHAR(1),
    cppl_cp_plan_initial_category VARCHAR(100), cppl_cp_plan_latest_category VARCHAR(100));
CREATE TABLE ssd_cp_visits (cppv_cp_visit_id VARCHAR(48), cppv_person_id VARCHAR(48),
    cppv_cp_plan_id VARCHAR(48), cppv_cp_visit_date TIMESTAMP NULL, cppv_cp_visit_seen CHAR(1),
    cppv_cp_visit_seen_alone CHAR(1), cppv_cp_visit_bedroom CHAR(1));
CREATE TABLE ssd_cp_reviews (cppr_cp_review_id VARCHAR(48), cppr_person_id VARCHAR(48),
    cppr_cp_plan_id VARCHAR(48), cppr_cp_review_due TIMESTAMP NULL,
    cppr_cp_review_date TIMESTAMP NULL, cppr_cp_review_meeting_id VARCHAR(48),
    cppr_cp_review_outcome_continue_cp CHAR(1), cppr_cp_review_quorate VARCHAR(100));
CREATE TABLE ssd_involvements (invo_involvements_id VARCHAR(48), invo_professional_id VARCHAR(48),
    invo_professional_role_id VARCHAR(200), invo_professional_team VARCHAR(48),
    invo_person_id VARCHAR(48), invo_involvement_start_date TIMESTAMP NULL,
    invo_involvement_end_date TIMESTAMP NULL, invo_referral_id VARCHAR(48));
CREATE TABLE ssd_professionals (prof_professional_id VARCHAR(48), prof_staff_id VARCHAR(48),
    prof_professional_name VARCHAR(300), prof_social_worker_registration_no VARCHAR(48),
    prof_professional_job_title VARCHAR(500), prof_professional_department VARCHAR(100));
CREATE TABLE ssd_department (dept_team_id VARCHAR(48), dept_team_name VARCHAR(255),
    dept_team_parent_id VARCHAR(48), dept_team_parent_name VARCHAR(255));

INSERT INTO ssd_person VALUES ('p1', '2015-02-28 00:00:00', NULL, NULL),
    ('p2', NULL, '2026-09-01 00:00:00', NULL);
INSERT INTO ssd_cin_assessments VALUES
    ('a1', 'p1', 'r1', '2026-02-02 00:00:00', '2026-03-10 00:00:00', 'Y'),
    ('a2', 'p1', 'r1', '2026-04-20 00:00:00', NULL, NULL);
INSERT INTO ssd_s47_enquiry VALUES
    ('s1', 'p1', '2026-02-10 00:00:00', '2026-02-20 00:00:00', 'N'),
    ('s2', 'p2', '2026-02-10 00:00:00', '2026-02-24 00:00:00', 'N'),
    ('s3', 'p1', '2026-03-10 00:00:00', '2026-03-20 00:00:00', 'Y');
INSERT INTO ssd_initial_cp_conference VALUES
    ('i1', 'm1', 's1', 'p1', 'c1', 'N', '2026-03-03 00:00:00', '2026-03-02 00:00:00', 'Y', 't1', 'w1'),
    ('i2', 'm1', 's2', 'p2', NULL, 'N', '2026-03-03 00:00:00', NULL, NULL, 't1', 'w1');
INSERT INTO ssd_cp_plans VALUES
    ('c1', 'i1', 'p1', '2026-03-02 00:00:00', NULL, 'N', 'NEG', ''),
    ('c2', NULL, 'p2', '2026-03-02 00:00:00', NULL, 'Y', 'NEG', 'EMO');
INSERT INTO ssd_cp_visits VALUES
    ('v1', 'p1', 'c1', '2026-03-09 00:00:00', 'Y', 'N', NULL),
    ('v2', 'p1', NULL, '2026-03-19 14:30:00', 'Y', 'Y', ''),
    ('v3', 'p1', NULL, NULL, 'Y', NULL, NULL);
INSERT INTO ssd_cp_reviews VALUES
    ('r1', 'p1', NULL, '2026-05-29 00:00:00', NULL, NULL, NULL, NULL),
    ('r2', 'p1', 'c1', '2026-04-29 00:00:00', '2026-04-28 00:00:00', 'm2', 'Y', 'Y');
INSERT INTO ssd_involvements VALUES
    ('n1', 'w1', 'CW', 't1', 'p1', '2026-02-02 00:00:00', NULL, 'r1'),
    ('n2', 'w2', 'CW', 't2', 'p1', '2026-01-02 00:00:00', '2026-02-01 00:00:00', 'r1'),
    ('n3', 'w9', 'CW', 't1', 'p2', '2026-02-02 00:00:00', NULL, 'r1');
INSERT INTO ssd_professionals VALUES ('w1', '17', 'Ann Example', 'SW1', 'Social Worker', 't1'),
    ('w2', '18', 'Ben Example', '', 'Support Worker', 't2');
INSERT INTO ssd_department VALUES ('t1', 'North', 'd1', 'Children'), ('d1', 'Children', NULL, NULL);
";

async fn the_standard_safeguarding_dataset_is_read(mut site: Site) {
    let sql = if site.address.starts_with("mysql:") {
        // MySQL's own TIMESTAMP is an instant; the SSD's days are local.
        SSD.replace("TIMESTAMP NULL", "DATETIME NULL")
    } else {
        SSD.to_owned()
    };
    site.run(&sql).await;
    let shipped = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("config/sources/ssd.toml");
    site.profile = load_profile(&shipped).unwrap().with_url(&site.url).unwrap();
    site.sync().await.unwrap();
    let copy = site.copy().await;
    insta::allow_duplicates! { insta::assert_snapshot!(copy, @r#"
    p1 ref=p1 born=2015-02-28 team=t1
      plan c1 2026-03-02.. category="NEG"
      enquiry s1 2026-02-10..2026-03-02 nfa="N"
      enquiry s3 2026-03-10..2026-03-20 nfa="Y"
      child p1 1990-01-01..
      key_worker n2 2026-01-02..2026-02-01 person_id="w2" qualified="N"
      key_worker n1 2026-02-02.. person_id="w1" qualified="Y"
      conference I-i1 occurred=2026-03-02 kind="initial" transfer_in="N"
      conference R-r2 occurred=2026-04-28 kind="review"
      visit v1 occurred=2026-03-09 child_seen="Y" seen_alone="N"
      visit v2 occurred=2026-03-19@2026-03-19T14:30:00.000000Z child_seen="Y" seen_alone="Y"
      section_47_started s1 occurred=2026-02-10 nfa="N"
      section_47_started s3 occurred=2026-03-10 nfa="Y"
      assessment_started a1 occurred=2026-02-02
      assessment_started a2 occurred=2026-04-20
      assessment_completed a1 occurred=2026-03-10 about=a1 child_seen="Y"
    p2 ref=p2 born=2026-09-01 team=t1
      enquiry s2 2026-02-10.. nfa="N"
      child p2 1990-01-01..
      key_worker n3 2026-02-02.. person_id="w9"
      section_47_started s2 occurred=2026-02-10 nfa="N"
    "#); }
    let quarantine = site.quarantine().await;
    assert_eq!(quarantine.len(), 1, "{quarantine:?}");
    assert!(quarantine[0].starts_with("events visit") && quarantine[0].contains("v3: no day"));
    let mut tx = site.store.snapshot().await.unwrap();
    let staff = copy::staff(&mut tx, "luton").await.unwrap();
    assert_eq!(staff.people["w1"].team_id.as_deref(), Some("t1"));
    assert_eq!(staff.teams["t1"].parent_id.as_deref(), Some("d1"));
}
