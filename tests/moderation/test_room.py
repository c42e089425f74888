"""The room model: probabilities that hold together, evidence on whole clauses, context that counts, cards that say what is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.language.linear import TextModelInvalid
from copilot.language.normalise import normalise
from copilot.moderation.model_detectors import RoomReader, evidence
from copilot.moderation.models import MessageInput
from copilot.moderation.room import COLUMNS, DISTRESS, KINDS, SOLICITATION, RoomModel, RoomReading
from copilot.moderation.room_cues import Before
from eval.train.corpora import ROOM, part_of, room_lines

NOW = datetime(2026, 11, 1, tzinfo=UTC)
MODEL = RoomModel.load()


def read(*texts: str, before: list[Before] | None = None) -> RoomReading:
    return MODEL.read(texts, [normalise(text).text for text in texts], before)


def message(text: str, **more: object) -> MessageInput:
    return MessageInput("m", "c", "s", NOW, text, **more)  # type: ignore[arg-type]  # test shorthand


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=120))
def test_probabilities_of_any_text_hold_together(text: str) -> None:
    table = read(text).table[0]

    assert np.isfinite(table).all() and (table >= 0).all() and (table <= 1).all()
    for name, values in (("distress", DISTRESS), ("solicitation", SOLICITATION)):
        assert sum(table[COLUMNS.index(f"{name}.{value}")] for value in values) == pytest.approx(1.0)
    assert all(table[COLUMNS.index(kind)] <= table[0] + 1e-9 for kind in KINDS)


def test_no_lines_give_no_rows() -> None:
    assert read().table.shape == (0, len(COLUMNS))


def test_a_line_reads_the_same_alone_and_in_a_batch() -> None:
    texts = ["你就是个废物", "好的收到", "anyone know a good printer?", "加我微信 abc_12345 带你日赚三千"]
    together = read(*texts).table
    for row, text in enumerate(texts):
        np.testing.assert_allclose(read(text).table[0], together[row], atol=1e-6)


def test_an_attack_scores_above_the_same_word_at_a_thing_and_above_everyday_talk() -> None:
    attack, thing, ordinary = read("你就是个废物，滚出去", "这个脚本就是个废物，又崩了", "好的，明天见").calibrated(
        "offensive"
    )

    assert attack > thing > ordinary
    assert ordinary < 0.05


def test_unknown_categories_are_refused() -> None:
    with pytest.raises(ValueError, match="rude"):
        read("好").calibrated("rude")


def test_an_offer_that_was_asked_for_scores_lower() -> None:
    offer = "专业代账，200/月起，需要的老板加我微信 dz_demo_1"
    asked = Before(("有没有代账公司推荐？",))

    [alone] = read(offer).calibrated("solicitation")
    [answer] = read(offer, before=[asked]).calibrated("solicitation")

    assert answer < alone


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("今天的方案我看了，你这个骗子，别再来了", "你这个骗子"),
        ("i read the plan. you are a pathetic loser. bye", "you are a pathetic loser"),
    ],
)
def test_evidence_is_a_whole_clause(text: str, whole: str) -> None:
    start, end = evidence(MODEL, text, "insult")
    assert text[start:end] == whole


def test_evidence_of_an_endless_clause_cuts_no_word_in_two() -> None:
    text = " ".join(["unrelated words about shipping"] * 5 + ["you stupid worthless idiot"] + ["and more shipping"] * 5)
    start, end = evidence(MODEL, text, "insult")

    assert "idiot" in text[start:end]
    assert end - start <= 60
    assert start == 0 or text[start - 1] == " "
    assert end == len(text) or text[end] == " "


@settings(deadline=None, max_examples=60)
@given(text=st.text(max_size=200))
def test_signals_of_any_text_quote_a_slice_of_it(text: str) -> None:
    [found] = RoomReader.load().read([message(text)], [normalise(text)])
    for signal in found.signals:
        assert 0 <= signal.start <= signal.end <= len(text)


def test_distress_is_no_signal() -> None:
    text = "我真的撑不住了，不想活了"
    [found] = RoomReader.load().read([message(text)], [normalise(text)])

    assert 1 - found.probabilities["distress.none"] > 0.5
    assert not any(signal.opens_case for signal in found.signals)


def test_a_channel_for_promotion_hears_no_adverts_but_scams() -> None:
    reader = RoomReader.load()
    texts = ["新店开业全场八折，要的扫码进群下单", "充500返800，当天到账，先转保证金，加v了解"]
    plain = [normalise(text) for text in texts]
    market = reader.read([message(text, promo_allowed=True) for text in texts], plain)

    assert not any(s.category == "unsolicited_promotion" and "八折" in texts[0] for s in market[0].signals)
    assert any(signal.category == "scam" for signal in market[1].signals)


def test_the_card_names_data_licence_figures_thresholds_bands_and_limits() -> None:
    card = MODEL.card

    assert {"trained_on", "licence", "labelled_by", "figures", "known_failures", "base_rates", "sha256"} <= card.keys()
    assert card["columns"] == list(COLUMNS)
    assert card["bytes"] < 3_000_000
    for name in ("offensive", "solicitation", "distress"):
        assert 0 < MODEL.threshold(name, "flag") <= MODEL.threshold(name, "case") < 1
        low, high = MODEL.band(name, "words")
        assert 0 <= low <= high <= 1
    assert all(f["n"] > 100 for name, f in card["figures"].items() if "slice" not in name)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "copilot" / "moderation" / "data"
    for file in source.glob("*.*"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    card = json.loads((tmp_path / "room-words.json").read_text("utf-8"))
    (tmp_path / "room-words.json").write_text(json.dumps(card | {"sha256": "0" * 64}), "utf-8")

    with pytest.raises(TextModelInvalid, match="card"):
        RoomModel.load(tmp_path)


def test_no_scene_stands_on_both_sides_of_the_split() -> None:
    learned = {line.scene for line in room_lines(frozenset({"train", "dev"}))}
    tested = {line.scene for line in room_lines(frozenset({"test"}))}

    assert learned and tested and not learned & tested
    assert all(part_of(scene) == "test" for scene in tested)
    assert sum(len(path.read_text("utf-8").splitlines()) for path in ROOM.glob("w*.jsonl")) >= 3_000
