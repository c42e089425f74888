"""The clauses of a community's policy, changed one at a time while it is in use; decisions keep the id that they cited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from copilot.community.models import Category, PolicyClause
from copilot.community.store import Store
from copilot.community.tables import Community
from copilot.community.text import clean_line, clean_text
from copilot.errors import InvalidInput, NotFound
from copilot.moderation.decision_wording import refusal

MOST_CLAUSES = 50
TITLE_MAX_CHARS, TEXT_MAX_CHARS = 100, 2000
CLAUSE_ID = r"^[A-Za-z0-9_-]{1,20}$"
_Title = Annotated[str, StringConstraints(max_length=TITLE_MAX_CHARS), AfterValidator(clean_line)]
_Text = Annotated[str, StringConstraints(max_length=TEXT_MAX_CHARS), AfterValidator(clean_text)]


class ClauseWords(BaseModel):
    """What a rule says, in one language or both, and which categories' cases cite it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title_zh: _Title = ""
    title_en: _Title = ""
    text_zh: _Text = ""
    text_en: _Text = ""
    categories: list[Category] = Field([], max_length=len(Category))


class Clause(ClauseWords):
    """A rule with the id that decisions cite."""

    id: str = Field(pattern=CLAUSE_ID)


def parse_clause(given: object) -> Clause:
    """Return a clause that came from outside.

    Raises:
        InvalidInput: it is none, or has a title in no language.
    """
    try:
        clause = Clause.model_validate(given)
    except ValidationError as error:
        where = str(error.errors()[0]["loc"][0])
        problem = error.errors()[0]["msg"]
        said = refusal("not_clause", field=where, problem=problem, title=TITLE_MAX_CHARS, text=TEXT_MAX_CHARS)
        raise InvalidInput(field=where, **said) from error
    if not (clause.title_zh or clause.title_en):
        raise InvalidInput(field="title", **refusal("clause_title"))
    return clause


class PolicyDesk:
    """Shows and changes the policy of communities."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, community_id: str) -> list[PolicyClause]:
        """Return the clauses in their order; those of a community's file may be longer than what is taken here."""
        with self._store.read(community_id) as unit:
            return [PolicyClause.model_validate(clause) for clause in unit.community().policy]

    def save(self, community_id: str, clause: Clause, *, actor: str) -> None:
        """Put a clause in the place of the one of this id, or behind the last.

        Raises:
            InvalidInput: there are `MOST_CLAUSES` already.
        """
        said = clause.model_dump(mode="json")

        def changed(policy: list[Any]) -> list[Any]:
            if any(one.get("id") == clause.id for one in policy):
                return [said if one.get("id") == clause.id else one for one in policy]
            if len(policy) >= MOST_CLAUSES:
                raise InvalidInput(field="id", **refusal("clauses_full", most=MOST_CLAUSES))
            return [*policy, said]

        self._change(community_id, changed, ("policy.clause_saved", clause.id), actor)

    def remove(self, community_id: str, clause_id: str, *, actor: str) -> PolicyClause:
        """Take a clause out and return what it was; cases that wait and cited it need another one.

        Raises:
            NotFound: there is no such clause.
        """

        def changed(policy: list[Any]) -> list[Any]:
            kept = [one for one in policy if one.get("id") != clause_id]
            if len(kept) == len(policy):
                raise NotFound("there is no such clause", kind="clause", id=clause_id)
            removed.extend(one for one in policy if one.get("id") == clause_id)
            return kept

        removed: list[Any] = []
        self._change(community_id, changed, ("policy.clause_removed", clause_id), actor)
        return PolicyClause.model_validate(removed[0])

    def _change(
        self, community_id: str, changed: Callable[[list[Any]], list[Any]], action: tuple[str, str], actor: str
    ) -> None:
        with self._store.system(write=True) as session:
            row = session.get_one(Community, community_id, with_for_update=True)
            before = list(row.policy)
            row.policy = changed(before)
            is_same = row.policy == before
        if not is_same:
            with self._store.write(community_id) as unit:
                old = next((one for one in before if one.get("id") == action[1]), None)
                unit.audit(actor, action[0], ("clause", action[1]), before=old)
