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
]
