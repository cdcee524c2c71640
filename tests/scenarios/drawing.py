"""Drawing BPMN in a few readable lines, for scenario tests. Every drawing is checked against the BPMN 2.0 schema.

A part is the text of one element; a drawing is parts in any order (the order the schema wants is made here).

>>> drawing(start(), users("a", "b"), end(), flows("s > a > b > e"))

Nesting, boundary events and event sub-processes:

>>> drawing(
...     start(),
...     sub("home", start("s1"), users("a"), end("e1", error_event("full")), flows("s1 > a > e1")),
...     boundary("late", "home", timer(duration="PT1H"), interrupting=False),
...     boundary("broke", "home", error_event("full")),
...     event_sub(
...         "called", start("s2", message("call"), interrupting=False), users("c"), end("e2"), flows("s2 > c > e2")
...     ),
...     users("b"), end(),
...     flows("s > home > e; late > b > e; broke > e"),
... )

Conditions, gateways, loops, data, compensation:

>>> drawing(
...     start(), exclusive("x", default="x-b"), users("b"), end(),
...     task("userTask", "a", collection_loop("names", item="name")),
...     flows("s > x > b > e; a > e"), flow("x", "a", "len(names) > 1"),
...     boundary("undone", "b", compensation()), task("userTask", "undo", isForCompensation="true"),
...     association("undone", "undo"),
... )

Ids of sequence flows are ``source-target``. A message, signal, error or escalation that a part names
(``message("call")``, ``error_event("full")``) is declared at the root by itself, with that name (an error and an
escalation: that code too) and the id ``message-call``. Several processes, or roots of one's own, with
:func:`definitions`:

>>> definitions(
...     process(start(), call("c", "other"), end(), flows("s > c > e")),
...     process(start("s2"), end("e2"), flows("s2 > e2"), identity="other", executable=False),
... )
"""

import re
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from engine.diagram.xml import BPMN, XSI, read_definitions, schema_errors

_EARLY = (
    "documentation", "extensionElements", "ioSpecification", "property", "dataInput", "dataOutput",
    "dataInputAssociation", "dataOutputAssociation", "inputSet", "outputSet", "resourceRole",
    "standardLoopCharacteristics", "multiInstanceLoopCharacteristics", "laneSet",
)  # fmt: skip
_LATE = ("association", "group", "textAnnotation", "correlationSubscription")
_OPENING = re.compile(r"<b:(\w+)")
_REFERENCE = re.compile(r'Ref="((message|signal|error|escalation)-([^"]+))"')
_CODES = {"error": "errorCode", "escalation": "escalationCode"}


def _rank(part: str) -> int:
    opening = _OPENING.match(part)
    name = opening[1] if opening else ""
    if name in _EARLY:
        return _EARLY.index(name)
    return len(_EARLY) + (1 + _LATE.index(name) if name in _LATE else 0)


def element(kind: str, identity: str = "", *parts: str, **attributes: str) -> str:
    """Any BPMN element; its parts are put into the order of the schema (a part of no element is plain text)."""
    given = {"id": identity} if identity else {}
    text = "".join(f" {name}={quoteattr(value)}" for name, value in {**given, **attributes}.items())
    return f"<b:{kind}{text}>{''.join(sorted(parts, key=_rank))}</b:{kind}>"


def expression(kind: str, text: str) -> str:
    """A formal expression inside an element such as ``condition`` or ``timeDuration``."""
    return element(kind, "", escape(text), **{"xsi:type": "b:tFormalExpression"})


# Files and processes


def process(*parts: str, identity: str = "p", executable: bool = True) -> str:
    """One process."""
    return element("process", identity, *parts, isExecutable=str(executable).lower())


def _declared(text: str) -> str:
    """The roots of all references that nobody declared."""
    missing = {}
    for identity, kind, name in _REFERENCE.findall(text):
        if f'id="{identity}"' not in text:
            code = {_CODES[kind]: name} if kind in _CODES else {}
            missing[identity] = element(kind, identity, name=name, **code)
    return "".join(missing.values())


def definitions(*parts: str) -> bytes:
    """A file of processes and other root elements; fails when the schema refuses it."""
    body = "".join(parts)
    data = (
        f'<?xml version="1.0" encoding="UTF-8"?><b:definitions xmlns:b="{BPMN}" xmlns:xsi="{XSI}" id="definitions" '
        'xmlns:bl="urn:binglian:bpmn:1" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
        f'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="t">{_declared(body)}{body}</b:definitions>'
    ).encode()
    problems = list(schema_errors(read_definitions(data, "drawing")))
    assert not problems, problems
    return data


def drawing(*parts: str) -> bytes:
    """A file with one executable process ``p`` of these parts."""
    return definitions(process(*parts))


# Flows, associations, data


def flow(source: str, target: str, condition: str = "", identity: str = "") -> str:
    """One sequence flow; its id is ``source-target`` unless given."""
    inner = expression("conditionExpression", condition) if condition else ""
    return element("sequenceFlow", identity or f"{source}-{target}", inner, sourceRef=source, targetRef=target)


def flows(text: str) -> str:
    """Flows of chains such as ``"s > a > e; a > b"``."""
    chains = ([name.strip() for name in chain.split(">")] for chain in text.split(";"))
    return "".join(flow(source, target) for names in chains for source, target in pairwise(names))


def association(source: str, target: str) -> str:
    """An association, such as the one from a compensation boundary event to its handler."""
    return element("association", f"{source}_to_{target}", associationDirection="One",
                   sourceRef=source, targetRef=target)  # fmt: skip


def data_object(identity: str, **attributes: str) -> str:
    """A data object of the scope it stands in."""
    return element("dataObject", identity, **attributes)


# Activities


def task(kind: str, identity: str, *parts: str, **attributes: str) -> str:
    """A task of any kind: ``task("userTask", "a")``."""
    return element(kind, identity, *parts, **attributes)


def users(*identities: str) -> str:
    """User tasks."""
    return "".join(element("userTask", identity) for identity in identities)


def script(identity: str, text: str, *parts: str) -> str:
    """A script task; ``text`` is lines of ``name = expression``."""
    return element("scriptTask", identity, *parts, element("script", "", escape(text)))


def service(identity: str, *parts: str, **attributes: str) -> str:
    """A service task that runs the service named as itself (``implementation``) unless another is given."""
    return element("serviceTask", identity, *parts, **{"implementation": identity, **attributes})


def receive(identity: str, message_name: str, *, instantiate: bool = False) -> str:
    """A receive task."""
    return element("receiveTask", identity, messageRef=f"message-{message_name}", instantiate=str(instantiate).lower())


def send(identity: str, message_name: str, *parts: str) -> str:
    """A send task."""
    return element("sendTask", identity, *parts, messageRef=f"message-{message_name}")


def sub(identity: str, *parts: str, **attributes: str) -> str:
    """An embedded sub-process."""
    return element("subProcess", identity, *parts, **attributes)


def event_sub(identity: str, *parts: str) -> str:
    """An event sub-process; its start event says whether it interrupts."""
    return element("subProcess", identity, *parts, triggeredByEvent="true")


def transaction(identity: str, *parts: str, **attributes: str) -> str:
    """A transaction."""
    return element("transaction", identity, *parts, **attributes)


def ad_hoc(identity: str, *parts: str, condition: str = "", **attributes: str) -> str:
    """An ad-hoc sub-process."""
    ending = expression("completionCondition", condition) if condition else ""
    inner = "".join(sorted(parts, key=_rank))
    return element("adHocSubProcess", identity, inner + ending, **attributes)


def call(identity: str, called: str, *parts: str) -> str:
    """A call activity."""
    return element("callActivity", identity, *parts, calledElement=called)


def standard_loop(condition: str = "", **attributes: str) -> str:
    """Loop characteristics; the loop goes on while the condition is true."""
    return element("standardLoopCharacteristics", "", expression("loopCondition", condition) if condition else "",
                   **attributes)  # fmt: skip


def cardinality_loop(number: str, *, sequential: bool = False, until: str = "", inner: str = "", **other: str) -> str:
    """Multi-instance characteristics by number; ``until`` is the completion condition, ``inner`` goes before it."""
    parts = expression("loopCardinality", number) + inner + (expression("completionCondition", until) if until else "")
    return element("multiInstanceLoopCharacteristics", "", parts, isSequential=str(sequential).lower(), **other)


def collection_loop(
    collection: str, item: str = "", *, into: str = "", of: str = "", sequential: bool = False, until: str = ""
) -> str:
    """Multi-instance characteristics over ``collection``: each ``item``; the outputs ``of`` are gathered ``into``."""
    parts = element("loopDataInputRef", "", collection)
    parts += element("loopDataOutputRef", "", into) if into else ""
    parts += element("inputDataItem", item, name=item) if item else ""
    parts += element("outputDataItem", of, name=of) if of else ""
    parts += expression("completionCondition", until) if until else ""
    return element("multiInstanceLoopCharacteristics", "", parts, isSequential=str(sequential).lower())


# Gateways


def exclusive(identity: str, default: str = "") -> str:
    """An exclusive gateway."""
    return element("exclusiveGateway", identity, **({"default": default} if default else {}))


def inclusive(identity: str, default: str = "") -> str:
    """An inclusive gateway."""
    return element("inclusiveGateway", identity, **({"default": default} if default else {}))


def parallel(*identities: str) -> str:
    """Parallel gateways."""
    return "".join(element("parallelGateway", identity) for identity in identities)


def complex_gateway(identity: str, activation: str = "", default: str = "") -> str:
    """A complex gateway; ``activation`` may use ``activationCount``."""
    inner = expression("activationCondition", activation) if activation else ""
    return element("complexGateway", identity, inner, **({"default": default} if default else {}))


def event_gateway(identity: str, *, instantiate: bool = False, parallel: bool = False) -> str:
    """An event-based gateway."""
    kind = "Parallel" if parallel else "Exclusive"
    return element("eventBasedGateway", identity, instantiate=str(instantiate).lower(), eventGatewayType=kind)


# Events


def start(identity: str = "s", *parts: str, interrupting: bool = True, every: bool = False) -> str:
    """A start event; ``every``: all of its definitions are needed (parallel multiple)."""
    return element("startEvent", identity, *parts, isInterrupting=str(interrupting).lower(), **_every(every))


def end(identity: str = "e", *parts: str) -> str:
    """An end event."""
    return element("endEvent", identity, *parts)


def catch(identity: str, *parts: str, every: bool = False) -> str:
    """An intermediate catch event."""
    return element("intermediateCatchEvent", identity, *parts, **_every(every))


def throw(identity: str, *parts: str) -> str:
    """An intermediate throw event; without parts a none event."""
    return element("intermediateThrowEvent", identity, *parts)


def boundary(identity: str, on: str, *parts: str, interrupting: bool = True, every: bool = False) -> str:
    """A boundary event on the activity ``on``."""
    return element("boundaryEvent", identity, *parts, attachedToRef=on, cancelActivity=str(interrupting).lower(),
                   **_every(every))  # fmt: skip


def _every(every: bool) -> dict[str, str]:
    return {"parallelMultiple": "true"} if every else {}


# Event definitions; with an identity they can stand at the root, for definition_ref()


def message(name: str, identity: str = "") -> str:
    """A message event definition."""
    return element("messageEventDefinition", identity, messageRef=f"message-{name}")


def signal(name: str, identity: str = "") -> str:
    """A signal event definition."""
    return element("signalEventDefinition", identity, signalRef=f"signal-{name}")


def error_event(code: str = "", identity: str = "") -> str:
    """An error event definition; without a code it catches every error."""
    return element("errorEventDefinition", identity, **({"errorRef": f"error-{code}"} if code else {}))


def escalation(code: str = "", identity: str = "") -> str:
    """An escalation event definition; without a code it catches every escalation."""
    return element("escalationEventDefinition", identity, **({"escalationRef": f"escalation-{code}"} if code else {}))


def timer(date: str = "", duration: str = "", cycle: str = "", identity: str = "") -> str:
    """A timer event definition of ISO 8601 text, or of an expression that gives such text."""
    given = {"timeDate": date, "timeDuration": duration, "timeCycle": cycle}
    return element("timerEventDefinition", identity, *(expression(kind, text) for kind, text in given.items() if text))


def condition(text: str, identity: str = "") -> str:
    """A conditional event definition."""
    return element("conditionalEventDefinition", identity, expression("condition", text))


def compensation(activity: str = "", *, wait: bool = True) -> str:
    """A compensation event definition."""
    attributes = {"activityRef": activity} if activity else {}
    return element("compensateEventDefinition", "", **attributes, **({} if wait else {"waitForCompletion": "false"}))


def handler(activity: str, kind: str = "userTask", *parts: str) -> list[str]:
    """The compensation boundary event ``c-<activity>`` and the handler ``undo-<activity>`` of an activity."""
    return [
        boundary(f"c-{activity}", activity, compensation()),
        element(kind, f"undo-{activity}", *parts, isForCompensation="true"),
        association(f"c-{activity}", f"undo-{activity}"),
    ]


def handled(*activities: str) -> list[str]:
    """User tasks, each with its compensation handler, a user task too."""
    return [part for name in activities for part in (users(name), *handler(name))]


def cancel() -> str:
    """A cancel event definition."""
    return element("cancelEventDefinition")


def terminate() -> str:
    """A terminate event definition."""
    return element("terminateEventDefinition")


def link(name: str) -> str:
    """A link event definition."""
    return element("linkEventDefinition", "", name=name)


def definition_ref(identity: str) -> str:
    """A reference to an event definition at the root of the file."""
    return element("eventDefinitionRef", "", identity)
