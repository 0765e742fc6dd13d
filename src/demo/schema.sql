-- The made-up authority's case database. The tables ssd_… are the Standard Safeguarding Dataset's,
-- by its own names. The tables ashmere_… are what a site adds beside it, where the dataset has none.

CREATE TABLE ssd_person (
    pers_person_id TEXT PRIMARY KEY,
    pers_forename TEXT,
    pers_surname TEXT,
    pers_dob TEXT,
    pers_expected_dob TEXT,
    pers_death_date TEXT
);
CREATE TABLE ssd_address (
    addr_address_id TEXT PRIMARY KEY,
    addr_person_id TEXT,
    addr_address_line TEXT,
    addr_address_start_date TEXT
);
CREATE TABLE ssd_cin_assessments (
    cina_assessment_id TEXT,
    cina_person_id TEXT,
    cina_referral_id TEXT,
    cina_assessment_start_date TEXT,
    cina_assessment_auth_date TEXT,
    cina_assessment_child_seen TEXT
);
CREATE TABLE ssd_s47_enquiry (
    s47e_s47_enquiry_id TEXT,
    s47e_person_id TEXT,
    s47e_s47_start_date TEXT,
    s47e_s47_end_date TEXT,
    s47e_s47_nfa TEXT
);
CREATE TABLE ssd_initial_cp_conference (
    icpc_icpc_id TEXT,
    icpc_icpc_meeting_id TEXT,
    icpc_s47_enquiry_id TEXT,
    icpc_person_id TEXT,
    icpc_cp_plan_id TEXT,
    icpc_icpc_transfer_in TEXT,
    icpc_icpc_target_date TEXT,
    icpc_icpc_date TEXT,
    icpc_icpc_outcome_cp_flag TEXT,
    icpc_icpc_team TEXT,
    icpc_icpc_worker_id TEXT
);
CREATE TABLE ssd_cp_plans (
    cppl_cp_plan_id TEXT,
    cppl_icpc_id TEXT,
    cppl_person_id TEXT,
    cppl_cp_plan_start_date TEXT,
    cppl_cp_plan_end_date TEXT,
    cppl_cp_plan_ola TEXT,
    cppl_cp_plan_initial_category TEXT,
    cppl_cp_plan_latest_category TEXT
);
CREATE TABLE ssd_cp_visits (
    cppv_cp_visit_id TEXT,
    cppv_person_id TEXT,
    cppv_cp_plan_id TEXT,
    cppv_cp_visit_date TEXT,
    cppv_cp_visit_seen TEXT,
    cppv_cp_visit_seen_alone TEXT,
    cppv_cp_visit_bedroom TEXT
);
CREATE TABLE ssd_cp_reviews (
    cppr_cp_review_id TEXT,
    cppr_person_id TEXT,
    cppr_cp_plan_id TEXT,
    cppr_cp_review_due TEXT,
    cppr_cp_review_date TEXT,
    cppr_cp_review_meeting_id TEXT,
    cppr_cp_review_outcome_continue_cp TEXT,
    cppr_cp_review_quorate TEXT
);
CREATE TABLE ssd_involvements (
    invo_involvements_id TEXT,
    invo_professional_id TEXT,
    invo_professional_role_id TEXT,
    invo_professional_team TEXT,
    invo_person_id TEXT,
    invo_involvement_start_date TEXT,
    invo_involvement_end_date TEXT,
    invo_referral_id TEXT
);
CREATE TABLE ssd_professionals (
    prof_professional_id TEXT PRIMARY KEY,
    prof_staff_id TEXT,
    prof_professional_name TEXT,
    prof_social_worker_registration_no TEXT,
    prof_professional_job_title TEXT,
    prof_professional_department TEXT
);
CREATE TABLE ssd_department (
    dept_team_id TEXT PRIMARY KEY,
    dept_team_name TEXT,
    dept_team_parent_id TEXT,
    dept_team_parent_name TEXT
);

-- When a review was put into the diary, or moved, and for which day: the dataset keeps only the last.
CREATE TABLE ashmere_review_diary (
    entry_id TEXT,
    person_id TEXT,
    review_id TEXT,
    set_on TEXT,
    for_day TEXT,
    within_limit TEXT,
    latest TEXT
);
-- What the chair's form of an initial conference asks beyond the dataset's columns.
CREATE TABLE ashmere_conference_forms (
    icpc_id TEXT PRIMARY KEY,
    core_group_date_set TEXT
);
-- One row for each child that a core group was about, as the dataset does it for conferences.
CREATE TABLE ashmere_core_groups (
    core_group_id TEXT,
    meeting_id TEXT,
    person_id TEXT,
    booked_for TEXT,
    held_at TEXT,
    written_up TEXT,
    cancelled TEXT,
    chair_role TEXT,
    first_after_conference TEXT,
    dates_set TEXT
);
-- Notes and agreements: what was sent or came back after a core group.
CREATE TABLE ashmere_papers (
    paper_id TEXT,
    person_id TEXT,
    kind TEXT,
    on_day TEXT,
    about_id TEXT
);
-- What the visit form asks beyond the dataset's columns.
CREATE TABLE ashmere_visit_forms (
    cp_visit_id TEXT PRIMARY KEY,
    made_at TEXT,
    written_up TEXT,
    at_home TEXT,
    awake TEXT,
    access TEXT,
    alone_refused TEXT,
    who_was_present TEXT,
    spoken_to TEXT,
    reason_given TEXT
);
-- Visits in the diary that have not been made.
CREATE TABLE ashmere_visit_diary (
    booking_id TEXT,
    person_id TEXT,
    booked_for TEXT,
    cancelled TEXT
);
-- Single steps of casework that no other table holds.
CREATE TABLE ashmere_case_steps (
    step_id TEXT,
    person_id TEXT,
    kind TEXT,
    on_day TEXT,
    written_up TEXT,
    about_id TEXT,
    reason TEXT,
    by_manager TEXT,
    by_police TEXT,
    by_agency TEXT
);
CREATE TABLE ashmere_frequencies (
    frequency_id TEXT,
    person_id TEXT,
    topic TEXT,
    every TEXT,
    from_day TEXT,
    to_day TEXT,
    authorised_by TEXT,
    less_frequent TEXT
);
CREATE TABLE ashmere_absences (
    absence_id TEXT,
    person_id TEXT,
    worker_id TEXT,
    from_day TEXT,
    to_day TEXT
);
CREATE TABLE ashmere_cover (
    cover_id TEXT,
    person_id TEXT,
    worker_id TEXT,
    from_day TEXT,
    to_day TEXT
);
-- The dataset knows no addresses of staff and no managers.
CREATE TABLE ashmere_staff (
    staff_id TEXT PRIMARY KEY,
    email TEXT,
    team_id TEXT,
    manager_id TEXT
);
CREATE TABLE ashmere_team_managers (
    team_id TEXT PRIMARY KEY,
    manager_id TEXT
)
