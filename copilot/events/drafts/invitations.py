"""How people hear of a closed event: by personal messages, whatever the playbook does in public."""

from __future__ import annotations

from copilot.events.wording import say
from copilot.playbook_models import PromotionStep

_STEPS = ((12, "invite.title", "invite.text"), (5, "invite.ask_title", "invite.ask_text"), (1, "invite.reminder_title", "invite.reminder_text"))  # fmt: skip
_PLACEHOLDERS = ("topic", "date", "time", "city", "place", "headcount")


def invitation_steps(locale: str) -> list[PromotionStep]:
    """Return the messages of a closed event, with the placeholders of a playbook left in them."""
    kept = {name: "{" + name + "}" for name in _PLACEHOLDERS}
    return [
        PromotionStep(
            days_before=days, title=say(locale, title), channel=say(locale, "invite.channel"),
            text=say(locale, text, **kept),
        )
        for days, title, text in _STEPS
    ]  # fmt: skip
