"""A made-up crowd is the same every time, like the real texts in size, and its files are made once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Member, ProfileText
from copilot.embeddings.base import Embedder
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.sync import VectorSync
from eval.crowd import COMMUNITY, Crowd
from eval.crowd_folder import CrowdFolder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def crowd(embedder: Embedder) -> Crowd:
    return Crowd(40, embedder, texts=30)


def test_every_slice_is_a_slice_of_the_same_crowd(crowd: Crowd) -> None:
    whole, part = list(crowd.people()), list(crowd.people(10, 13))
    assert [person.member_id for person in part] == [person.member_id for person in whole[10:13]]
    assert part[0].whole.text == whole[10].whole.text
    np.testing.assert_array_equal(part[0].said[0].vector, whole[10].said[0].vector)


def test_members_say_about_six_things_in_unit_vectors(crowd: Crowd) -> None:
    people = list(crowd.people())
    assert 5 < np.mean([len(person.said) for person in people]) < 7
    for person in people:
        assert person.texts("has") and person.texts("wants")
        for said in (*person.said, person.whole):
            assert np.linalg.norm(said.vector) == pytest.approx(1.0, abs=1e-5)


def test_files_are_made_once_and_hold_what_the_crowd_says(crowd: Crowd, embedder: Embedder, tmp_path: Path) -> None:
    lines: list[str] = []
    CrowdFolder(tmp_path, crowd, embedder, lines.append).build()
    assert lines
    again: list[str] = []
    files = CrowdFolder(tmp_path, crowd, embedder, again.append)
    files.build()
    assert again == []
    store = Store.open(f"sqlite:///{files.rows}")
    with store.read(COMMUNITY) as unit:
        assert unit.session.scalar(select(func.count()).select_from(Member)) == 40
        texts = unit.session.scalar(select(func.count()).select_from(ProfileText))
    assert texts == sum(len(person.said) for person in crowd.people())
    index = ChromaIndex.embedded(files.vectors, embedder.name)
    found = VectorSync(StaleTexts(store), index, embedder).check(COMMUNITY)
    assert {aspect.aspect: aspect.different + aspect.surplus + aspect.stale for aspect in found.aspects if aspect.aspect != "is"} == {
        "has": 0, "wants": 0, "profile": 0, "resource": 0, "event": 0, "question": 0,
    }  # fmt: skip
    index.close()
    store.close()
