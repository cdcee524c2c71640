"""Notices to a person by mail: what waited for one person is one message, as plain text and as HTML."""

import hashlib
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from engine.settings import Mail
from engine.store.deliveries import Message
from timers.channels_errors import Undelivered, Withdrawn
from timers.delivery_words import FOOTER, Worded, Wording


class MailChannel:
    """Sends through one mail server. ``address_of`` gives the address of an account, empty when it has none."""

    def __init__(self, settings: Mail, timeout: int, wording: Wording, address_of: Callable[[str], str]) -> None:
        self._settings = settings
        self._timeout = timeout
        self._wording = wording
        self._address_of = address_of

    def send(self, message: Message, now: datetime) -> None:
        """Done when the server has taken the message; ``Undelivered`` or ``Withdrawn`` otherwise."""
        address = self._address_of(message.recipient)
        if not address:
            raise Withdrawn
        try:
            self._hand_over(self._letter(message, address, now), address)
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"mail {type(error).__name__} {error.smtp_code}") from error
        except (OSError, ValueError) as error:  # smtplib's own among them; their texts may hold the address
            raise Undelivered(f"mail {type(error).__name__}") from error

    def _hand_over(self, letter: EmailMessage, address: str) -> None:
        server = self._server()
        try:
            if self._settings.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self._settings.user:
                server.login(self._settings.user, self._settings.password)
            server.send_message(letter, self._settings.sender, [address])
            with suppress(OSError):  # the server has it, however the talk ends
                server.quit()
        finally:
            server.close()

    def _server(self) -> smtplib.SMTP:
        where = self._settings.host, self._settings.port
        if self._settings.security == "ssl":
            return smtplib.SMTP_SSL(*where, timeout=self._timeout, context=ssl.create_default_context())
        return smtplib.SMTP(*where, timeout=self._timeout)

    def _letter(self, message: Message, address: str, now: datetime) -> EmailMessage:
        worded = [self._wording.notice(notice) for notice in message.notices]
        letter = EmailMessage()
        letter["From"], letter["To"] = self._settings.sender, address
        letter["Subject"] = self._wording.subject(worded)
        letter["Date"] = format_datetime(now)
        letter["Message-ID"] = self._message_id(message)
        letter["X-Binglian-Key"] = message.key
        letter["Auto-Submitted"] = "auto-generated"
        footer = self._wording.say(FOOTER)
        letter.set_content(f"{self._wording.body(worded)}\n{footer}\n", charset="utf-8")
        letter.add_alternative(self._page(worded, footer), subtype="html", charset="utf-8")
        return letter

    def _message_id(self, message: Message) -> str:
        """The same when the message is sent again, another for each person it goes to."""
        person = hashlib.sha256(message.recipient.encode()).hexdigest()[:8]
        return f"<{message.key}.{person}@{self._settings.sender.rpartition('@')[2]}>"

    def _page(self, worded: Sequence[Worded], footer: str) -> str:
        rows = "".join(
            f'<li><b>{escape(one.title)}</b> <a href="{escape(one.link)}">{escape(one.number or one.link)}</a>'
            f"<br>{escape(one.text)}</li>\n"
            for one in worded
        )
        return f'<!doctype html><meta charset="utf-8"><ul>\n{rows}</ul><p><small>{escape(footer)}</small></p>\n'
