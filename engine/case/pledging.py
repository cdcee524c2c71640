"""告知承诺: which items of an application go by commitment."""

from collections.abc import Iterable, Mapping

from engine.case.deployment import Deployment
from engine.case.parts.pledge import Pledge, pledge_of
from engine.case.state import Case
from engine.errors import BadInput
from engine.journal import Json

RECEIVED = "received"


def open_to_choice(deployment: Deployment, values: Mapping[str, object]) -> list[str]:
    """Codes of the items of this application that have a commitment route, in order."""
    applicable = deployment.offering.applicable_items(values)
    return [item.code for item in deployment.offering.items if item.code in applicable and item.commitment is not None]


def chosen(deployment: Deployment, values: Mapping[str, object], items: str) -> list[str]:
    """The items a text names, one after the other; BadInput for one that has no such route here."""
    possible, found = open_to_choice(deployment, values), sorted(set(items.split()))
    for code in found:
        if code not in possible:
            raise BadInput(
                "commitment.item", f"事项 {code} 不能以告知承诺方式办理", f"{code} has no commitment route here",
                "commitments",
            )  # fmt: skip
    return found


def pledges(deployment: Deployment, codes: Iterable[str]) -> dict[str, Pledge]:
    """The promises of these items as the version says them, in the order a stored case comes back in."""
    routes = {item.code: item.commitment for item in deployment.offering.items}
    return {code: pledge_of(code, route) for code in sorted(codes) if (route := routes.get(code)) is not None}


def unwritten(case: Case) -> list[str]:
    """Items whose letter of commitment was never handed in: nothing was promised for them."""
    return [code for code, pledge in case.pledges.items() if case.materials.get(pledge.letter) != RECEIVED]


def drop(case: Case, codes: Iterable[Json]) -> None:
    """These items go the ordinary way."""
    gone = {str(code) for code in codes}
    case.pledges = {code: pledge for code, pledge in case.pledges.items() if code not in gone}
