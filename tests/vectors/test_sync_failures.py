"""A sync that breaks anywhere, or meets a text it cannot embed, is made good by the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Member, ProfileText
from copilot.errors import EmbeddingFailed, IndexUnavailable
from copilot.vectors.exact import ExactIndex
from copilot.vectors.index import VectorItem
from copilot.vectors.sync import VectorSync
from tests.vectors.held import ALL, TEXTS, change, held, marks, on_record
from tests.vectors.records import LetterEmbedder, member


class Breaking(ExactIndex):
    """Fails at the chosen call, once."""

    def __init__(self, method: str, after: bool) -> None:
        super().__init__()
        self.method, self.after = method, after

    def _break(self, method: str, work: Callable[[], None]) -> None:
        if method != self.method:
            work()
            return
        self.method = ""
        if self.after:
            work()
        raise IndexUnavailable("broken on purpose")

    def upsert(self, community_id: str, aspect: str, items: Sequence[VectorItem]) -> None:
        self._break("upsert", lambda: super(Breaking, self).upsert(community_id, aspect, items))

    def delete(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> None:
        self._break("delete", lambda: super(Breaking, self).delete(community_id, aspect, record_ids))


@pytest.mark.parametrize("after", [False, True], ids=["before writing", "after writing"])
def test_a_text_deleted_after_a_broken_write_leaves_no_vector_behind(
    filled: Store, letters: LetterEmbedder, after: bool
) -> None:
    index = Breaking("upsert", after)
    sync = VectorSync(StaleTexts(filled), index, letters)
    with pytest.raises(IndexUnavailable):
        sync.run("c")
    change(filled, Member, "m1", consent_ai=False)
    sync.run("c")
    assert held(index) == {"resource": {"r1"}}
    assert sync.check("c").is_sound


@pytest.mark.parametrize("after", [False, True], ids=["before writing", "after writing"])
def test_a_text_changed_back_after_a_broken_write_has_its_own_vector(
    filled: Store, letters: LetterEmbedder, after: bool
) -> None:
    index = Breaking("", after)
    sync = VectorSync(StaleTexts(filled), index, letters)
    sync.run("c")
    change(filled, ProfileText, "m1-is-0", text="另一句话")
    index.method = "upsert"
    with pytest.raises(IndexUnavailable):
        sync.run("c")
    change(filled, ProfileText, "m1-is-0", text=TEXTS["is"][0])
    sync.run("c")
    assert sync.check("c").is_sound


@pytest.mark.parametrize("after", [False, True], ids=["before deleting", "after deleting"])
def test_a_broken_deletion_is_made_good(filled: Store, letters: LetterEmbedder, after: bool) -> None:
    index = Breaking("", after)
    sync = VectorSync(StaleTexts(filled), index, letters)
    sync.run("c")
    change(filled, Member, "m1", consent_ai=False)
    index.method = "delete"
    with pytest.raises(IndexUnavailable):
        sync.run("c")
    change(filled, Member, "m1", consent_ai=True)
    sync.run("c")
    assert held(index) == ALL
    assert sync.check("c").is_sound


class Choosy(LetterEmbedder):
    """An endpoint that answers 400 to some texts."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if any("坏" in text for text in texts):
            raise EmbeddingFailed("HTTP 400", rejected=True)
        return super().embed_documents(texts)


def test_a_text_the_embedder_rejects_does_not_stop_the_others(store: Store, community: str, exact: ExactIndex) -> None:
    with store.write(community) as unit:
        member(unit, "m1", {"is": ["好的一", "坏的", "好的二"]})
    report = VectorSync(StaleTexts(store), exact, Choosy()).run(community)
    assert (report.embedded, report.rejected) == (2, 2)  # the sentence, and the profile that holds it
    assert held(exact) == {"is": {"m1-is-0", "m1-is-2"}}


def test_a_text_that_comes_to_be_rejected_loses_its_old_vector(filled: Store, exact: ExactIndex) -> None:
    sync = VectorSync(StaleTexts(filled), exact, Choosy())
    sync.run("c")
    change(filled, ProfileText, "m1-is-0", text="坏的")
    sync.run("c")
    assert "is" not in held(exact)


@pytest.mark.slow
def test_an_embedder_that_fails_leaves_the_marks(filled: Store, exact: ExactIndex) -> None:
    class Down(LetterEmbedder):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise EmbeddingFailed("nobody there", rejected=False)

    with pytest.raises(EmbeddingFailed):
        VectorSync(StaleTexts(filled), exact, Down()).run("c")
    assert marks(filled) == 3
    assert held(exact) == {}


def test_an_index_that_does_not_let_go_is_reported(filled: Store, letters: LetterEmbedder) -> None:
    class Clinging(ExactIndex):
        def delete(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> None:
            """Pretend."""

    sync = VectorSync(StaleTexts(filled), Clinging(), letters)
    sync.run("c")
    with pytest.raises(IndexUnavailable, match="still holds"):
        sync.forget("c", "member", "m1")
    assert len(on_record(filled)) == 7


@pytest.mark.slow
def test_a_reindex_that_dies_is_finished_by_the_next_run(filled: Store, letters: LetterEmbedder) -> None:
    index = Breaking("", after=False)
    sync = VectorSync(StaleTexts(filled), index, letters)
    sync.run("c")
    index.method = "upsert"
    with pytest.raises(IndexUnavailable):
        sync.reindex("c")
    sync.run("c")
    assert held(index) == ALL
    assert sync.check("c").is_sound


@pytest.mark.slow
def test_a_progress_callback_that_raises_loses_nothing(
    store: Store, community: str, sync: VectorSync, letters: LetterEmbedder
) -> None:
    with store.write(community) as unit:
        for number in range(150):
            member(unit, f"m{number:03}", {"is": [f"成员{number}"]})

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sync.run(community, stop)
    assert sync.run(community).embedded == 100
    assert len(letters.embedded) == 300
