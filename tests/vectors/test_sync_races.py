"""A sync beside which somebody writes, withdraws or syncs, too, ends in the latest text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Member, ProfileText
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorItem
from copilot.vectors.sync import VectorSync
from tests.vectors.held import change, held, marks, on_record
from tests.vectors.records import LetterEmbedder


class Interfering(LetterEmbedder):
    """Runs something in the middle of a sync: after texts were read, before anything is written."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act: Callable[[], None] | None = act

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        act, self._act = self._act, None
        if act is not None:
            act()
        return super().embed_documents(texts)


def test_a_mark_set_while_syncing_survives(filled: Store, exact: ExactIndex) -> None:
    embedder = Interfering(lambda: change(filled, ProfileText, "m1-is-0", text="我现在是投资人"))
    report = VectorSync(StaleTexts(filled), exact, embedder).run("c")
    assert embedder.embedded.count("我现在是投资人") == 1
    assert report.embedded == 7  # what was read of the member before the change was not written
    assert VectorSync(StaleTexts(filled), exact, embedder).check("c").is_sound


def test_consent_withdrawn_while_syncing_wins(filled: Store, exact: ExactIndex) -> None:
    embedder = Interfering(lambda: change(filled, Member, "m1", consent_ai=False))
    VectorSync(StaleTexts(filled), exact, embedder).run("c")
    assert held(exact) == {"resource": {"r1"}}


def test_two_syncs_at_once_end_in_the_latest_text(filled: Store, exact: ExactIndex, letters: LetterEmbedder) -> None:
    def overtake() -> None:
        change(filled, ProfileText, "m1-is-0", text="最新的自我介绍")
        VectorSync(StaleTexts(filled), exact, letters).run("c")

    VectorSync(StaleTexts(filled), exact, Interfering(overtake)).run("c")
    sync = VectorSync(StaleTexts(filled), exact, letters)
    assert sync.check("c").is_sound
    assert marks(filled) == 0


class Late(ExactIndex):
    """Lets another writer finish between the claim and the write of this one."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.act: Callable[[], None] | None = act

    def upsert(self, community_id: str, aspect: str, items: Sequence[VectorItem]) -> None:
        act, self.act = self.act, None
        if act is not None:
            act()
        super().upsert(community_id, aspect, items)


def test_a_writer_that_was_overtaken_after_its_claim_does_not_confirm(filled: Store, letters: LetterEmbedder) -> None:
    def overtake() -> None:
        for aspect, record in (("is", "m1-is-0"), ("has", "m1-has-0"), ("wants", "m1-wants-0")):
            assert (aspect, record) in on_record(filled)
            change(filled, ProfileText, record, text=f"新的{record}")
        VectorSync(StaleTexts(filled), index, letters).run("c")

    index = Late(overtake)
    sync = VectorSync(StaleTexts(filled), index, letters)
    sync.run("c")
    assert sync.check("c").is_sound
    assert "新的m1-is-0" in letters.embedded
