"""Settings, from ``BINGLIAN_*`` variables; each is described in docs/configuration.md."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from engine.errors import BadInput

LARGEST = 10_000_000


@dataclass(frozen=True)
class Settings:
    """How one installation runs.

    ``database_url`` is an SQLAlchemy URL; ``processes`` the folder of the catalogue; ``area`` the six-digit
    administrative division code that case numbers begin with; ``secret_key`` signs sessions and query codes;
    ``step_limit`` bounds the automatic steps of one command, ``token_limit`` what may go on in one case at a time,
    ``diagram_elements`` and ``expression_length`` what may be deployed; ``live_cases`` the cases kept in memory;
    ``timer_batch`` how many due timers one sweep leases and ``lease_seconds`` for how long.
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


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= LARGEST and len(text) <= 12):
        raise _wrong(name, f"应为 1 到 {LARGEST} 的整数,现为“{text}”", f"must be 1 to {LARGEST}, not {text!r}")
    return int(text)


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
    )
