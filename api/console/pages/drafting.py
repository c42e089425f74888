"""The texts that drafts are made of: playbooks, and the prompts that a model is told. Read here, changed as files."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.console.visit import VisitDep

router = APIRouter(prefix="/settings/drafting")


@router.get("")
def drafting_page(visit: VisitDep, texts: Annotated[Literal["", "zh-CN", "en"], Query()] = "") -> Response:
    """List playbooks and prompts in the reader's language or the one asked for, each with the hash that answers name."""
    visit.actor.require("usage:read")
    locale = texts or visit.language
    return visit.page(
        "drafting.html", place="settings", locale=locale, playbooks=visit.services.knowledge.playbooks(locale),
        articles=visit.services.knowledge.articles(locale),
        prompts=[prompt for prompt in visit.services.prompts.all() if prompt.locale == locale],
    )  # fmt: skip
