"""Reads ``processes/``: a folder per item or bundle, beside them departments, sources, demo accounts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from engine.catalogue import model, people, vocabulary
from engine.catalogue.checks import check_catalogue
from engine.catalogue.evidence import Source
from engine.catalogue.forms import read_form
from engine.catalogue.policies import Policy, read_policies
from engine.catalogue.read import read_bundle, read_item, read_offering_of_item
from engine.catalogue.table import Table, ascii_code, new_code, read_bytes, read_table
from engine.errors import CatalogueError

NOT_CODES = ("calendars", "documents", "imported")
CODE = re.compile(r"[A-Z][A-Z0-9_]*")


def load_catalogue(folder: Path) -> model.Catalogue:
    """Everything in ``folder``, checked; CatalogueError names the file and the key that is wrong."""
    departments, roles = _departments(folder)
    policies = read_policies(folder, departments, roles)
    tables = {code: _item_table(folder, code) for code in _codes(folder)}
    items: dict[str, model.ServiceItem] = {}
    for code, table in tables.items():
        if table.one_of("kind", (vocabulary.ITEM, vocabulary.BUNDLE)) == vocabulary.ITEM:
            items[code] = read_item(table)
    offerings = {code: _offering(folder, table, items, policies) for code, table in tables.items()}
    for table in tables.values():
        table.done()
    catalogue = model.Catalogue(
        offerings=offerings,
        items=items,
        departments=departments,
        roles=roles,
        sources=_sources(folder),
        policies=policies,
    )
    check_catalogue(catalogue)
    return catalogue


def load_demo_accounts(folder: Path, catalogue: model.Catalogue) -> tuple[people.DemoAccount, ...]:
    """The accounts of ``demo.toml``; CatalogueError when a department, role or username is wrong."""
    file = read_table(folder, "demo.toml")
    accounts: dict[str, people.DemoAccount] = {}
    for table in file.tables("accounts"):
        account = people.DemoAccount(
            username=ascii_code(table, "username"),
            name=table.text("name"),
            department=table.one_of("department", catalogue.departments.keys()),
            roles=table.texts("roles"),
        )
        if unknown := sorted(set(account.roles) - catalogue.roles.keys()):
            raise table.wrong("roles", f"没有岗位 {unknown[0]}", f"there is no role {unknown[0]}")
        if account.username in accounts:
            raise table.wrong("username", "账号重复", "this username is taken")
        table.done()
        accounts[account.username] = account
    file.done()
    return tuple(accounts.values())


def _codes(folder: Path) -> Iterator[str]:
    """Names of the folders that hold an item or bundle, in order."""
    for path in sorted(folder.iterdir()):
        if not path.is_dir() or path.name in NOT_CODES or path.name.startswith(("_", ".")):
            continue
        if not CODE.fullmatch(path.name):
            raise CatalogueError(
                "catalogue.folder_name", "文件夹名应为事项代码（大写字母、数字、下划线）",
                "a folder is named by its code: capitals, digits, underscores", path.name,
            )  # fmt: skip
        yield path.name


def _item_table(folder: Path, code: str) -> Table:
    table = read_table(folder, f"{code}/item.toml")
    if table.text("code") != code:
        raise table.wrong("code", f"应与文件夹名 {code} 相同", f"must be the name of the folder, {code}")
    return table


def _offering(
    folder: Path, table: Table, items: Mapping[str, model.ServiceItem], policies: Mapping[str, Policy]
) -> model.Offering:
    code = table.text("code")
    fields = read_form(read_table(folder, f"{code}/forms/application.toml"))
    diagram = read_bytes(folder, f"{code}/process.bpmn")
    if code in items:
        offering = read_offering_of_item(table, items[code], fields, diagram)
    else:
        offering = read_bundle(table, items, fields, diagram)
    return replace(offering, decisions=decision_files(folder / code, code), policies=policies)


def decision_files(folder: Path, name: str) -> dict[str, bytes]:
    """The ``.dmn`` files in a folder called ``name``, by ``name/file``."""
    found = sorted(path for path in folder.glob("*.dmn") if path.is_file() and not path.name.startswith("."))
    return {f"{name}/{path.name}": path.read_bytes() for path in found}


def _departments(folder: Path) -> tuple[dict[str, people.Department], dict[str, people.Role]]:
    file = read_table(folder, "departments.toml")
    departments: dict[str, people.Department] = {}
    for table in file.tables("departments"):
        code = new_code(table, "code", departments)
        departments[code] = people.Department(
            code=code, name_zh=table.text("name_zh"), name_en=table.text("name_en"), also=table.texts("also", ())
        )
        table.done()
    roles: dict[str, people.Role] = {}
    for table in file.tables("roles"):
        code = new_code(table, "code", roles)
        roles[code] = people.Role(
            code=code, name_zh=table.text("name_zh"), name_en=table.text("name_en"), also=table.texts("also", ())
        )
        table.done()
    file.done()
    return departments, roles


def _sources(folder: Path) -> dict[str, Source]:
    file = read_table(folder, "sources.toml")
    sources: dict[str, Source] = {}
    for table in file.tables("sources"):
        source = Source(
            id=table.text("id"),
            title=table.text("title"),
            kind=table.text("kind"),
            address=table.text("address", ""),
            note=table.text("note", ""),
        )
        if source.id in sources:
            raise table.wrong("id", f"{source.id} 出现两次", f"{source.id} appears twice")
        table.done()
        sources[source.id] = source
    file.done()
    return sources
