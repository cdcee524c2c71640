"""The ``binglian`` command: the only importer of both the pages and the timers."""
