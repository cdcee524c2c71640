"""``binglian user``: create or replace an account."""

import click

from engine.bootstrap import build_engine
from engine.errors import BadInput
from engine.passwords import hash_password
from engine.settings import mail_address, settings_from
from engine.store.records import Account


@click.command("user")
@click.argument("username")
@click.option("--name", required=True, help="Name shown to colleagues.")
@click.option("--department", required=True, help="Department code of departments.toml.")
@click.option("--role", "roles", multiple=True, required=True, help="Role code; repeat for several.")
@click.option("--email", default="", help="Where notices are sent to as well; without it only the inbox shows them.")
@click.option("--inactive", is_flag=True, help="Keep the account but refuse sign-in.")
@click.password_option(help="Asked for when not given.")
def user(  # noqa: PLR0913 the documented options
    username: str, name: str, department: str, roles: tuple[str, ...], email: str, inactive: bool, password: str
) -> None:
    """Create or replace the account USERNAME."""
    engine = build_engine(settings_from())
    try:
        catalogue = engine.deployments.catalogue
        if department not in catalogue.departments:
            known = ", ".join(catalogue.departments)
            raise BadInput("user.department", f"没有部门 {department}", f"departments are: {known}", "--department")
        if unknown := [role for role in roles if role not in catalogue.roles]:
            known = ", ".join(catalogue.roles)
            raise BadInput("user.role", f"没有岗位 {unknown[0]}", f"roles are: {known}", "--role")
        address = mail_address(email, "--email")
        account = Account(username, name, department, frozenset(roles), not inactive, address)
        engine.records.save_account(account, hash_password(password))
    finally:
        engine.close()
    click.echo(f"saved {username}")


COMMANDS = (user,)
