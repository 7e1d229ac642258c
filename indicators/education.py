"""Schools, universities and teachers in cooperation across the three places.

Counts as stated at a date or since a start; nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("teachers_seconded", "education", "人", period_kind="cumulative", flow=True),
    Indicator("university_alliances", "education", "个"),
    Indicator("vocational_groups", "education", "个"),
    Indicator("arts_alliance_schools", "education", "所"),
    Indicator("basic_education_agreements", "education", "项", period_kind="cumulative"),
    Indicator("coop_schools", "education", "所", period_kind="cumulative", flow=True),
    Indicator("edu_park_beijing_disciplines", "education", "个"),
    Indicator("edu_park_colleges", "education", "个"),
    Indicator("edu_park_disciplines", "education", "个"),
    Indicator("edu_park_funding", "education", "亿元", period_kind="cumulative"),
    Indicator("edu_park_key_labs", "education", "个"),
    Indicator("edu_park_national_disciplines", "education", "个"),
    Indicator("edu_park_projects", "education", "个", period_kind="cumulative"),
    Indicator("edu_park_students", "education", "万人"),
    Indicator("edu_park_universities", "education", "所"),
    Indicator("education_agreements", "education", "项", period_kind="cumulative"),
    Indicator("education_communities", "education", "个"),
    Indicator("enrolment_plan_cut", "education", "万人", period_kind="cumulative", decimals=1),
    Indicator("enrolment_plan_cut_nonlocal", "education", "万人", period_kind="cumulative", decimals=1),
    Indicator("expert_teachers_sent_year", "education", "人", period_kind="year", flow=True),
    Indicator("graduate_students", "education", "人"),
    Indicator("greatwall_alliance_schools", "education", "所"),
    Indicator("lessons_given", "education", "课时", period_kind="cumulative"),
    Indicator("lessons_observed", "education", "课时", period_kind="cumulative"),
    Indicator("new_school_places", "education", "个", period_kind="cumulative"),
    Indicator("new_schools", "education", "所", period_kind="cumulative"),
    Indicator("poor_counties_supported", "education", "个", period_kind="cumulative"),
    Indicator("principals_trained", "education", "人", period_kind="cumulative"),
    Indicator("professionals_trained", "education", "人", period_kind="cumulative", flow=True),
    Indicator("retired_principals_sent", "education", "人", period_kind="cumulative", flow=True),
    Indicator("school_aid_funding", "education", "万元", period_kind="year", flow=True),
    Indicator("schools_built_aid", "education", "所", flow=True),
    Indicator("schools_completed", "education", "所", period_kind="cumulative"),
    Indicator("schools_paired_support", "education", "所", flow=True),
    Indicator("schools_planned", "education", "所"),
    Indicator("schools_planned_admin_area", "education", "所"),
    Indicator("schools_planned_new", "education", "所"),
    Indicator("schools_supported", "education", "所"),
    Indicator("skill_assessment_bodies", "education", "家", flow=True),
    Indicator("students_benefiting", "education", "万人", period_kind="cumulative"),
    Indicator("teacher_support_projects", "education", "个", period_kind="cumulative"),
    Indicator("teachers_trained", "education", "人", period_kind="cumulative"),
    Indicator("trainees_cut", "education", "万人次", period_kind="cumulative"),
    Indicator("training_institutions_closed", "education", "个", period_kind="cumulative"),
    Indicator("training_resources_shared", "education", "项", flow=True),
    Indicator("vocational_agreements", "education", "项", period_kind="cumulative"),
]
