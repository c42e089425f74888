"""Readings of any texts: nothing is stored, nobody is judged."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field, StrictBool

from api.deps import CallerDep
from api.schemas.common import ListOf
from copilot.moderation.bulk import MAX_TEXTS, BulkBody, TextIn, TextReading

# A plain route: an idempotent one would keep the texts' readings.
router = APIRouter(tags=["moderation"])


class ReadingsIn(BulkBody):
    """Texts to read."""

    texts: list[TextIn] = Field(min_length=1, max_length=MAX_TEXTS)
    explain: StrictBool = Field(default=False, description="say what each stage cost")


@router.post("/readings")
def read_texts(caller: CallerDep, body: ReadingsIn) -> ListOf[TextReading]:
    """Read up to 200 texts with the local models and store nothing: calibrated probabilities, exact spans, disguises.

    How likely a writer needs help is left out here: it is for those whom the operator named for it.
    """
    caller.actor.require("moderation:read")
    found = caller.services.bulk.read(body.texts, with_distress=False, explain=body.explain)
    return ListOf[TextReading](items=found)
