"""One approver that never sleeps: decides random open tasks and notes what was acknowledged, until it is killed."""

import os
import random
from multiprocessing.connection import Connection
from pathlib import Path

from engine.bootstrap import build_engine
from engine.commands import SYSTEM, AcceptCase, DecideStep, DeliverResults
from engine.engine import Engine
from engine.errors import AlreadyDone, NotPossible
from engine.settings import Settings
from tests.builders import CLERK, SECRET, Office, handler_of
from tests.clock import ManualClock


def act(engine: Engine, name: str, rng: random.Random) -> str:
    """Decides one random open task; what was acknowledged, or an empty text when somebody else was first."""
    case_id = rng.choice(engine.store.case_ids())
    case = engine.read.case(case_id, SYSTEM).case
    if case.status == "submitted":
        engine.execute(AcceptCase(case_id), CLERK)
        return ""
    tasks = case.open_tasks()
    if not tasks:
        Office(engine, ManualClock()).submit(rng.choice(["B01", "B02", "B13"]))
        return ""
    task = rng.choice(tasks)
    person = handler_of(task, name)
    if task.act == "deliver":
        engine.execute(DeliverResults(case_id, task.id, "window"), person)
    else:
        decision = "agree" if task.act in {"issue", "lead_decide"} or rng.random() < 0.9 else "disagree"
        engine.execute(DecideStep(case_id, task.id, decision, "意见"), person)
    return f"{case_id} {task.id} {name}"


def main(url: str, acks: Path, name: str, seed: int, ready: "Connection[str, str]") -> None:
    """Decides for ever, over the database ``url``; says on ``ready`` when it begins."""
    engine = build_engine(Settings(database_url=url, secret_key=SECRET))
    rng = random.Random(seed)
    with acks.open("a", encoding="utf-8") as file:
        ready.send("ready")
        while True:
            try:
                acknowledged = act(engine, name, rng)
            except (AlreadyDone, NotPossible):
                continue
            if acknowledged:
                file.write(acknowledged + "\n")
                file.flush()
                os.fsync(file.fileno())
