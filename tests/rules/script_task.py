"""Examples for the rule script-task."""

RIGHT = [
    """
<scriptTask id="t" scriptFormat="python"><script>a = 1
b = a + 1</script></scriptTask>
""",
]

WRONG = [
    """
▶<scriptTask id="t"/>
""",
    """
▶<scriptTask id="t"><script>a = 1</script><script>b = 1</script></scriptTask>
""",
    """
▶<scriptTask id="t"><script>import os</script></scriptTask>
""",
    """
<process id="p" isExecutable="true"><callActivity id="c" calledElement="g"/></process>
▶<globalScriptTask id="g"><script>while True: pass</script></globalScriptTask>
""",
]
