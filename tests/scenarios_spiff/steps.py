"""Steps of a scenario as one text, such as ``"a !done b=yes done"``."""

from tests.scenarios.drawing import element, end, exclusive, expression, flow, flows, message, start, throw, users
from tests.scenarios.runs import Play


def follow(play: Play, steps: str) -> None:
    """Does the steps: ``a`` completes the task, ``a=yes`` with this ``choice``, ``!a``: it must not be offered."""
    for step in steps.split():
        name, _, choice = step.removeprefix("!").partition("=")
        if step.startswith("!"):
            assert name not in play.open, f"{name} is offered too early"
        elif choice:
            play.do(name, choice=choice)
        else:
            play.do(name)


def chosen(ask: str, yes: str, no: str) -> str:
    """The user task ``ask`` and behind it a gateway to ``yes`` when that is its choice, else to ``no``."""
    gate = f"{ask}-gate"
    return (
        users(ask) + exclusive(gate, default=f"{gate}-{no}") + flows(f"{ask} > {gate} > {no}")
        + flow(gate, yes, 'choice == "yes"')
    )  # fmt: skip


def straight(*middle: str, path: str) -> str:
    """Start ``s`` and end ``e`` around the path."""
    return start() + "".join(middle) + end() + flows(f"s > {path} > e")


def io(inputs: str = "", outputs: str = "") -> str:
    """An ioSpecification; ids and names are the same words."""
    read = [element("dataInput", name, name=name) for name in inputs.split()]
    written = [element("dataOutput", name, name=name) for name in outputs.split()]
    sets = element("inputSet", "", *(element("dataInputRefs", "", name) for name in inputs.split()))
    sets += element("outputSet", "", *(element("dataOutputRefs", "", name) for name in outputs.split()))
    return element("ioSpecification", "", "".join([*read, *written, sets]))


def moved(kind: str, source: str, target: str, change: str = "") -> str:
    """A data association: ``moved("dataInputAssociation", "object", "input")``; ``change`` transforms the value."""
    inner = (element("sourceRef", "", source) if source else "") + element("targetRef", "", target)
    return element(kind, "", inner + (expression("transformation", change) if change else ""))


def sending(identity: str, message_name: str, *names: str) -> str:
    """An intermediate throw event whose message carries these values."""
    inputs = "".join(element("dataInput", f"{identity}-{name}", name=name) for name in names)
    filled = (moved("dataInputAssociation", "", f"{identity}-{name}", change=name) for name in names)
    return throw(identity, inputs, *filled, message(message_name))
