"""The fixed words of a report, Chinese and English."""

from collections.abc import Mapping

from engine.catalogue.vocabulary import BEFORE_ISSUE, BEFORE_START, BEFORE_STEP
from engine.parallel.proof import CONCURRENCY, EXACT, PATHS

Pair = tuple[str, str]

UNITS: Mapping[str, Pair] = {
    "working_days": ("个工作日", "working days"), "days": ("日", "days"), "months": ("个月", "months")
}  # fmt: skip

STRENGTHS: Mapping[str, Pair] = {
    BEFORE_START: ("开始办理之前", "before it begins"),
    BEFORE_STEP: ("该环节之前", "before this step"),
    BEFORE_ISSUE: ("出证之前", "before it is issued"),
}

SHAPES: Mapping[bool, Pair] = {
    True: (
        "先后关系可以画成嵌套的顺序与并行（串并联结构），图中没有交叉。",
        "The order nests as sequences and parallel blocks (series-parallel); the diagram has no crossing.",
    ),
    False: (
        "先后关系不能只用嵌套的顺序与并行表达，图中有部分汇合。",
        "The order does not nest as sequences and parallel blocks alone; some steps join part of the branches.",
    ),
}

PROVED: tuple[Pair, ...] = (
    ("不会死锁，办结后没有遗留环节", "no deadlock, nothing left behind at the end"),
    ("允许的办理顺序恰好是先后关系允许的那些", "exactly the orders are possible that the precedence allows"),
    ("没有两个环节同时写同一数据", "no two steps write one value at the same time"),
    ("每个环节与原来相同", "every step is what it was"),
    ("产生的结果与原来相同", "the results are the same"),
)
"""In the order of ``Proof``: sound, language_equal, write_conflicts, same_steps, same_results."""

METHODS: Mapping[str, Pair] = {
    EXACT: ("逐一走过图的每种状态", "every position of the diagram was played"),
    CONCURRENCY: (
        "逐对核对哪些环节可以同时办理", "every pair of steps was compared as to whether both may be at work at one time"
    ),
    PATHS: ("逐条核对图中的路径", "the paths of the diagram were compared"),
}  # fmt: skip
