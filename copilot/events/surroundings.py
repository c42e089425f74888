"""What a plan depends on outside its brief: the community, its past events and the playbook of a format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from copilot.community.cities import find_cities
from copilot.community.store import Store
from copilot.currency import CNY, stored_currency
from copilot.errors import InvalidInput, NotFound
from copilot.events.briefs.settling import Circumstances
from copilot.events.briefs.usual_times import usual_slots
from copilot.events.history import PastEvent, past_events, usual_headcount
from copilot.events.snapshot import CommunityView
from copilot.events.wording import say
from copilot.knowledge import KnowledgeBase
from copilot.playbook_models import Playbook


def look_around(store: Store, community_id: str) -> tuple[CommunityView, Sequence[PastEvent]]:
    """Return the community as a draft needs it, and its past events.

    Raises:
        NotFound: there is no such community.
    """
    with store.read(community_id) as unit:
        row = unit.community()
        view = CommunityView(
            id=row.id, name=row.name, locale=row.locale, timezone=row.timezone,
            values=[str(value)[:100] for value in row.values], currency=stored_currency(row.settings),
        )  # fmt: skip
        return view, past_events(unit, unit.now)


def circumstances(view: CommunityView, past: Sequence[PastEvent], event_format: str, now: datetime) -> Circumstances:
    """Return what settling a brief needs to know."""
    cities = Counter(event.city for event in past if find_cities(event.city))  # an online event has no city
    return Circumstances(
        name=view.name, locale=view.locale, timezone=view.timezone, now=now, currency=view.currency,
        usual_headcount=usual_headcount(past, event_format),
        usual_city=cities.most_common(1)[0][0] if cities else "",
        slots_online=usual_slots(past, view.timezone, online=True),
        slots_in_person=usual_slots(past, view.timezone, online=False),
    )  # fmt: skip


def playbook_for(knowledge: KnowledgeBase, event_format: str, locale: str, currency: str = CNY) -> Playbook:
    """Return the playbook of a format, priced in a currency.

    Raises:
        InvalidInput: there is none; `known` lists the formats.
    """
    try:
        return knowledge.playbook(event_format, locale, currency)
    except NotFound as error:
        if error.data.get("kind") != "playbook":
            raise
        known = [book.format for book in knowledge.playbooks(locale)]
        raise InvalidInput(
            f"the format {event_format!r} is unknown; known: {', '.join(known)}",
            field="format", pointer="/brief", reason="unknown_format", known=known,
            sentence={
                language: say(
                    language, "unknown_format", format=event_format,
                    known=("、" if language == "zh-CN" else ", ").join(b.title for b in knowledge.playbooks(language)),
                )
                for language in ("zh-CN", "en")
            },
        ) from error  # fmt: skip
