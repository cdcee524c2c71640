"""The ways out of the application: what a channel is, and those an installation has by its settings."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from engine.engine import Engine
from engine.store.deliveries import APPRISE, MAIL, WEBHOOK, Message
from timers.channels_apprise import AppriseChannel
from timers.channels_mail import MailChannel
from timers.channels_webhook import WebhookChannel
from timers.delivery_words import Wording


class Channel(Protocol):
    """Sends a message, or raises ``Undelivered`` (to be tried again) or ``Withdrawn`` (there is nobody to send it to).

    ``send`` is called with no transaction open, and may be called again with the same message.
    """

    def send(self, message: Message, now: datetime) -> None:
        """Returns when the receiver has taken the message."""


def wording_of(engine: Engine) -> Wording:
    """The words this installation sends."""
    settings = engine.settings.notices
    deployments = engine.deployments
    return Wording(settings.language, settings.public_url, deployments.calendar.zone, deployments.catalogue)


def channels_of(engine: Engine) -> Mapping[str, Channel]:
    """The channels of the settings by name, none by default; BadInput when one cannot be used."""
    settings, wording = engine.settings.notices, wording_of(engine)
    channels: dict[str, Channel] = {}
    if settings.webhook is not None:
        channels[WEBHOOK] = WebhookChannel(settings.webhook, settings.timeout, wording)
    if settings.mail is not None:
        channels[MAIL] = MailChannel(settings.mail, settings.timeout, wording, _address_book(engine))
    if settings.apprise:
        channels[APPRISE] = AppriseChannel(settings.apprise, wording)
    return channels


def _address_book(engine: Engine) -> Callable[[str], str]:
    """The address of an account at this moment; empty when it has none or is closed."""

    def address(account_id: str) -> str:
        person = engine.records.account(account_id)
        return person.email if person is not None and person.active else ""

    return address
