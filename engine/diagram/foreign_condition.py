"""Conditions drawn for other engines, said in our expression language (``engine/diagram/expression.py``)."""

from engine.diagram.expression import MAX_LENGTH, compile_expression
from engine.diagram.foreign_feel import read_feel
from engine.diagram.foreign_juel import read_juel
from engine.diagram.foreign_tokens import cannot
from engine.errors import ExpressionError

_MARKERS = ("${", "#{")
_SCRIPTS = frozenset({"groovy", "javascript", "js", "ecmascript", "graal.js", "ruby", "jruby", "jython", "xpath"})


def _language(language: str | None) -> str:
    """The last word of a language's name or address: ``feel`` of ``https://www.omg.org/spec/DMN/20191111/FEEL/``."""
    return (language or "").strip().rstrip("/").rpartition("/")[2].lower()


def _ours(text: str) -> bool:
    try:
        compile_expression(text)
    except ExpressionError:
        return False
    return True


def translate_condition(text: str, language: str | None) -> str:
    """``text`` in our expression language; unchanged when it is not marked as foreign.

    ``${…}`` and ``#{…}`` are JUEL; a leading ``=``, or FEEL as the ``language``, is FEEL. Raises ExpressionError
    naming the part that cannot be translated and what to write instead. What is returned for a foreign condition
    always compiles.
    """
    source = text.strip()
    named = _language(language)
    if named in _SCRIPTS:
        raise cannot(named, "不运行脚本条件;请写成比较式", "scripts are not run; write a comparison of fields")
    juel = source.startswith(_MARKERS)
    feel = not juel and bool(source) and (named == "feel" or (source.startswith("=") and source[1:2] != "="))
    if not juel and not feel:
        if any(marker in source for marker in _MARKERS) and not _ours(source):
            raise cannot(source, "整个条件只能写在一个 ${…} 里", "write the whole condition inside one ${...}")
        return text
    if len(source) > MAX_LENGTH:
        raise cannot(source, f"超过 {MAX_LENGTH} 个字符", f"longer than {MAX_LENGTH} characters; use several gateways")
    ours = (read_juel(source) if juel else read_feel(source)).text
    compile_expression(ours)
    return ours
