"""Examples for the rule read-only-value."""

PRODUCT = True

RIGHT = [
    """
<startEvent id="s"/><endEvent id="e"/><scriptTask id="t"><script>seen = True</script></scriptTask>
«s > t > e»
""",
]

WRONG = [
    """
<startEvent id="s"/><endEvent id="e"/>
▶<scriptTask id="t"><script>decision["A"] = "agree"</script></scriptTask>
«s > t > e»
""",
    """
<startEvent id="s"/><endEvent id="e"/><scriptTask id="t"><script>seen = True</script></scriptTask>
▶<dataObject id="decision"/>
«s > t > e»
""",
    """
<process id="p" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
<callActivity id="c" calledElement="q"/>«s > c > e»</process>
▶<globalScriptTask id="q"><script>decision = 1</script></globalScriptTask>
""",
]
