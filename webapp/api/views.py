"""The blueprint with all its addresses, and their description; loaded when there is an application to put it into."""

from webapp.api import cases, people
from webapp.api.openapi import document
from webapp.api.routes import api

__all__ = ["api", "cases", "document", "people"]
