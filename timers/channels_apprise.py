"""Notices to chats (WeCom, DingTalk, Feishu …) through the library apprise, which comes with the extra ``notify``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.errors import BadInput
from engine.settings import optional_part
from engine.store.deliveries import Message, mark_of
from timers.channels_errors import Undelivered, Withdrawn
from timers.delivery_words import Wording

SETTING = "BINGLIAN_APPRISE_URLS"


class AppriseChannel:
    """One address each: a chat that is out of reach does not make the others hear a notice twice."""

    def __init__(self, urls: Sequence[str], wording: Wording) -> None:
        library = optional_part("apprise", "notify", SETTING)
        self._wording = wording
        self._chats: dict[str, Any] = {}
        for place, url in enumerate(urls, start=1):
            chat = library.Apprise()
            if not chat.add(url):  # the address holds a token, so the error says which one it is and no more
                raise BadInput(
                    "settings", f"{SETTING} 第 {place} 个网址无法使用", f"{SETTING}: address {place} cannot be used",
                    SETTING,
                )  # fmt: skip
            self._chats[mark_of(url)] = chat

    def send(self, message: Message, now: datetime) -> None:
        """Done when the library says so. The key stands in the last line: chats have no other place for it."""
        chat = self._chats.get(message.recipient)
        if chat is None:
            raise Withdrawn
        worded = [self._wording.notice(notice) for notice in message.notices]
        body = f"{self._wording.body(worded)}\n{message.key}"
        if not chat.notify(title=self._wording.subject(worded), body=body):
            raise Undelivered("apprise refused")
