"""Matches end to end: real records, the bundled model's vectors, an exact index."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.access import local_actor
from copilot.community.embeddable import family
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Channel, Community, Match, Member, Message, ProfileText
from copilot.embeddings.base import Embedder
from copilot.errors import InvalidInput, NotFound
from copilot.matching.models import Exclusion
from copilot.matching.service import MatchingService
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.index import VectorItem
from tests.conftest import NOW
from tests.matching.conftest import COLD, TRUCK, World


def _set(world: World, member_id: str, **fields: object) -> None:
    with world.store.write(world.community_id) as unit:
        row = unit.get(Member, member_id)
        for name, value in fields.items():
            setattr(row, name, value)


def test_two_who_need_each_other_find_each_other(pair: World) -> None:
    for asker, other in (("mem_hotpot", "mem_trucker"), ("mem_trucker", "mem_hotpot")):
        best = pair.service.match("c", asker).items[0]
        assert best.target_id == other and best.mutuality == "mutual" and best.rank == 1
        assert {
            "forward",
            "backward",
            "lexical",
            "city",
            "industry",
            "language",
            "activity",
            "recency",
            "trust",
            "profile",
        } == set(best.components)
        assert all(0.0 <= value <= 1.0 for value in best.components.values())
        assert best.components["city"] == 1.0


def test_reasons_quote_both_profiles_by_record(pair: World) -> None:
    best = pair.service.match("c", "mem_hotpot").items[0]
    quotes = {item.record_id: item.quote for reason in best.reasons for item in reason.evidence}
    assert quotes["hotpot-wants-0"] == COLD[0] and quotes["trucker-has-0"] == TRUCK[1]
    assert quotes["trucker-wants-0"] == TRUCK[0] and quotes["hotpot-has-0"] == COLD[1]
    assert quotes["mem_hotpot"] == "成都" and quotes["mem_trucker"] == "Chengdu"


def test_unrelated_members_are_left_out_and_counted(pair: World) -> None:
    found = pair.service.match("c", "mem_hotpot")
    assert "mem_painter" not in [item.target_id for item in found.items]
    assert found.excluded[Exclusion.LOW_SCORE] >= 1
    assert found.considered == len(found.items) + sum(found.excluded.values())
    assert [note.code for note in found.notes] == ["few_good_matches"]


def test_swapping_the_wants_of_two_members_drops_the_score(pair: World) -> None:
    before = pair.service.match("c", "mem_hotpot").items[0]
    with pair.store.write("c") as unit:
        mine, other = unit.get(ProfileText, "hotpot-wants-0"), unit.get(ProfileText, "painter-wants-0")
        mine.text, other.text = other.text, mine.text
    for record_id, owner in (("hotpot-wants-0", "mem_hotpot"), ("painter-wants-0", "mem_painter")):
        with pair.store.read("c") as unit:
            text = unit.get(ProfileText, record_id).text
        pair.embed("wants", record_id, owner, text)
        pair.embed_whole(owner)
    after = pair.service.explain("c", "mem_hotpot", "mem_trucker", actor=local_actor("c"))
    assert after.components["forward"] < before.components["forward"] / 2
    assert after.score < before.score - 0.2


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"consent_match": None}, Exclusion.CONSENT),
        ({"consent_match": False}, Exclusion.CONSENT),
        ({"consent_ai": False}, Exclusion.CONSENT_AI),
        ({"visibility": "operators"}, Exclusion.VISIBILITY),
        ({"visibility": "hidden"}, Exclusion.VISIBILITY),
    ],
)
def test_nobody_outside_consent_appears_even_with_vectors_left(
    pair: World, fields: dict[str, object], reason: Exclusion
) -> None:
    _set(pair, "mem_trucker", **fields)
    found = pair.service.match("c", "mem_hotpot", n=50)
    assert "mem_trucker" not in [item.target_id for item in found.items]
    assert found.excluded[reason] == 1


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"consent_match": None}, "asker_no_consent"),
        ({"consent_ai": False}, "asker_no_ai"),
        ({"visibility": "hidden"}, "asker_hidden"),
    ],
)
@pytest.mark.parametrize("kind", ["member", "resource"])
def test_who_did_not_agree_gets_nothing_and_is_told_why(
    pair: World, fields: dict[str, object], code: str, kind: str
) -> None:
    _set(pair, "mem_hotpot", **fields)
    found = pair.service.match("c", "mem_hotpot", kind)
    assert (found.items, found.considered) == ([], 0)
    assert [note.code for note in found.notes] == [code]


def test_an_empty_profile_is_told_which_line_helps(world: World) -> None:
    world.member("other", [TRUCK[0]], [TRUCK[1]])
    found = world.service.match("c", world.member("new"))
    assert found.items == []
    assert [(note.code, note.missing_aspect) for note in found.notes] == [("empty_profile", "wants")]


def test_one_side_alone_is_worth_less_and_says_what_is_missing(pair: World) -> None:
    taker = pair.member("taker", [COLD[0]])
    found = pair.service.match("c", taker)
    assert (found.notes[0].code, found.notes[0].missing_aspect) == ("missing_has", "has")
    both = pair.service.match("c", "mem_hotpot").items[0]
    one = next(item for item in found.items if item.target_id == "mem_trucker")
    assert one.mutuality == "you_gain" and one.score < both.score
    giver = pair.member("giver", [], [TRUCK[1]])
    notes = pair.service.match("c", giver).notes
    assert notes[0].code == "missing_wants"


def test_vectors_still_to_be_made_are_a_note_not_an_error(pair: World) -> None:
    fresh = pair.member("fresh", [COLD[0]], [COLD[1]], indexed=False)
    assert "not_indexed_yet" in [note.code for note in pair.service.match("c", fresh).notes]
    # Words alone still find candidates.
    assert pair.service.match("c", fresh).considered > 0


def test_a_community_of_one_has_no_matches(world: World) -> None:
    found = world.service.match("c", world.member("alone", [COLD[0]], [COLD[1]]))
    assert found.items == [] and found.considered == 0


@pytest.mark.parametrize(("options", "field"), [({"n": 0}, "n"), ({"n": 51}, "n"), ({"kind": "club"}, "kind")])
def test_input_out_of_bounds_is_refused(pair: World, options: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        pair.service.match("c", "mem_hotpot", **options)
    assert caught.value.data["field"] == field


def test_unknown_members_and_those_of_other_communities_are_not_found(pair: World, store: Store) -> None:
    with store.system(write=True) as session:
        session.add(Community(id="d", slug="other", name="另一个", locale="en", created_at=NOW))
    with pytest.raises(NotFound):
        pair.service.match("c", "mem_nobody")
    with pytest.raises(NotFound):
        pair.service.match("d", "mem_hotpot")


def test_the_same_question_gives_the_same_answer_and_writes_once(pair: World, clock: FixedClock) -> None:
    first = pair.service.match("c", "mem_hotpot", actor="key_1")
    clock.advance(timedelta(minutes=1))
    assert pair.service.match("c", "mem_hotpot", actor="key_1") == first
    with pair.store.read("c") as unit:
        rows = list(unit.session.scalars(select(Match)))
        assert {row.id for row in rows} == {item.match_id for item in first.items}
        assert all(row.updated_at == NOW and row.status == "proposed" for row in rows)
        audit = list(unit.session.scalars(select(AuditEntry)))
    assert [(entry.actor, entry.action, entry.subject_id) for entry in audit] == [
        ("key_1", "match.propose", "mem_hotpot")
    ]


def test_resources_answer_wants_and_own_expired_or_withdrawn_ones_do_not(pair: World) -> None:
    good = pair.resource("good", "冷链车队，隔天到成都", "二十八台冷藏车全程温控", owner_id="mem_trucker", city="成都")
    pair.resource("own", "冷链车队", "冷藏车", owner_id="mem_hotpot")
    pair.resource("old", "冷链车队", "冷藏车", expires_on=date(2026, 11, 15))
    pair.resource("gone", "冷链车队", "冷藏车", status="withdrawn")
    secret = pair.member("secret", consent_match=False)
    pair.resource("secret", "冷链车队", "冷藏车", owner_id=secret)
    found = pair.service.match("c", "mem_hotpot", "resource")
    assert [item.target_id for item in found.items] == [good]
    assert found.excluded == {
        Exclusion.OWN: 1, Exclusion.EXPIRED: 1, Exclusion.WITHDRAWN: 1, Exclusion.CONSENT: 1,
    }  # fmt: skip
    item = found.items[0]
    assert set(item.components) == {"forward", "lexical", "city", "profile"} and item.mutuality is None
    assert item.reasons[0].evidence[1].quote == "冷链车队，隔天到成都"


def test_expiry_follows_the_communitys_own_day(pair: World, clock: FixedClock) -> None:
    pair.resource("today", "冷链车队，隔天到成都", "二十八台冷藏车全程温控", expires_on=date(2026, 11, 16))
    clock.advance(timedelta(hours=13, minutes=59))  # 23:59 in Shanghai
    assert pair.targets("mem_hotpot", kind="resource") == ["res_today"]
    clock.advance(timedelta(minutes=2))
    assert pair.targets("mem_hotpot", kind="resource") == []


def test_activity_counts_recent_messages_of_this_community_only(pair: World, store: Store) -> None:
    with store.write("c") as unit:
        unit.add(Channel(id="chn", platform="t", external_id="1", name="大厅", created_at=NOW))
        unit.session.flush()
        for number, days in enumerate([1, 2, 29, 31]):
            unit.add(
                Message(id=f"m{number}", channel_id="chn", external_id=str(number), sender_id="mem_trucker",
                        sent_at=NOW - timedelta(days=days), text="在")
            )  # fmt: skip
        unit.add(
            Message(id="gone", channel_id="chn", external_id="r", sender_id="mem_trucker", sent_at=NOW, recalled_at=NOW)
        )
    # log(1 + 3) / log(1 + 20) = 0.4553
    assert pair.service.match("c", "mem_hotpot").items[0].components["activity"] == pytest.approx(0.4553, abs=1e-4)


def test_explain_gives_every_component_and_exclusion_of_any_pair(pair: World) -> None:
    _set(pair, "mem_painter", consent_match=False, visibility="hidden")
    told = pair.service.explain("c", "mem_hotpot", "mem_painter", actor=local_actor("c"))
    assert [item.code for item in told.exclusions] == [Exclusion.CONSENT, Exclusion.VISIBILITY, Exclusion.LOW_SCORE]
    assert all(item.text for item in told.exclusions)
    assert {item.direction for item in told.pairs} == {"forward", "backward"}
    matched = pair.service.match("c", "mem_hotpot").items[0]
    same = pair.service.explain("c", "mem_hotpot", "mem_trucker", actor=local_actor("c"))
    assert (same.score, same.components, same.exclusions) == (matched.score, matched.components, [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"consent_match": None}, Exclusion.CONSENT),
        ({"consent_ai": False}, Exclusion.CONSENT_AI),
        ({"visibility": "operators"}, Exclusion.VISIBILITY),
    ],
)
def test_a_resource_is_offered_as_its_owner_allows_even_with_a_vector_left(
    pair: World, fields: dict[str, object], reason: Exclusion
) -> None:
    pair.resource("fleet", "冷链车队，隔天到成都", "二十八台冷藏车全程温控", owner_id="mem_trucker")
    assert pair.targets("mem_hotpot", kind="resource") == ["res_fleet"]
    assert [item.resource_id for item in pair.service.find_resources("c", "冷链车队到成都")] == ["res_fleet"]
    _set(pair, "mem_trucker", **fields)
    closed = pair.service.match("c", "mem_hotpot", "resource")
    assert (closed.items, closed.excluded) == ([], {reason: 1})
    assert pair.service.find_resources("c", "冷链车队到成都") == []


def test_an_english_community_is_answered_in_english(
    store: Store, clock: FixedClock, embedder: Embedder, community: str
) -> None:
    with store.write("c") as unit:
        unit.community().locale = "en"
    world = World(store, "c", clock, embedder)
    world.member("Ann", ["a cold chain carrier to Chengdu"], ["steady frozen freight every week"])
    world.member("Bo", ["shippers with frozen freight every week"], ["28 refrigerated trucks to Chengdu"])
    item = world.service.match("c", "mem_Ann").items[0]
    assert item.label == "helps both (help for you: strong; help from you: strong)"
    assert not any("\u4e00" <= character <= "\u9fff" for reason in item.reasons for character in reason.text)


@pytest.mark.slow
def test_chroma_gives_the_same_matches_as_exact_search(pair: World, index: ChromaIndex, embedder: Embedder) -> None:
    with pair.store.read("c") as unit:
        rows = unit.session.scalars(select(ProfileText))
        texts = [(row.aspect, row.id, row.member_id, row.text) for row in rows]
        wholes = family(unit, "profile").texts(unit)
        texts += [("profile", text.record_id, text.record_id, text.text) for text in wholes]
    for aspect, record_id, owner_id, text in texts:
        index.upsert("c", aspect, [VectorItem(record_id, owner_id, "h", embedder.embed_documents([text])[0])])
    chroma = MatchingService(pair.store, index, embedder).match("c", "mem_hotpot")
    exact = pair.service.match("c", "mem_hotpot")
    assert [item.target_id for item in chroma.items] == [item.target_id for item in exact.items]
    assert chroma.items[0].score == pytest.approx(exact.items[0].score, abs=1e-3)


def test_a_vector_whose_record_is_gone_proposes_nobody(pair: World) -> None:
    pair.embed("has", "ghost-has-0", "mem_ghost", TRUCK[1])
    assert "mem_ghost" not in pair.targets("mem_hotpot", n=50)


def test_the_list_is_no_longer_than_asked(pair: World) -> None:
    for number in range(4):
        pair.member(f"truck{number}", [TRUCK[0]], [TRUCK[1]])
    items = pair.service.match("c", "mem_hotpot", n=2).items
    assert [item.rank for item in items] == [1, 2]
    assert items[0].score >= items[1].score
