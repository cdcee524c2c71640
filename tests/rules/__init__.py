"""Examples for the rules of the checker: one module for each rule, named like it.

``RIGHT`` are diagrams that no rule finds fault with, ``WRONG`` diagrams in which exactly this rule finds something: at
the elements before whose tag stands ``▶``. A text is the content of one executable process ``p``; with ``<process`` in
it, the content of ``definitions``; with ``=== name`` lines, several files. Namespaces: BPMN is the default, ``xsi``,
``bl``, ``camunda`` and ``zeebe`` are bound. ``«s > t > e; s > u»`` are sequence flows, with ids like ``s-t``. The
message ``msg``, signal ``sig``, error ``err`` and escalation ``esc`` are defined. A file named ``.dmn`` holds the id of
its one decision. ``PRODUCT = True``: judged for our own cases, not to run alone; ``TOLD = True``: the findings are of
the level info.
"""
