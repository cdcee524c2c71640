"""Small BPMN files as text, for tests of the runtime and the checker."""

from itertools import pairwise

from engine.diagram.xml import BPMN, XSI


def node(kind: str, identity: str, attributes: str = "", inner: str = "") -> str:
    """One flow node."""
    return f'<b:{kind} id="{identity}"{" " if attributes else ""}{attributes}>{inner}</b:{kind}>'


def users(*identities: str) -> str:
    """User tasks."""
    return "".join(node("userTask", identity) for identity in identities)


def flow(source: str, target: str, condition: str = "", identity: str = "") -> str:
    """One sequence flow; its id is ``source-target`` unless given."""
    inner = ""
    if condition:
        escaped = condition.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        inner = f'<b:conditionExpression xsi:type="b:tFormalExpression">{escaped}</b:conditionExpression>'
    name = identity or f"{source}-{target}"
    return f'<b:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</b:sequenceFlow>'


def chain(text: str) -> str:
    """Flows of chains such as ``"s>a>e; a>b"``."""
    flows = []
    for part in text.split(";"):
        names = [name.strip() for name in part.split(">")]
        flows += [flow(a, b) for a, b in pairwise(names)]
    return "".join(flows)


def process(body: str, identity: str = "p") -> bytes:
    """A file with one executable process."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><b:definitions xmlns:b="{BPMN}" xmlns:xsi="{XSI}" id="d" '
        f'targetNamespace="t"><b:process id="{identity}" isExecutable="true">{body}</b:process></b:definitions>'
    ).encode()
