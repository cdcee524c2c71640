"""A notice that a step was cancelled says why: in the inbox, and in what leaves the application."""

from engine.case.handlers import APPLY
from engine.store.deliveries import OutgoingNotice
from tests.builders import Office
from tests.going_back import send_back
from tests.integration.test_moving_cases import LINE, Opened, opened
from tests.slow_calendar import BEIJING
from tests.web import Visitor, site_of, texts
from timers.delivery_words import CANCELLED_AFTER, Wording
from webapp.cases import going_back_words

__all__ = ["opened"]


def notice(after: str | None) -> OutgoingNotice:
    facts = {"number": "1", "step": "FOOD.site", **({} if after is None else {"after": after})}
    return OutgoingNotice("c", 2, 1, "step_cancelled", "market", "inspector", "1.1", "2026-03-02T01:00:00Z", facts)


def test_every_cause_is_a_kind_of_entry_and_has_words_everywhere(office: Office) -> None:
    assert CANCELLED_AFTER.keys() == going_back_words.CANCELLED_AFTER.keys()
    assert CANCELLED_AFTER.keys() <= APPLY.keys()
    for language, words in (("zh", "整案被退回，环节"), ("en", "The whole case was sent back: the step")):
        wording = Wording(language, "https://here", BEIJING, office.engine.deployments.catalogue)
        assert wording.notice(notice("CaseReturned")).text.startswith(words)
        for after in (None, "TimerEventFired"):
            assert "{" not in wording.notice(notice(after)).text
            assert wording.notice(notice(after)).text != wording.notice(notice("CaseReturned")).text


def test_the_list_of_notices_says_it(opened: Opened) -> None:
    office = opened(LINE)
    case_id = office.accept("T")
    office.decide(case_id, "T.a")
    send_back(office, case_id, "T.b", "T.a")
    office.engine.outbox.deliver_in_app(office.clock())
    page = Visitor(site_of(office.engine), "market1").get("/inbox/notices").text
    assert any("办件被退回，无需再办" in text for text in texts(page))
