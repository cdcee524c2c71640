"""Settings, from ``BINGLIAN_*`` variables; each is described in docs/configuration.md."""

import os
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

from engine.errors import BadInput

LARGEST = 10_000_000
LANGUAGES = ("zh", "en")
MAIL_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
"""How the connection to the mail server is protected → its usual port."""
SHORTEST_SECRET = 32
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Webhook:
    """Where each notice is posted to, and the secret its signature is made with."""

    url: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Mail:
    """The mail server, how the connection is protected (a key of ``MAIL_PORTS``), and who messages are from."""

    host: str
    port: int
    security: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class NoticeSettings:
    """How notices leave the application: ``window`` is the time in which a person's notices become one message,
    ``tries`` how often a message is tried before it is set aside, ``timeout`` seconds one call outside may be silent.
    """

    public_url: str = "http://127.0.0.1:8000"
    language: str = "zh"
    window: timedelta = timedelta(minutes=15)
    tries: int = 30
    timeout: int = 10
    webhook: Webhook | None = None
    mail: Mail | None = None
    apprise: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class UploadSettings:
    """What uploads may be: bytes of one file, the command of the virus scan (empty: none) and its time in seconds."""

    most_bytes: int = 20_000_000
    scan_command: str = ""
    scan_seconds: int = 60


@dataclass(frozen=True)
class Settings:
    """How one installation runs.

    ``database_url`` is an SQLAlchemy URL; ``processes`` the folder of the catalogue; ``area`` the six-digit
    administrative division code that case numbers begin with; ``secret_key`` signs sessions and query codes;
    ``step_limit`` bounds the automatic steps of one command, ``token_limit`` what may go on in one case at a time,
    ``diagram_elements`` and ``expression_length`` what may be deployed; ``live_cases`` the cases kept in memory;
    ``timer_batch`` how many due timers one sweep leases and ``lease_seconds`` for how long; ``notices`` how notices
    leave the application; ``files`` the folder documents and uploads are kept in, by default beside the database;
    ``uploads`` what may be uploaded.
    """

    database_url: str = "sqlite:///binglian.db"
    processes: Path = field(default_factory=lambda: default_processes())
    area: str = "330100"
    region: str = "cn"
    secret_key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    step_limit: int = 20_000
    token_limit: int = 5_000
    diagram_elements: int = 20_000
    expression_length: int = 2_000
    live_cases: int = 256
    timer_batch: int = 200
    lease_seconds: int = 60
    notices: NoticeSettings = NoticeSettings()
    files: Path | None = None
    uploads: UploadSettings = UploadSettings()

    @property
    def files_folder(self) -> Path:
        """Where documents are kept: ``binglian-files`` beside a SQLite file, else where the process was started."""
        if self.files is not None:
            return self.files
        file = self.database_url.partition("?")[0].partition("sqlite:///")[2]
        return (Path(file).parent if file else Path()) / "binglian-files"

    def __post_init__(self) -> None:
        if not (self.area.isascii() and self.area.isdigit() and len(self.area) == 6):
            raise _wrong("BINGLIAN_AREA", "应为六位行政区划代码", "must be a six-digit division code")
        if not self.processes.is_dir():
            raise _wrong("BINGLIAN_PROCESSES", f"{self.processes} 不是文件夹", f"{self.processes} is not a folder")


def _wrong(name: str, zh: str, en: str) -> BadInput:
    return BadInput("settings", f"{name} {zh}", f"{name} {en}", name)


def default_processes() -> Path:
    """The folder of the catalogue shipped with the package."""
    return Path(str(files("processes")))


def late_part(module: str) -> ModuleType:
    """A module of the product that takes time to import and that most commands do without; errors are its own."""
    return import_module(module)


def optional_part(module: str, extra: str, name: str) -> ModuleType:
    """A module that comes with an extra; BadInput tells what to install for the setting ``name``."""
    try:
        return import_module(module)
    except ImportError as error:
        raise _wrong(name, f"需要先安装 binglian[{extra}]", f"needs binglian[{extra}] to be installed") from error


def _number(environment: Mapping[str, str], name: str, default: int, least: int = 1, most: int = LARGEST) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdigit() and least <= int(text[:12]) <= most and len(text) <= 12):
        raise _wrong(name, f"应为 {least} 到 {most} 的整数,现为“{text}”", f"must be {least} to {most}, not {text!r}")
    return int(text)


def _one_of(environment: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    text = environment.get(name, known[0])
    if text not in known:
        raise _wrong(name, f"应为 {'、'.join(known)} 之一", f"must be one of {', '.join(known)}")
    return text


def _web_address(environment: Mapping[str, str], name: str, default: str = "") -> str:
    """An http(s) address without the slashes at its end, and without a password; the error does not repeat it."""
    text = environment.get(name, default).strip()
    try:
        parts = urlsplit(text)
        usable = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        )
    except ValueError:
        usable = False
    if text and (not usable or not text.isascii() or any(c.isspace() for c in text)):
        raise _wrong(name, "应为 http(s):// 开头、不含密码的网址", "must be an http(s):// address without a password")
    return text.rstrip("/")


def mail_address(text: str, name: str) -> str:
    """A mail address, plain (``name@host``, ASCII); BadInput names where it was given. Empty when there is none."""
    text = text.strip()
    local, _, host = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not any(c in text for c in ' ,;:<>()[]"\\')
    if text and not (plain and local and host and "@" not in local and len(text) <= 254):
        raise _wrong(name, "应为一个邮件地址", "must be one mail address, as in someone@example.org")
    return text


def _webhook(environment: Mapping[str, str]) -> Webhook | None:
    url, secret = _web_address(environment, "BINGLIAN_WEBHOOK_URL"), environment.get("BINGLIAN_WEBHOOK_SECRET", "")
    if url and len(secret) < SHORTEST_SECRET:
        raise _wrong(
            "BINGLIAN_WEBHOOK_SECRET", f"至少 {SHORTEST_SECRET} 个随机字符",
            f"must be at least {SHORTEST_SECRET} random characters",
        )  # fmt: skip
    return Webhook(url, secret) if url else None


def _mail(environment: Mapping[str, str]) -> Mail | None:
    host = environment.get("BINGLIAN_SMTP_HOST", "").strip()
    if not host:
        return None
    security = _one_of(environment, "BINGLIAN_SMTP_SECURITY", tuple(MAIL_PORTS))
    port = _number(environment, "BINGLIAN_SMTP_PORT", MAIL_PORTS[security], most=65535)
    sender = mail_address(environment.get("BINGLIAN_MAIL_FROM", ""), "BINGLIAN_MAIL_FROM")
    user, password = environment.get("BINGLIAN_SMTP_USER", ""), environment.get("BINGLIAN_SMTP_PASSWORD", "")
    if not sender:
        raise _wrong("BINGLIAN_MAIL_FROM", "发件地址不能缺少", "is needed: the address messages are from")
    if user and security == "none":
        raise _wrong("BINGLIAN_SMTP_SECURITY", "密码不得明文传输", "must protect the password: starttls or ssl")
    return Mail(host, port, security, sender, user, password)


def _notices(environment: Mapping[str, str]) -> NoticeSettings:
    plain = NoticeSettings()
    minutes = int(plain.window.total_seconds()) // 60
    url, apprise = _web_address(environment, "BINGLIAN_PUBLIC_URL"), environment.get("BINGLIAN_APPRISE_URLS", "")
    found = NoticeSettings(
        public_url=url or plain.public_url,
        language=_one_of(environment, "BINGLIAN_NOTICE_LANGUAGE", LANGUAGES),
        window=timedelta(minutes=_number(environment, "BINGLIAN_NOTICE_MINUTES", minutes, least=0, most=1440)),
        tries=_number(environment, "BINGLIAN_NOTICE_TRIES", plain.tries, most=1000),
        timeout=_number(environment, "BINGLIAN_NOTICE_TIMEOUT", plain.timeout, most=300),
        webhook=_webhook(environment),
        mail=_mail(environment),
        apprise=tuple(apprise.split()),
    )
    if (found.webhook or found.mail or found.apprise) and not url:
        raise _wrong("BINGLIAN_PUBLIC_URL", "通知中的链接需要它", "is needed for the links in notices")
    return found


def _uploads(environment: Mapping[str, str]) -> UploadSettings:
    plain, command = UploadSettings(), environment.get("BINGLIAN_SCAN_COMMAND", "").strip()
    try:
        shlex.split(command)
    except ValueError:
        raise _wrong("BINGLIAN_SCAN_COMMAND", "引号不成对", "has an open quotation mark") from None
    megabytes = _number(environment, "BINGLIAN_UPLOAD_MEGABYTES", plain.most_bytes // MEGABYTE, most=500)
    seconds = _number(environment, "BINGLIAN_SCAN_SECONDS", plain.scan_seconds, most=3600)
    return UploadSettings(megabytes * MEGABYTE, command, seconds)


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of this process; BadInput names the variable that is wrong.

    Without ``BINGLIAN_SECRET_KEY`` a key is made for this process only: sessions and query codes end with it.
    """
    plain = Settings.__dataclass_fields__
    return Settings(
        database_url=environment.get("BINGLIAN_DATABASE_URL", str(plain["database_url"].default)),
        processes=Path(environment.get("BINGLIAN_PROCESSES") or default_processes()),
        area=environment.get("BINGLIAN_AREA", str(plain["area"].default)),
        region=environment.get("BINGLIAN_REGION", str(plain["region"].default)),
        secret_key=environment.get("BINGLIAN_SECRET_KEY") or secrets.token_hex(32),
        step_limit=_number(environment, "BINGLIAN_STEP_LIMIT", 20_000),
        token_limit=_number(environment, "BINGLIAN_TOKEN_LIMIT", 5_000),
        diagram_elements=_number(environment, "BINGLIAN_DIAGRAM_ELEMENTS", 20_000),
        expression_length=_number(environment, "BINGLIAN_EXPRESSION_LENGTH", 2_000),
        live_cases=_number(environment, "BINGLIAN_LIVE_CASES", 256),
        timer_batch=_number(environment, "BINGLIAN_TIMER_BATCH", 200),
        lease_seconds=_number(environment, "BINGLIAN_LEASE_SECONDS", 60),
        notices=_notices(environment),
        files=Path(folder) if (folder := environment.get("BINGLIAN_FILES", "").strip()) else None,
        uploads=_uploads(environment),
    )
