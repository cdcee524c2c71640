"""The pages of checks and revocations fit where they are read, also on a phone with the long words of the law.

With BINGLIAN_PICTURES set, they are photographed.
"""

from typing import Any

from tests.browser.conftest import LiveApp
from tests.browser.test_clocks_pages import looked_at, signed_in
from tests.browser.views import each_view
from tests.integration.test_commitment import HEAD, INSPECTOR, delivered
from tests.integration.test_web_commitment import give_fire


@each_view("phone-dark")
def test_a_promise_is_checked_and_its_result_revoked(live: LiveApp, view: dict[str, Any]) -> None:
    give_fire(live.office.engine)
    case_id, look = delivered(live.office), looked_at(view)
    page = signed_in(live, INSPECTOR.id, f"/cases/{case_id}/checks/FIRECHK", {**view, "locale": "en"})
    look(page, "check")
    page = signed_in(live, HEAD.id, f"/cases/{case_id}/revoke/FIRECHK", {**view, "locale": "en"})
    look(page, "revoke")
    page.select_option("#ground", "deceit")
    page.fill("#evidence", "检查记录 7 号")
    page.fill("#reason", "承诺内容不实")
    page.click("[data-action=preview]")
    page.locator("[data-action=do]").wait_for()
    look(page, "revoke-confirm")
