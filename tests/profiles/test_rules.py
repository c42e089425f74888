"""Introductions in the voices of founder groups, by hand: sentences, fields, and what must stay out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.profiles.findings import MAX_TEXT_CHARS
from copilot.profiles.rules import MAX_FINDINGS, read_introduction


def told(text: str, locale: str = "zh-CN") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in read_introduction(text, locale):
        found.setdefault(one.field or one.aspect, []).append(one.text)
    return found


def test_a_line_of_cells_is_read_cell_by_cell() -> None:
    text = "【自我介绍】坐标深圳|做跨境电商ERP|天使轮|能提供:亚马逊接口踩坑记录|想找:月销十万刀的卖家"
    assert told(text) == {
        "is": ["做跨境电商ERP", "天使轮"], "has": ["亚马逊接口踩坑记录"], "wants": ["月销十万刀的卖家"],
        "city": ["深圳"], "industry": ["跨境电商与外贸"], "stage": ["seed"],
    }  # fmt: skip


def test_a_label_alone_on_its_line_holds_for_the_items_below() -> None:
    text = "我能提供：\n1. 小批量试模\n2. 华南模具厂人脉\n\n需求：\n- 会做短视频的合伙人"
    assert told(text) == {"has": ["小批量试模", "华南模具厂人脉"], "wants": ["会做短视频的合伙人"]}


def test_prose_is_parted_by_side_and_small_talk_is_left_out() -> None:
    text = "大家好，我是阿坤，在东莞做智能硬件方案的。手里有三家贴片厂的排期。我们不缺订单，就是想找一个能做英文站的运营。请多关照！"
    assert told(text) == {
        "is": ["在东莞做智能硬件方案的"], "has": ["手里有三家贴片厂的排期"], "wants": ["就是想找一个能做英文站的运营"],
        "city": ["东莞"], "industry": ["硬件"],
    }  # fmt: skip


def test_a_name_is_small_talk_and_a_trade_is_not() -> None:
    assert told("我是小林。") == {}
    assert told("我是律师。")["is"] == ["我是律师"]
    assert told("我是做外贸的。")["is"] == ["我是做外贸的"]


def test_english_prose() -> None:
    text = (
        "Hi all, I'm Priya. I run a small logistics startup in Singapore, seed stage. Happy to help with customs paperwork. "
        "I'm looking for an ops lead. Not looking for investors right now."
    )
    assert told(text, "en") == {
        "is": ["I run a small logistics startup in Singapore, seed stage"], "has": ["Happy to help with customs paperwork"],
        "wants": ["I'm looking for an ops lead"], "city": ["Singapore"], "industry": ["Logistics"], "stage": ["seed"],
    }  # fmt: skip


def test_what_others_want_and_what_is_denied_is_never_proposed() -> None:
    text = "我在苏州开民宿。我老公是做建材的，他想找工程单。我不找投资。朋友托我问，谁能提供贷款？我自己求一个会做小红书的搭子。"
    assert told(text)["wants"] == ["我自己求一个会做小红书的搭子"]
    assert "has" not in told(text)


def test_contacts_are_never_proposed() -> None:
    text = "我在广州做女装。想找主播，加微信 abc12345。电话 13800138000。能提供版房，邮箱 me@example.com"
    words = " ".join(one.text for one in read_introduction(text, "zh-CN"))
    assert not any(secret in words for secret in ("abc12345", "13800138000", "me@example.com"))
    assert told("微信：kunkun88\n想找：主播") == {"wants": ["主播"]} or "wants" in told(
        "微信：kunkun88\n想找：做直播的主播"
    )


def test_where_somebody_lives_outweighs_where_they_are_from_or_sell() -> None:
    assert told("我是香港长大，现居珠海，做顾问")["city"] == ["珠海"]
    assert told("货发到上海，人在宁波，做外贸")["city"] == ["宁波"]
    assert "city" not in told("想去北京看看，做外贸的")


def test_an_unknown_place_is_taken_as_it_is_written() -> None:
    assert told("坐标：绍兴柯桥\n行业：面料")["city"] == ["绍兴柯桥"]


def test_former_and_denied_roles_are_no_roles() -> None:
    assert "role" not in told("我是毛衫厂打样的，不是老板")
    assert "role" not in told("前律师，现在做餐饮")
    assert told("身份：联合创始人")["role"] == ["founder"]


def test_skills_come_from_lists_and_long_items_are_sentences_only() -> None:
    found = told("擅长：合同审阅、股权设计和跨境架构")
    assert found["skill"] == ["合同审阅", "股权设计", "跨境架构"]
    assert "skill" not in told("擅长：把一个没人愿意碰的老项目从头到尾梳理清楚再交出去")


def test_nothing_is_found_in_nothing() -> None:
    for text in ("", "   \n", "大家好！", "👋👋", "需求：暂无", "。。。|||：："):
        assert read_introduction(text, "zh-CN") == []


def test_a_wall_of_text_is_cut_and_bounded() -> None:
    found = read_introduction("想找" + "做海外仓的伙伴，" * 400 + "。" + "能提供甲乙丙丁。\n" * 200, "zh-CN")
    assert 1 < len(found) <= MAX_FINDINGS
    assert all(len(one.text) <= MAX_TEXT_CHARS for one in found)


@given(st.lists(st.sampled_from([
    "坐标深圳", "想找", "能提供：", "我朋友", "不", "做跨境电商", "，", "。", "\n", "|", "：", "1、", "looking for ", "I can help ", "“", "”", "📍", " ", "擅长A、B",
]), max_size=40).map("".join))  # fmt: skip
def test_every_quote_is_an_exact_slice_and_no_finding_comes_twice(text: str) -> None:
    found = read_introduction(text, "zh-CN")
    assert all(text[one.start : one.end] == one.quote and one.quote.strip() == one.quote != "" for one in found)
    keys = [(one.aspect, one.field, one.text.casefold()) for one in found]
    assert len(keys) == len(set(keys))
    assert found == read_introduction(text, "zh-CN")
