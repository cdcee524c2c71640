"""DMN files as text."""


def decisions(*parts: str) -> bytes:
    """A DMN file of decisions."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
        f'id="dmn" name="fees" namespace="t">{"".join(parts)}</definitions>'
    ).encode()


def decision(logic: str, identity: str = "fees", requires: str = "") -> str:
    """One decision."""
    needed = "".join(
        f'<informationRequirement><requiredDecision href="#{name}"/></informationRequirement>'
        for name in requires.split()
    )
    return f'<decision id="{identity}" name="{identity}"><variable name="{identity}"/>{needed}{logic}</decision>'
