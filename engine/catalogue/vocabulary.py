"""The fixed words of the catalogue files."""

from collections.abc import Mapping

ITEM, BUNDLE = "item", "bundle"
SEPARATE, LEAD_DECIDES, VETO = "separate", "lead_decides", "veto"
JOIN_POLICIES = (SEPARATE, LEAD_DECIDES, VETO)
BASES = ("seen", "derived", "assumed")
UNITS = ("working_days", "days", "months")
ITEM_ACTS = ("accept", "review", "site", "decide", "issue")
OWN_ACTS = ("lead_decide", "deliver")
MATERIAL_KINDS = ("form", "doc", "certificate", "intermediary", "result")
FILE_KINDS = ("pdf", "jpeg", "png", "tiff", "ofd", "docx", "xlsx")
"""As what a material can be uploaded; one that does not say ``files`` takes all of them."""
APPLICANT, SHARED, BRANCH = "applicant", "shared", "branch"
ORIGINS = (APPLICANT, SHARED, BRANCH)
BEFORE_START, BEFORE_STEP, BEFORE_ISSUE = "before_start", "before_step", "before_issue"
STRENGTHS = (BEFORE_START, BEFORE_STEP, BEFORE_ISSUE)
MODES = ("online", "window")
DELIVERY = ("online", "pickup", "courier", "on_the_spot")
ITEM_TYPES: Mapping[str, str] = {
    "行政许可": "administrative licence",
    "行政确认": "administrative confirmation",
    "行政给付": "administrative payment",
    "行政奖励": "administrative reward",
    "行政裁决": "administrative ruling",
    "公共服务": "public service",
    "内部审批": "internal approval",
    "其他": "other",
}
"""Kinds of power an item can be an exercise of, as far as people apply for them, with an English reading."""
CASE_TYPES: Mapping[str, str] = {"即办件": "done on the spot", "承诺件": "done within a promised limit"}
