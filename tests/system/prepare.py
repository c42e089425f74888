"""Makes a data folder with a part of the sample, read and indexed, and prints its keys and some ids as JSON.

A program of its own: jobs run once per process, and the process that tests may run jobs of its own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sqlalchemy import select

from copilot.community.access import create_key
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig, Role
from copilot.community.sample import load_sample
from copilot.community.tables import Member
from copilot.jobs import runner
from copilot.services import Services
from copilot.settings import Settings


def main() -> None:
    data_dir, sample = sys.argv[1:]
    services = Services(Settings(data_dir=Path(data_dir)))
    with runner(services) as jobs:
        loaded = load_sample(services.store, services.importing, Path(sample))
        for kind in ("read", "check"):
            job = jobs.submit(loaded.community_id, kind, {}, created_by="test")
            assert jobs.wait(loaded.community_id, job.id).status == "done"
    other = create_community(services.store, CommunityConfig(slug="other", name="Other", locale="en"))
    with services.store.write(other) as unit:
        keys = {"stranger": create_key(unit, "stranger", Role.ADMIN).secret}
    with services.store.write(loaded.community_id) as unit:
        members = {row.external_id: row.id for row in unit.session.scalars(select(Member))}
        for role in (Role.OPERATOR, Role.MODERATOR, Role.ADMIN):
            keys[role.value] = create_key(unit, role.value, role).secret
        keys["member"] = create_key(unit, "member", Role.MEMBER, member_id=members["M014"]).secret
    services.close()
    sys.stdout.write(json.dumps({"community_id": loaded.community_id, "keys": keys, "members": members}))
