"""The process that is killed: opens the stores, submits the import once, runs jobs until all are finished."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sqlalchemy import select

from copilot.community.tables import Job
from copilot.jobs import runner
from copilot.services import Services
from copilot.settings import Settings


def main() -> None:
    data_dir, chat, community_id = sys.argv[1:]
    settings = Settings(data_dir=Path(data_dir), jobs={"batch_rows": 40}, vectors={"batch_size": 16})  # type: ignore[arg-type]  # pydantic reads a dict
    services = Services(settings)
    _ = services.embedder, services.index, services.moderation  # loaded before the clock of the killer starts
    with runner(services) as jobs:
        with services.store.read(community_id) as unit:
            submitted = unit.session.scalars(select(Job.id)).first()
        if submitted is None:
            submitted = jobs.submit(community_id, "import", {"path": chat}, created_by="test").id
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        while jobs.get(community_id, submitted).status in {"queued", "running"}:
            time.sleep(0.05)
        sys.stdout.write(f"ENDED {jobs.get(community_id, submitted).status}\n")
        sys.stdout.flush()
    services.close()
