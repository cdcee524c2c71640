"""The names the data uses for departments, roles and sources, and what the folder calls them.

A department or role is found by its Chinese name or by one of its other names (``also``); one that is not there yet is
added, with the name for both languages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.exchange.checks import NO_SOURCE
from engine.exchange.reading import Entry

WINDOW, WINDOW_CLERK, HEAD = "window", "window_clerk", "head"
DEPARTMENTS_HEAD = "# 部门与岗位 · Departments and roles\nschema = 1\n"
SOURCES_HEAD = "# 本目录引用的来源 · Sources cited by this catalogue\nschema = 1\n"

_WINDOW = {"code": WINDOW, "name_zh": "政务服务中心综合窗口", "name_en": "Single window of the service centre"}
_ROLES = (
    (WINDOW_CLERK, "窗口受理员", "Window clerk"),
    ("reviewer", "审查人员", "Reviewer"),
    ("inspector", "现场核查人员", "Site inspector"),
    (HEAD, "审批负责人", "Deciding officer"),
    ("issuer", "出证/送达人员", "Issuing officer"),
    ("checker", "系统自动", "Data checker"),
    ("expert", "专家组", "Expert panel"),
    ("consultee", "征求意见（协办部门）", "Consulted official"),
    ("panel", "联审会议", "Joint review meeting"),
    ("handler", "承办人员", "Case officer"),
    ("section_head", "科室负责人", "Section head"),
    ("supervisor", "效能监督员", "Supervisor"),
)


@dataclass
class Registers:
    """Departments, roles and sources of the folder; ``added`` are the tables to add to its files, in order."""

    departments: Mapping[str, Any]
    known_sources: frozenset[str]
    details: Mapping[str, Entry]
    added: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"departments": [], "roles": [], "sources": []}
    )

    def __post_init__(self) -> None:
        entries = {kind: list(self.departments.get(kind, [])) for kind in ("departments", "roles")}
        self._codes = {kind: {entry["code"] for entry in there} for kind, there in entries.items()}
        self._names = {
            kind: {_plain(name): entry["code"] for entry in there for name in _all_names(entry)}
            for kind, there in entries.items()
        }
        if WINDOW not in self._codes["departments"]:
            self._add("departments", _WINDOW)
        for code, zh, en in _ROLES if not self._codes["roles"] else ():
            self._add("roles", {"code": code, "name_zh": zh, "name_en": en})

    def department(self, name: str) -> str:
        """Code of the department the data calls ``name``."""
        return self._code("departments", name)

    def role(self, name: str) -> str:
        """Code of the role the data calls ``name``."""
        return self._code("roles", name)

    def sources(self, keys: Iterable[str]) -> list[str]:
        """The keys as they are; those the folder does not list yet will be added."""
        found = [key for key in keys if key != NO_SOURCE]
        there = self.known_sources | {entry["id"] for entry in self.added["sources"]}
        for key in found:
            if key not in there:
                self._cite(key)
        return found

    def _cite(self, key: str) -> None:
        said = self.details.get(key, {})
        address = said.get("address") or ""
        entry = {"id": key, "title": said.get("title") or key}
        entry |= {"address": address} if address.startswith("http") else {}
        entry |= {"kind": said.get("kind") or "other"} | ({"note": said["note"]} if said.get("note") else {})
        self.added["sources"].append(entry)

    def _code(self, kind: str, name: str) -> str:
        known: str | None = self._names[kind].get(_plain(name))
        if known is not None:
            return known
        number = next(n for n in range(1, 10_000) if f"{kind[:-1]}_{n}" not in self._codes[kind])
        code = f"{kind[:-1]}_{number}"
        self._add(kind, {"code": code, "name_zh": name, "name_en": name})
        return code

    def _add(self, kind: str, entry: dict[str, Any]) -> None:
        self.added[kind].append(entry)
        self._codes[kind].add(entry["code"])
        self._names[kind] |= {_plain(name): entry["code"] for name in _all_names(entry)}


def _all_names(entry: Mapping[str, Any]) -> list[str]:
    return [entry["name_zh"], *entry.get("also", [])]


def _plain(name: str) -> str:
    return name.replace("（", "(").replace("）", ")").replace(" ", "")
