"""The reason of a prediction, in Chinese and English."""

from engine.statistics.risk import CASES, IS_LATE, NO_DATA, STOPPED, Driver, Risk


def reason(risk: Risk) -> tuple[str, str]:
    """Why a case is said to be late or not (zh, en): which step, what is usual, what is left, what it is based on."""
    step_zh, step_en = _step(risk.driver)
    ends_zh, ends_en = _ends(risk)
    return f"{step_zh}{ends_zh}", f"{step_en}{ends_en}"


def _step(driver: Driver | None) -> tuple[str, str]:
    if driver is None:
        return "没有正在办理的环节；", "no step is open; "
    spent = f"{driver.elapsed:.1f}"
    if driver.median is None or driver.p90 is None:
        return (
            f"“{driver.name_zh}”已办 {spent} 个工作日（时限 {driver.limit:g}，尚无已办结的可比）；",
            f"“{driver.name_en}” has been open for {spent} working days (limit {driver.limit:g}, "
            "none decided yet to compare with); ",
        )
    return (
        f"“{driver.name_zh}”通常需 {driver.median:.1f} 个工作日（九成在 {driver.p90:.1f} 以内，{driver.seen} 次），"
        f"已办 {spent}；",
        f"“{driver.name_en}” usually takes {driver.median:.1f} working days (nine of ten within {driver.p90:.1f}, "
        f"of {driver.seen}) and has been open for {spent}; ",
    )


def _ends(risk: Risk) -> tuple[str, str]:
    if risk.method == STOPPED or risk.left is None:
        return "时限已中止，不作预测", "its clock is stopped, so nothing is predicted"
    if risk.method == IS_LATE:
        return f"已超期 {-risk.left:.1f} 个工作日", f"it is late by {-risk.left:.1f} working days"
    left_zh, left_en = f"距承诺时限还有 {risk.left:.1f} 个工作日，", f"{risk.left:.1f} working days are left, "
    if risk.method == NO_DATA or risk.share is None or risk.remaining is None:
        return (
            f"{left_zh}后续环节的历史数据不足，不作预测",
            f"{left_en}too little was finished to predict anything",
        )
    usual_zh = f"{left_zh}通常还需 {risk.remaining:.1f} 个；"
    usual_en = f"{left_en}{risk.remaining:.1f} are usually needed; "
    share = risk.share
    if risk.method == CASES:
        still_zh = f"；计入同样情形尚未办结的 {risk.running} 件，可能性 {risk.chance:.0%}" if risk.running else ""
        still_en = f"; with {risk.running} like it that still run, {risk.chance:.0%}" if risk.running else ""
        return (
            f"{usual_zh}处于同样环节的 {share.total} 件已办结办件中，{share.number} 件"
            f"从此时起所用超过剩余时间{still_zh}",
            f"{usual_en}of {share.total} finished cases that stood at the same steps, {share.number} took longer "
            f"from there than is left{still_en}",
        )
    plan_zh = f"（其中 {risk.guessed} 个数据不足，按时限计）" if risk.guessed else ""
    plan_en = f" ({risk.guessed} of them take their limit for want of data)" if risk.guessed else ""
    return (
        f"{usual_zh}按 {risk.based_on} 件已办结办件和各环节实际用时推算其余 {risk.coming} 个环节{plan_zh}，"
        f"{share.total} 次中有 {share.number} 次超期",
        f"{usual_en}the {risk.coming} steps to come{plan_en}, drawn from what they took, with {risk.based_on} cases "
        f"finished, end late in {share.number} of {share.total} draws",
    )
