"""Sides of clauses: leftmost cue, denial, other people's wishes, offers to those in need, quotation."""

from __future__ import annotations

import pytest

from copilot.profiles.cues import hear


@pytest.mark.parametrize(
    ("clause", "side"),
    [
        ("想找亚马逊卖家", "wants"), ("求推荐靠谱的财务", "wants"), ("需要一位懂中试的工程师", "wants"), ("正在找滴灌厂家", "wants"),
        ("looking for design partners", "wants"), ("we need a co-packer", "wants"), ("I'd love to meet founders", "wants"),
        ("能提供海外仓", "has"), ("擅长合同审阅", "has"), ("手里有三家贴片厂", "has"), ("会写Shader", "has"),
        ("happy to help with customs", "has"), ("I've built three SDKs", "has"), ("we can lend our rig", "has"),
        ("我是做外贸的", "is"), ("I'm a lawyer", "is"),
        # One clause, two cues: the leftmost governs.
        ("想找能提供海外仓的伙伴", "wants"), ("能帮想找工厂的人", "has"), ("寻找会剪辑的搭档", "wants"),
        # The same words on the wrong side.
        ("提供资源", "has"), ("求资源", "wants"), ("需要资源", "wants"),
        # Offers that name those who need them.
        ("有需要供应链的可以找我", "has"), ("想做日本市场的欢迎来问我", "has"), ("希望能帮到大家", "has"),
        ("anyone who needs a lawyer can ask me", "has"),
        # Denied.
        ("我不找投资", "not_own"), ("暂时不融资", "not_own"), ("我们不缺订单", "not_own"), ("不会美术", "not_own"),
        ("没有工厂可以提供", "not_own"), ("别问我", "not_own"), ("not looking for investors", "not_own"),
        ("we don't need an agency", "not_own"), ("I can't help with tax", "not_own"), ("no longer hiring", "not_own"),
        # A denial that is none, and a second cue behind a denied one.
        ("不仅能提供场地", "has"), ("不缺钱只想找客户", "wants"),
        # Somebody else's.
        ("我朋友想找主播", "not_own"), ("我老公是做建材的", "not_own"), ("客户天天问能不能提供发票", "not_own"),
        ("帮朋友找个会计", "not_own"), ("他想学剪辑", "not_own"), ("我弟想找实习", "not_own"),
        ("my wife is looking for a co-founder", "not_own"), ("asking for a friend who needs a visa", "not_own"),
        # Not somebody else's, though somebody is named.
        ("女儿让我来找做品牌的人", "wants"), ("我想认识开民宿的朋友", "wants"), ("老师傅都懂我", "has"),
        # Words in quotation marks are not the speaker's.
        ("我最烦“想找投资”这句话", None),
        ("今天天气不错", None), ("", None),
    ],
)  # fmt: skip
def test_a_clause_speaks_for_one_side(clause: str, side: str | None) -> None:
    assert hear(clause).side == side


def test_who_was_spoken_of_stays_until_the_speaker_returns() -> None:
    assert hear("想找主播", of_others=True).side == "not_own"
    assert hear("我自己想找主播", of_others=True).side == "wants"


def test_no_money_from_others_is_a_stage_and_no_denial() -> None:
    assert hear("没拿过投资").side == "is"
