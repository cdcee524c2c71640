"""Which clocks a session stops, and for how long.

行政许可法 45 names 听证, 专家评审, 检验, 检测; a site visit is not among them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.case.act import Act
from engine.case.parts.session import KINDS, SITE_VISIT, Session
from engine.case.parts.terms import BOTH, RESUMED, Stop
from engine.case.state import Case
from engine.case.stops import begin_stop, end_stop
from engine.case.stops import go_on as run_on
from engine.case.timekeeping.suspending import working_days
from engine.catalogue import Offering

LOCAL = "local"
"""The procedure of a stop that a local rule is the ground of."""


def stops_of(offering: Offering, kind: str, items: Iterable[str]) -> dict[str, str]:
    """Item → the clocks a session of this kind stops; a site visit those its ``[site_visit]`` names, else none."""
    if kind != SITE_VISIT:
        return dict.fromkeys(items, BOTH)
    found = {code: offering.item(code).site_visit_stops for code in items}
    return {code: stops for code, stops in found.items() if stops}


def expected(kind: str, text: str) -> str:
    """How many working days it is expected to take, normalised; BadInput when that is not said."""
    if kind == SITE_VISIT and not text.strip():
        return "1"
    return f"{working_days(text).normalize():f}"


def stop_clocks(case: Case, act: Act, one: Session, items: Iterable[str], limits: Mapping[str, str]) -> None:
    """The clocks of these items stand still from now on, as far as the session stops them."""
    procedure = KINDS[one.kind].procedure or LOCAL
    for code in items:
        if code in one.stops:
            stop = Stop(code, procedure, one.ground, "", one.expected_days, one.stops[code], act.at)
            begin_stop(case, act, replace(stop, session=one.number), limits)


def go_on(case: Case, act: Act, one: Session) -> None:
    """Its suspensions are over; clocks nothing else stops go on."""
    mine = [key for key, stop in case.suspensions.items() if stop.session == one.number and stop.ended_at is None]
    for number in mine:
        end_stop(case, act, number, RESUMED, tell=False)
    if mine:
        run_on(case, act)
