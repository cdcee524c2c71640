"""Something drawn belongs to a part of the standard that no process executes, such as choreographies."""

from collections.abc import Iterator

from engine.diagram.rules.model import NODES, Diagram, Problem, kind_of

SECTION = "2.1"

CARRIED = frozenset(
    {
        "documentation", "extensionElements", "ioSpecification", "property",
        "laneSet", "sequenceFlow", "dataObject", "dataObjectReference", "association", "group", "textAnnotation",
        "performer", "humanPerformer", "potentialOwner", "resourceRole",
        "incoming", "outgoing", "dataInputAssociation", "dataOutputAssociation", "completionCondition",
        "standardLoopCharacteristics", "multiInstanceLoopCharacteristics",
    }
)  # fmt: skip
"""Children of processes and sub-processes, other than nodes, that are run or only drawn."""

_CHOREOGRAPHY = (
    "编排图不能执行", "choreographies are not executed", "draw a process for each participant", "error",
)  # fmt: skip
_CONVERSATION = ("会话不影响执行", "conversations have no effect on the execution", "it can stay", "warning")
_CORRELATION = (
    "关联订阅不读取,消息按关联键和给出的值匹配",
    "correlation subscriptions are not read: messages are matched by correlation keys and the values they are given",
    "use a correlation key of the collaboration", "warning",
)  # fmt: skip
_DESCRIBES = ("不影响执行", "it has no effect on the execution", "it can stay", "info")
TOLD = {
    **dict.fromkeys(("auditing", "monitoring", "ioBinding", "supports", "supportedInterfaceRef"), _DESCRIBES),
    "choreographyTask": _CHOREOGRAPHY,
    "subChoreography": _CHOREOGRAPHY,
    "callChoreography": _CHOREOGRAPHY,
    "choreography": (*_CHOREOGRAPHY[:3], "warning"),
    "globalChoreographyTask": (*_CHOREOGRAPHY[:3], "warning"),
    "globalConversation": _CONVERSATION,
    "conversation": _CONVERSATION,
    "subConversation": _CONVERSATION,
    "callConversation": _CONVERSATION,
    "correlationSubscription": _CORRELATION,
    "dataStoreReference": (
        "数据存储只在一次运行内有效", "a data store is kept within one run only", "use a service to keep it", "warning",
    ),
}  # fmt: skip
"""Why an element has no effect (Chinese, English), what to do, and the level."""

_OUTSIDE = ("choreography", "globalChoreographyTask", "globalConversation", "collaboration")
_OTHER = ("不认识这个元素,不能执行", "this element is not known and cannot be run", "remove it", "error")


def check(diagram: Diagram) -> Iterator[Problem]:
    """Unknown and unexecuted children of processes and sub-processes, and of the file beside them."""
    for scope in diagram.scopes:
        for child in scope.element:
            kind = kind_of(child)
            if kind and kind not in NODES and kind not in CARRIED:
                zh, en, hint, level = TOLD.get(kind, _OTHER)
                yield Problem(child, f"{kind}:{zh}", f"{kind}: {en}", hint, level)
    for outside in diagram.root if diagram.scopes else ():
        if kind_of(outside) in _OUTSIDE:
            for element in (outside, *outside):
                kind = kind_of(element)
                if kind in TOLD and (element is outside or kind_of(outside) == "collaboration"):
                    zh, en, hint, level = TOLD[kind]
                    yield Problem(element, f"{kind}:{zh}", f"{kind}: {en}", hint, level)
