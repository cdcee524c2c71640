"""Examples for the rule self-call."""

PRODUCT = True

_BODY = '<startEvent id="{0}s"/><endEvent id="{0}e"/>'

RIGHT = [
    f"""
<process id="p" isExecutable="true">{_BODY.format("p")}<callActivity id="c" calledElement="q"/>«ps > c > pe»</process>
<process id="q">{_BODY.format("q")}«qs > qe»</process>
""",
]

WRONG = [
    f"""
<process id="p" isExecutable="true">{_BODY.format("p")}
▶<callActivity id="c" calledElement="p"/>«ps > c > pe»</process>
""",
    f"""
<process id="p" isExecutable="true">{_BODY.format("p")}
▶<callActivity id="c" calledElement="q"/>«ps > c > pe»</process>
<process id="q">{_BODY.format("q")}<subProcess id="h">{_BODY.format("h")}
▶<callActivity id="d" calledElement="p"/>«hs > d > he»</subProcess>«qs > h > qe»</process>
""",
]
