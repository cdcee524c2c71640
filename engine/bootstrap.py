"""The one place where the parts of the engine are put together."""

import logging

from engine.calendar import WatchedCalendar
from engine.clock import Clock, system_clock
from engine.deployments import Deployments
from engine.diagram.bounds import DiagramBounds
from engine.documents.load import load_papers
from engine.engine import Engine
from engine.filed import Filed
from engine.instants import aware_utc
from engine.replay import Auditor
from engine.settings import Settings
from engine.store import Store


def build_engine(settings: Settings, clock: Clock = system_clock) -> Engine:
    """An engine over the database of the settings; creates missing tables and deploys the catalogue."""
    logging.getLogger("spiff").setLevel(logging.WARNING)  # its records carry task data
    store = Store(settings.database_url)
    store.create()
    calendar = WatchedCalendar(settings.processes / "calendars", settings.region)
    bounds = DiagramBounds(settings.diagram_elements, settings.expression_length)
    deployments = Deployments(store, settings.processes, calendar, bounds)
    deployments.deploy_all(aware_utc(clock()))
    return Engine(settings, clock, store, deployments, load_papers(settings.processes))


def build_auditor(engine: Engine) -> Auditor:
    """Checks and rebuilds over the same database and files."""
    return Auditor(engine.store, engine.deployments, Filed(engine.paperwork.files, engine.materials.files))
