"""Settings of notices and addresses of accounts: what is wrong is named, what is secret is not."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from cli.main import main
from engine.errors import BadInput
from engine.settings import Mail, NoticeSettings, settings_from
from tests.builders import Office
from tests.receivers import PUBLIC

GOOD = {
    "BINGLIAN_PUBLIC_URL": f"{PUBLIC}/", "BINGLIAN_WEBHOOK_URL": "https://example.org/hook",
    "BINGLIAN_WEBHOOK_SECRET": "s" * 32, "BINGLIAN_SMTP_HOST": "mail.example.org",
    "BINGLIAN_MAIL_FROM": "notices@example.org", "BINGLIAN_SMTP_SECURITY": "ssl", "BINGLIAN_NOTICE_MINUTES": "0",
    "BINGLIAN_NOTICE_LANGUAGE": "en", "BINGLIAN_APPRISE_URLS": "a://b  c://d",
}  # fmt: skip


def test_the_settings_are_read() -> None:
    found = settings_from(GOOD).notices
    assert (found.public_url, found.language, found.window) == (PUBLIC, "en", timedelta())
    assert found.webhook is not None
    assert found.mail == Mail("mail.example.org", 465, "ssl", "notices@example.org")
    assert found.apprise == ("a://b", "c://d")
    assert "s" * 32 not in repr(found)
    assert settings_from({}).notices == NoticeSettings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BINGLIAN_PUBLIC_URL", ""),
        ("BINGLIAN_PUBLIC_URL", "approval.example.org"),
        ("BINGLIAN_WEBHOOK_URL", "ftp://example.org"),
        ("BINGLIAN_WEBHOOK_URL", "file:///etc/passwd"),
        ("BINGLIAN_WEBHOOK_URL", "https://user:password@example.org"),
        ("BINGLIAN_WEBHOOK_URL", "https://example.org/a b"),
        ("BINGLIAN_WEBHOOK_URL", "http://[1"),
        ("BINGLIAN_WEBHOOK_URL", "http://example.org:99999/"),
        ("BINGLIAN_WEBHOOK_SECRET", "short"),
        ("BINGLIAN_MAIL_FROM", ""),
        ("BINGLIAN_MAIL_FROM", "notices@example.org\nBcc: all@example.org"),
        ("BINGLIAN_SMTP_SECURITY", "tls"),
        ("BINGLIAN_SMTP_PORT", "65536"),
        ("BINGLIAN_NOTICE_LANGUAGE", "fr"),
        ("BINGLIAN_NOTICE_MINUTES", "1441"),
        ("BINGLIAN_NOTICE_TRIES", "0"),
        ("BINGLIAN_NOTICE_TIMEOUT", "-1"),
    ],
)
def test_a_wrong_setting_is_named_and_its_secrets_are_not(name: str, value: str) -> None:
    with pytest.raises(BadInput) as caught:
        settings_from({**GOOD, name: value})
    assert caught.value.where == name
    assert "password@" not in str(caught.value)


def test_a_password_is_not_sent_in_the_clear() -> None:
    with pytest.raises(BadInput) as caught:
        settings_from({**GOOD, "BINGLIAN_SMTP_USER": "me", "BINGLIAN_SMTP_SECURITY": "none"})
    assert caught.value.where == "BINGLIAN_SMTP_SECURITY"


def test_an_account_is_given_an_address_and_a_wrong_one_is_refused(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINGLIAN_DATABASE_URL", office.engine.settings.database_url)
    plain = ["user", "li", "--name", "李", "--department", "market", "--role", "head", "--password", "a password"]

    def made(*more: str) -> tuple[int, str]:
        return CliRunner().invoke(main, [*plain, *more]).exit_code, email()

    def email() -> str:
        person = office.engine.records.account("li")
        return "" if person is None else person.email

    assert made("--email", "li@example.org") == (0, "li@example.org")
    for wrong in ("li", "li@", "@x", "li@a@b", "li @example.org", "li@example.org\nBcc: x@y", "李@example.org"):
        assert made("--email", wrong) == (2, "li@example.org")
    assert made() == (0, "")
