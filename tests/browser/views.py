"""The three ways pages are looked at: at a desk, on a phone without scripts, on a phone in dark colours."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.browser.conftest import PHONE

DESK = {"width": 1280, "height": 900}
VIEWS: Mapping[str, dict[str, Any]] = {
    "desk": {"viewport": DESK},
    "phone-without-scripts": {"viewport": PHONE, "java_script_enabled": False},
    "phone-dark": {"viewport": PHONE, "color_scheme": "dark"},
}


def each_view(normally: str) -> pytest.MarkDecorator:
    """The test in each of ``VIEWS``; in the normal tier in the one named here, for each takes seconds."""
    assert normally in VIEWS
    params = [
        pytest.param(view, id=name, marks=() if name == normally else pytest.mark.long) for name, view in VIEWS.items()
    ]
    return pytest.mark.parametrize("view", params)
