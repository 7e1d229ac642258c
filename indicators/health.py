"""Hospitals, insurance settlement and shared medical services.

Counts as stated at a date or since a start; lists of institutions overlap, so nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("direct_settlement_institutions", "health", "家", better="higher"),
    Indicator("lab_mutual_recognition_institutions", "health", "家", better="higher"),
    Indicator("hospitals_paired_support", "health", "所", flow=True),
    Indicator("eldercare_homes_completed", "health", "家", period_kind="cumulative"),
    Indicator("cross_region_medical_settlements", "health", "万人次", period_kind="cumulative"),
    Indicator("digital_health_projects", "health", "家"),
    Indicator("expert_workstations", "health", "个"),
    Indicator("family_doctor_contracts", "health", "万人"),
    Indicator("health_stations_completed", "health", "家", period_kind="cumulative"),
    Indicator("hospital_beds_planned", "health", "张"),
    Indicator("hospital_construction_area", "health", "万平方米"),
    Indicator("hospital_outpatient_capacity", "health", "万人次", decimals=2),
    Indicator("hospitals_settled", "health", "家"),
    Indicator("medical_consortium_core_hospitals", "health", "家"),
    Indicator("medical_consortium_health_centres", "health", "个"),
    Indicator("microinvasive_centers", "health", "个"),
    Indicator("patients_benefiting", "health", "人", period_kind="year"),
    Indicator("village_clinics_insured", "health", "所"),
]
