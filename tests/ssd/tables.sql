-- The tables of the Standard Safeguarding Dataset that matter here, as its own scripts make them: text ids,
-- days as timestamps, flags of one character. MariaDB calls TIMESTAMP what it takes for an instant: there
-- the tests write DATETIME in its place.
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
