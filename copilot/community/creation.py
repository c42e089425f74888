"""Creates communities from their description, or brings one in line with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from sqlalchemy import select

from copilot.community.ids import derived_id
from copilot.community.import_options import DEFAULT_PLATFORM
from copilot.community.models import CommunityConfig
from copilot.community.store import Store
from copilot.community.tables import Channel, Community
from copilot.currency import default_currency
from copilot.errors import InvalidInput

_MAX_CONFIG_BYTES = 1_000_000


def read_config(path: Path) -> CommunityConfig:
    """Read a community.yaml.

    Raises:
        InvalidInput: there is no such file, or it is no valid description; `data["problems"]` lists what is wrong.
    """
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise InvalidInput(f"{path.name} is too large for a description", file=path.name)
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}", file=path.name) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is no valid YAML", file=path.name) from error
    return parse_config(content, source=path.name)


def parse_config(content: object, *, source: str = "") -> CommunityConfig:
    """Return a description that came from outside; `source` is where it stands, for the message.

    Raises:
        InvalidInput: it is no valid description; `data["problems"]` lists what is wrong.
    """
    try:
        return CommunityConfig.model_validate(content)
    except ValidationError as error:
        problems = [
            {"field": ".".join(str(part) for part in problem["loc"]), "problem": problem["msg"]}
            for problem in error.errors()[:20]
        ]
        first = problems[0]
        where = f"{source}: " if source else ""
        message = f"{where}{first['field'] or 'content'}: {first['problem']}"
        raise InvalidInput(message, file=source, problems=problems) from error


def has_community(store: Store, slug: str) -> bool:
    """Whether there is a community of this slug."""
    with store.system() as session:
        return session.scalar(select(Community.id).where(Community.slug == slug)) is not None


def create_community(store: Store, config: CommunityConfig, *, platform: str = DEFAULT_PLATFORM) -> str:
    """Create the community of this slug, or update it, with its channels; return its id.

    Doing it twice changes nothing. Channels that the description does not name stay as they are.
    """
    described: dict[str, Any] = {
        "name": config.name,
        "locale": config.locale,
        "timezone": config.timezone,
        "kind": config.kind,
        "values": [value.said_in(config.locale) for value in config.values],
        "policy": [clause.model_dump(mode="json") for clause in config.policy_clauses],
    }
    with store.system(write=True) as session:
        community = session.scalar(select(Community).where(Community.slug == config.slug))
        if community is None:
            community = Community(
                # Of the slug alone, so that one import makes the same ids, and the same order of equals, everywhere.
                id=derived_id("com", config.slug), slug=config.slug,
                settings={"currency": default_currency(config.locale)}, created_at=store.clock.now(),
            )  # fmt: skip
            session.add(community)
        for name, value in described.items():
            if getattr(community, name) != value:
                setattr(community, name, value)
        translated = [value.model_dump() for value in config.values]
        settings = {**community.settings, "name_en": config.name_en, "values": translated}
        if config.currency is not None:
            settings["currency"] = config.currency
        if settings != community.settings:
            community.settings = settings
        community_id = community.id
    channels = [
        {
            "id": derived_id("chn", community_id, platform, channel.id),
            "platform": platform,
            "external_id": channel.id,
            "name": channel.name or channel.id,
            "purpose": channel.purpose,
            "promo_allowed": channel.promo_allowed,
            **({"attributes": {"group": channel.group}} if channel.group else {}),
            "created_at": store.clock.now(),
        }
        for channel in config.channels
    ]
    with store.write(community_id) as unit:
        unit.upsert(Channel, channels)
    return community_id
