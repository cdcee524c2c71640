"""An application being typed: nothing is kept on the server between the pages, everything travels in POST bodies."""

import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from engine.case.deployment import Deployment
from engine.case.intake import MISSING, parse_form
from engine.case.pledging import open_to_choice
from engine.catalogue import Field, Offering, ServiceItem
from engine.errors import BadInput
from webapp.errors import message_of
from webapp.portal.checklist import STATUSES, Checklist, checklist
from webapp.words import local

FIELD, MATERIAL, COMMITMENT = "field-", "material-", "commitment-"
"""Prefixes of the names of form inputs: of the application form, of the checklist, of items by commitment."""
CHANGES = STATUSES | {MISSING}
"""What the materials of a registered application may be set to."""
LONGEST_KEY = 64
FEW = 4
"""Up to so many answers are shown side by side."""
SHORT_TEXT = 50


@dataclass(frozen=True)
class Typed:
    """What came with a request: texts by field name, ticks by material code, the idempotency key; ``own`` the account
    of an applicant who works here, or his name."""

    deployment: Deployment
    form: Mapping[str, str]
    materials: Mapping[str, str]
    key: str
    own: str = ""
    commitments: tuple[str, ...] = ()
    """Items the applicant wants by commitment, whether they apply or not."""

    @property
    def offering(self) -> Offering:
        """What is applied for."""
        return self.deployment.offering

    def errors(self) -> dict[str, BadInput]:
        """Everything that is wrong with the form, by field name in the order of the form."""
        found: dict[str, BadInput] = {}
        for one in self.offering.fields:
            try:
                one.parse(self.form.get(one.name, ""))
            except BadInput as error:
                found[one.name] = error
        return found

    def values(self) -> dict[str, object]:
        """The values conditions are about; BadInput when the form has errors."""
        return parse_form(self.deployment, self.form)[0]

    def key_of_another(self, secret: str) -> str:
        """The idempotency key of what was typed since an application was registered with ``key``: the same for the same
        texts, so that they make one more case at most, however often they are sent."""
        told = [self.key, sorted(self.form.items()), sorted(self.materials.items()), self.own, sorted(self.commitments)]
        return hmac.new(secret.encode(), json.dumps(told).encode(), "sha256").hexdigest()

    def checklist(self) -> Checklist:
        """The materials these answers call for, as ticked so far."""
        return checklist(self.offering, self.values(), self.materials, self.by_commitment())

    def committable(self) -> list[ServiceItem]:
        """The items that can go by commitment, if they apply."""
        return [item for item in self.offering.items if item.commitment is not None]

    def by_commitment(self) -> list[str]:
        """The chosen ones that apply."""
        return [code for code in open_to_choice(self.deployment, self.values()) if code in self.commitments]


def typed_from(deployment: Deployment, sent: Mapping[str, str]) -> Typed:
    """What a request sent for this offering; anything else in it is ignored."""
    form = {one.name: sent.get(FIELD + one.name, "") for one in deployment.offering.fields}
    key = sent.get("key", "")[:LONGEST_KEY] or new_key()
    return Typed(deployment, form, ticks_from(sent), key, commitments=chosen_from(sent))


def chosen_from(sent: Mapping[str, str]) -> tuple[str, ...]:
    """Codes of the items whose boxes are ticked (告知承诺)."""
    return tuple(name.removeprefix(COMMITMENT) for name in sent if name.startswith(COMMITMENT))


def ticks_from(sent: Mapping[str, str], allowed: Collection[str] = STATUSES) -> dict[str, str]:
    """Material code → received or deferred (or what else is allowed), of what was ticked."""
    ticks = {name.removeprefix(MATERIAL): value for name, value in sent.items() if name.startswith(MATERIAL)}
    return {code: status for code, status in ticks.items() if status in allowed}


def new_key() -> str:
    """A fresh idempotency key: a form sent twice makes one case."""
    return secrets.token_urlsafe(16)


def asks(one: Field) -> str:
    """Which control asks a question: radios for a few answers, a list for many, else a box."""
    if one.type == "boolean" or (one.type == "choice" and len(one.choices) <= FEW):
        return "radios"
    return "list" if one.type == "choice" else "box"


def answers(one: Field) -> list[tuple[str, str]]:
    """Value and label of every answer a field offers."""
    if one.type == "boolean":
        return [("true", _("是")), ("false", _("否"))]
    return [(choice.value, local(choice, "label")) for choice in one.choices]


def width(one: Field) -> str:
    """How wide the box of a field is: as wide as what belongs in it."""
    if one.type in {"number", "date"}:
        return "narrow"
    longest = one.maximum or SHORT_TEXT
    return "medium" if longest <= SHORT_TEXT else "wide"


FILTERS = {"asks": asks, "answers": answers, "width": width, "message": message_of}
