"""A comparison of before and after rests on figures that the member gave, both of them or one and by how much it moved."""

from __future__ import annotations

import pytest

from copilot.topics.changes import tells_change


@pytest.mark.parametrize(
    "text",
    [
        "最好的一家获客成本降了三成七",
        "把交期从 30 天压到 12 天",
        "从三天缩短到半天",
        "原来一单 45 块，现在 28 块",
        "首年节省从 61 万降到 57 万",
        "cut the waiting time from 40 to 12 minutes",
        "refunds fell by 30%",
        "latency 900 -> 180 ms",
    ],
)
def test_figures_before_and_after_are_a_change(text: str) -> None:
    assert tells_change(["别的一句", text])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "防水件做过十几款，密封圈怎么留量心里有谱",
        "类目里的退货原因我拆过九千条",
        "四百多个本地达人的表格，带真实转化",
        "从二十人沙龙到三百人年会都扛过",
        "封好从1米往下扔，六个面三条边一个角",
        "退货率压在百分之四以下",
        "from 9 to 5 I answer the phone",
        "worked with 40 brands for 12 years",
    ],
)
def test_other_figures_are_none(text: str) -> None:
    assert not tells_change([text])
