"""The two engines of the bundled model give slightly different vectors: one index never holds both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.embeddings.factory import make_embedder
from copilot.settings import EmbeddingSettings
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.sync import VectorSync
from tests.vectors.records import member


@pytest.mark.slow
@pytest.mark.parametrize(("first", "second"), [("wheel", "onnx"), ("onnx", "wheel")])
def test_an_index_of_one_engine_is_made_again_when_the_other_opens_it(
    store: Store, community: str, tmp_path: Path, first: str, second: str
) -> None:
    old, new = (make_embedder(EmbeddingSettings.model_validate({"engine": name})) for name in (first, second))
    assert old.name != new.name
    with store.write(community) as unit:
        member(unit, "tax", {"has": ["做了十年财务和税务，帮过很多初创公司报税"], "wants": ["想学钢琴"]})
    query = np.array([new.embed_query("公司报税不懂")], dtype=np.float32)

    index = ChromaIndex.embedded(tmp_path / "chroma", old.name)
    VectorSync(StaleTexts(store), index, old).run(community)
    before = index.fetch(community, "has", ["tax-has-0"])["tax-has-0"]
    index.close()

    index = ChromaIndex.embedded(tmp_path / "chroma", new.name)
    assert index.query(community, "has", query, 5) == [[]]  # nothing is found rather than compared across engines
    sync = VectorSync(StaleTexts(store), index, new)
    assert sync.run(community).embedded == 3
    after = index.fetch(community, "has", ["tax-has-0"])["tax-has-0"]
    assert 0.99 < float(before @ after) < 1.0
    assert [hit.owner_id for hit in index.query(community, "has", query, 5)[0]] == ["tax"]
    assert index.drop_other_embedders(community) == 0  # the run dropped what the other engine had made
    assert sync.check(community).is_sound
    index.close()
