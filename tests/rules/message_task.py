"""Examples for the rule message-task."""

RIGHT = [
    """
<receiveTask id="t" messageRef="msg"/><sendTask id="t2" implementation="mail"/>
""",
]

WRONG = [
    """
▶<receiveTask id="t"/>
""",
    """
▶<sendTask id="t"/>
""",
    """

<startEvent id="s"/><endEvent id="e"/>«s > t > e»
▶<receiveTask id="t" messageRef="msg" instantiate="true"/>
""",
]
