"""An event-based gateway does not lead to two or more events to wait for, as the standard asks."""

from collections.abc import Iterator

from engine.diagram.rules.model import Diagram, Node, Problem, is_true

SECTION = "10.6.6"

_WAITS = ("messageEventDefinition", "signalEventDefinition", "timerEventDefinition", "conditionalEventDefinition")
Words = tuple[str, str, str]


def check(diagram: Diagram) -> Iterator[Problem]:
    """The gateway itself, then each node it leads to."""
    for gateway in diagram.of("eventBasedGateway"):
        targets = [flow.target for flow in gateway.outgoing if flow.target is not None]
        for zh, en, hint in (*_itself(gateway, targets), *_instantiating(gateway)):
            yield Problem(gateway.element, zh, en, hint)
        for target in dict.fromkeys(targets):
            for zh, en, hint in _target(target):
                yield Problem(target.element, zh, en, hint)


def _itself(gateway: Node, targets: list[Node]) -> Iterator[Words]:
    if len(gateway.outgoing) < 2:
        yield "事件网关至少需要两条流出", "an event-based gateway needs at least two flows out", "add the other event"
    tasks = any(target.kind == "receiveTask" for target in targets)
    if tasks and any(target.has("messageEventDefinition") for target in targets):
        yield (
            "事件网关后不能同时有消息事件和接收任务",
            "message events and receive tasks cannot both follow one event-based gateway",
            "use message events only",
        )


def _instantiating(gateway: Node) -> Iterator[Words]:
    instantiate = is_true(gateway.element, "instantiate")
    if instantiate and gateway.scope.parent is not None:
        yield "子流程不能由事件网关启动", "an event-based gateway cannot start a sub-process", "remove instantiate"
    if instantiate and gateway.incoming:
        yield "启动流程的网关不能有流入", "no flow leads into a gateway that starts the process", "remove the flow"
    if gateway.element.get("eventGatewayType") == "Parallel" and not instantiate:
        yield (
            "等待全部事件的网关只能用于启动流程",
            "only a gateway that starts the process may wait for all of its events",
            'set instantiate="true", or use a parallel gateway followed by the events',
        )


def _target(target: Node) -> Iterator[Words]:
    if target.kind == "receiveTask":
        if target.attached:
            yield (
                "事件网关后的接收任务不能有边界事件",
                "a receive task behind an event-based gateway has no boundary events",
                "use a message event and a timer event behind the gateway",
            )
    elif target.kind != "intermediateCatchEvent" or not target.has(*_WAITS):
        yield (
            "事件网关后只能是消息、信号、定时、条件捕获事件或接收任务",
            "only message, signal, timer and conditional catch events and receive tasks follow an event-based gateway",
            "put such an event between them",
        )
    if len(target.incoming) > 1:
        yield (
            "事件网关后的事件不能有其他流入", "no other flow leads into an event behind an event-based gateway",
            "join the flows behind the event",
        )  # fmt: skip
