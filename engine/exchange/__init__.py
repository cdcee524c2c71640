"""Exchange: items and bundles as JSON files become folders of ``processes/`` (docs/exchange.md).

``reading`` checks a file against its JSON Schema, ``checks`` what entries say about each other; ``items`` and
``bundles`` turn an entry into the tables of an ``item.toml``, ``merge`` puts those into a file that is there already,
``importing`` does all of it in memory and in a copy, ``writing`` writes file by file.
"""

from engine.exchange.importing import Request, import_data
from engine.exchange.report import Report

__all__ = ["Report", "Request", "import_data"]
