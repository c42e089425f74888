"""Commands that build things: a community, the sample, a worker."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from copilot.assets import sample_dir
from copilot.catch_up import catching_up
from copilot.cli.output import job_progress, say
from copilot.cli.service_file import find
from copilot.community.access import create_key
from copilot.community.console_sessions import MAX_LINK_MINUTES, make_link
from copilot.community.creation import create_community, has_community, parse_config, read_config
from copilot.community.models import Role
from copilot.community.sample import load_sample
from copilot.community.tables import ApiKey, Member
from copilot.errors import Conflict, InvalidInput
from copilot.jobs import runner
from copilot.services import Services
from copilot.settings import Settings
from copilot.telemetry import configure_logging

_DEMO_MEMBER = "M060"


def create(
    settings: Settings, config: Path | None, *, given: Mapping[str, str], new_key: bool = False
) -> dict[str, Any]:
    """Create a community with an admin key, or bring one that is there in line; works beside a running service.

    `given` describes it in place of a file: slug, name, timezone, currency; what is empty has its default.
    Beside a file only the currency counts, and comes before the file's.
    One that is there gets another key only on demand: each is as good as the first, and would lie around.
    """
    if config is not None:
        described = read_config(config)
        if said := given.get("currency"):
            described = parse_config({**described.model_dump(mode="json"), "currency": said}, source=config.name)
    elif given.get("slug") and given.get("name"):
        described = parse_config({"locale": settings.locale, **{name: said for name, said in given.items() if said}})
    else:
        raise InvalidInput("give a community.yaml, or --slug and --name", field="config")
    services = Services(settings)
    try:
        is_new = not has_community(services.store, described.slug)
        community_id = create_community(services.store, described)
        made: dict[str, Any] = {"id": community_id, "slug": described.slug, "is_new": is_new}
        if not (is_new or new_key):
            return {**made, "key": None, "key_id": None}
        with services.store.write(community_id) as unit:
            key = create_key(unit, "first admin key" if is_new else "admin key", Role.ADMIN)
            unit.audit("cli", "key.created", ("api_key", key.key_id), role=Role.ADMIN.value)
        return {**made, "key": key.secret, "key_id": key.key_id}
    finally:
        services.close()


def load_demo(settings: Settings) -> None:
    """Load the sample, read it, index it, and print a key and a curl line for each role."""
    if find(settings.data_dir) is not None:
        raise Conflict("a service is running on this data folder already; stop it first, or use it")
    services = Services(settings)
    try:
        with runner(services) as jobs, job_progress() as on_job:
            loaded = load_sample(services.store, services.importing, sample_dir())
            # The last one says what is usual here, and what of late was not: a first look at the sample shows both.
            for kind in ("read", "check", "snapshot"):
                job = jobs.submit(loaded.community_id, kind, {}, created_by="demo")
                done = jobs.wait(loaded.community_id, job.id, on_progress=lambda row: on_job(
                    {"kind": row.kind, "done": row.done, "total": row.total, "result": row.result}
                ))  # fmt: skip
                if done.error:
                    raise Conflict(f"the sample could not be made ready: {done.error['message']}")
        _print_keys(services, loaded.community_id)
    finally:
        services.close()


def _print_keys(services: Services, community_id: str) -> None:
    """Make fresh demo keys (old ones are revoked: their secrets were shown once) and print how to use them."""
    with services.store.write(community_id) as unit:
        slug = unit.community().slug
        for old in unit.session.scalars(select(ApiKey).where(ApiKey.name.like("demo %"))):
            old.revoked_at = old.revoked_at or unit.now
        # Whoever tried how one deletes oneself finds another member here the next time.
        willing = select(Member).where(
            Member.consent_match.is_(True), Member.consent_ai.is_(True), Member.visibility == "community"
        )
        wanted = willing.order_by(Member.external_id != _DEMO_MEMBER, Member.external_id).limit(1)
        member = unit.session.scalars(wanted).one()
        keys = {
            "operator": create_key(unit, "demo operator", Role.OPERATOR).secret,
            "moderator": create_key(unit, "demo moderator", Role.MODERATOR).secret,
            "member": create_key(unit, "demo member", Role.MEMBER, member_id=member.id).secret,
            "admin": create_key(unit, "demo admin", Role.ADMIN).secret,
        }
        admin_id = unit.session.scalars(
            select(ApiKey.id).where(ApiKey.name == "demo admin", ApiKey.revoked_at.is_(None))
        ).one()
        link = make_link(unit, admin_id, actor="demo", lasts=timedelta(minutes=MAX_LINK_MINUTES))
    api = services.settings.api
    base = f"http://{api.host}:{api.port}"
    root = f"{base}/api/v1/communities/{slug}"
    say(f"\nThe sample community is ready. Address: {base}   Interactive documentation: {base}/docs\n")
    say(f"Console, in the browser (this link works once, within a day): {base}/console/link/{link.token}\n")
    say("Keys (shown once; a new start makes new ones):")
    for role, secret in keys.items():
        say(f"  export {role.upper()}_KEY={secret}")
    say(f"  export MEMBER_ID={member.id}\n")
    say("One call per role:")
    say(f"  operator:  curl -H 'Authorization: Bearer {keys['operator']}' '{root}/atmosphere'")
    say(f"  moderator: curl -H 'Authorization: Bearer {keys['moderator']}' '{root}/cases?limit=5'")
    say(f"  member:    curl -H 'Authorization: Bearer {keys['member']}' '{root}/members/{member.id}/matches?n=3'\n")


def work_until_stopped(settings: Settings, name: str) -> None:
    """Run jobs until SIGTERM or SIGINT."""
    if not settings.vectors.url:
        raise InvalidInput("a worker of its own needs a Chroma server: set COPILOT_VECTORS__URL", field="vectors.url")
    configure_logging(settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    services = Services(settings)
    try:
        with runner(services, name=name, hourly=settings.jobs.hourly_snapshot) as jobs:
            jobs.check_at_start()
            with catching_up(services, jobs, settings.jobs.catch_up_seconds):
                say(f"worker {name} is ready")
                stop.wait()
    finally:
        services.close()
