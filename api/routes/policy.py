"""The clauses of the community's policy: what decisions cite."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel

from api.deps import CallerDep
from api.idempotency import IdempotentRoute
from copilot.community.models import PolicyClause
from copilot.moderation.policy import CLAUSE_ID, ClauseWords, parse_clause

router = APIRouter(prefix="/moderation/policy", tags=["moderation"], route_class=IdempotentRoute)
ClauseId = Annotated[str, Path(pattern=CLAUSE_ID, description="id of a clause, as decisions cite it", examples=["P1"])]


class Policy(BaseModel):
    """All clauses in their order."""

    clauses: list[PolicyClause]


class ClauseIn(ClauseWords):
    """A clause in one language or both; a field left out is empty. A title in one of them is needed."""


@router.get("")
def get_policy(caller: CallerDep) -> Policy:
    """Show the clauses of the policy in their order."""
    caller.actor.require("moderation:read")
    return Policy(clauses=caller.services.moderation.policy.get(caller.community_id))


@router.put("/{clause_id}")
def put_clause(caller: CallerDep, clause_id: ClauseId, body: ClauseIn) -> PolicyClause:
    """Put a clause in the place of the one of this id, or behind the last. What was there is in the audit log."""
    caller.actor.require("moderation:terms")
    clause = parse_clause({"id": clause_id, **body.model_dump()})
    caller.services.moderation.policy.save(caller.community_id, clause, actor=caller.actor.key_id)
    return PolicyClause.model_validate(clause.model_dump())


@router.delete("/{clause_id}")
def remove_clause(caller: CallerDep, clause_id: ClauseId) -> PolicyClause:
    """Take a clause out and give back what it was; decisions that cited it keep its id."""
    caller.actor.require("moderation:terms")
    return caller.services.moderation.policy.remove(caller.community_id, clause_id, actor=caller.actor.key_id)
