"""特别程序: what may stop a clock. The first eight are those of 行政许可法 45, which is exhaustive; the applicant's own
time after the acceptance and local rules stop the promised clocks only."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Procedure:
    """A special procedure; ``statutory``: its time does not count on the statutory clocks either."""

    name_zh: str
    name_en: str
    statutory: bool = True


PROCEDURES: Mapping[str, Procedure] = {
    "hearing": Procedure("听证", "hearing"),
    "tender": Procedure("招标", "tender"),
    "auction": Procedure("拍卖", "auction"),
    "inspection": Procedure("检验", "inspection"),
    "testing": Procedure("检测", "testing"),
    "quarantine": Procedure("检疫", "quarantine"),
    "appraisal": Procedure("鉴定", "appraisal"),
    "expert_review": Procedure("专家评审", "expert review"),
    "correction": Procedure("补正", "correction", statutory=False),
    "local": Procedure("地方规定", "local rule", statutory=False),
}
"""By code."""
