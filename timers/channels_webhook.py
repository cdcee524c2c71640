"""Notices to a program: each posted as JSON, signed, with a key that is the same when it is posted again."""

import hashlib
import hmac
import json
import urllib.request
from datetime import datetime
from http.client import HTTPException
from typing import Any

from engine.instants import to_text
from engine.settings import Webhook
from engine.store.deliveries import Message, OutgoingNotice
from timers.channels_errors import Undelivered
from timers.delivery_words import Wording

SHARED = ("step", "item", "cause", "due", "level", "since", "outcome", "by", "escalation")
"""Facts of a notice that are posted. Reasons and other texts people wrote stay inside."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """``sha256=`` and the HMAC-SHA256, in hex, of the timestamp, a dot and the body, under the secret."""
    return "sha256=" + hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


class WebhookChannel:
    """Posts to one address of the settings. Redirects are not followed: a signed notice goes where it was meant to."""

    def __init__(self, settings: Webhook, timeout: int, wording: Wording) -> None:
        self._settings = settings
        self._timeout = timeout
        self._wording = wording
        self._opener = urllib.request.OpenerDirector()
        for handler in (urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler()):
            self._opener.add_handler(handler)

    def send(self, message: Message, now: datetime) -> None:
        """Done when the answer is 2xx; ``Undelivered`` otherwise."""
        timestamp, body = to_text(now), self._body(message)
        headers = {
            "Content-Type": "application/json; charset=utf-8", "User-Agent": "binglian",
            "Idempotency-Key": message.key, "X-Binglian-Timestamp": timestamp,
            "X-Binglian-Signature": signature(self._settings.secret, timestamp, body),
        }  # fmt: skip
        request = urllib.request.Request(self._settings.url, body, headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                status = int(answer.status)
        except (OSError, HTTPException, ValueError) as error:  # the text of these may repeat the address
            reason = getattr(error, "reason", error)
            raise Undelivered(f"webhook {type(reason).__name__}") from error
        if not 200 <= status < 300:
            raise Undelivered(f"webhook HTTP {status}")

    def _body(self, message: Message) -> bytes:
        (notice,) = message.notices
        return json.dumps(self._document(message.key, notice), ensure_ascii=False, sort_keys=True).encode()

    def _document(self, key: str, notice: OutgoingNotice) -> dict[str, Any]:
        worded = self._wording.notice(notice)
        return {
            "key": key, "template": notice.template, "audience": "staff" if notice.department else "applicant",
            "case": notice.case_id, "number": worded.number, "department": notice.department, "role": notice.role,
            "task": notice.task_id, "written_at": notice.written_at, "title": worded.title, "text": worded.text,
            "link": worded.link, "facts": {name: notice.facts[name] for name in SHARED if name in notice.facts},
        }  # fmt: skip
