"""One release of the service, as a process: it submits an import, or runs what another release left behind."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from sqlalchemy import select

import copilot
from copilot.settings import Settings


def main(version: str, data_dir: str, chat: str, community_id: str) -> None:
    copilot.__version__ = version  # before anything of it is imported that might keep it
    from copilot.community.tables import Job
    from copilot.jobs import client, runner
    from copilot.services import Services

    services = Services(Settings(data_dir=Path(data_dir), jobs={"batch_rows": 5}))  # type: ignore[arg-type]  # pydantic reads a dict
    if chat:
        with client(services) as jobs:
            queued = jobs.submit(community_id, "sync", {}, created_by="test").id
        with runner(services) as jobs:
            running = jobs.submit(community_id, "import", {"path": chat}, created_by="test").id
            jobs.wait(community_id, queued)
            while jobs.get(community_id, running).done == 0:
                time.sleep(0.02)
            last = jobs.submit(community_id, "snapshot", {}, created_by="test").id
            sys.stdout.write(f"LEAVES {running} {last}\n")
            sys.stdout.flush()
            sys.stdin.read()  # until it is killed
    else:
        with runner(services) as jobs:
            with services.store.read(community_id) as unit:
                left = list(unit.session.scalars(select(Job.id)))
            for job_id in left:
                sys.stdout.write(f"{job_id} {jobs.wait(community_id, job_id, timeout_seconds=30).status}\n")
    services.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
