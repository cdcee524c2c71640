"""Who handles things: departments, roles, and the accounts of the demonstration."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Department:
    """``also``: what data from elsewhere calls it."""

    code: str
    name_zh: str
    name_en: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Role:
    """``also``: what data from elsewhere calls it."""

    code: str
    name_zh: str
    name_en: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoAccount:
    """An account of the demonstration; the name is invented."""

    username: str
    name: str
    department: str
    roles: tuple[str, ...]
