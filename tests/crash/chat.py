"""A seeded ChatLab file, larger than one batch, with questions, replies, recalls and members' words."""

from __future__ import annotations

import json
import random
from pathlib import Path

_STEMS = ("请问", "有没有人知道", "怎么", "谁用过", "Does anyone know", "how do I")
_THINGS = (
    "报关",
    "模具打样",
    "私域社群",
    "融资节奏",
    "云服务器",
    "invoice tools",
    "edge devices",
    "供应链金融",
    "小程序备案",
)


def write_chat(path: Path, messages: int, seed: int) -> int:
    """Write a chat export and return how many of its messages carry text."""
    pick = random.Random(seed)
    kept = messages
    with path.open("w", encoding="utf-8") as out:
        header = {
            "_type": "header",
            "chatlab": {"version": "0.0.2", "exportedAt": 1},
            "meta": {"name": "压力群", "platform": "wechat", "type": "group", "groupId": "crash"},
        }
        out.write(json.dumps(header, ensure_ascii=False) + "\n")
        for number in range(40):
            member = {"_type": "member", "platformId": f"u{number}", "accountName": f"成员{number}"}
            out.write(json.dumps(member, ensure_ascii=False) + "\n")
        for number in range(messages):
            recalled = pick.random() < 0.02
            kept -= recalled
            text = (
                f"{pick.choice(_STEMS)}{pick.choice(_THINGS)}{pick.randrange(10**6)}？"
                if number % 9 == 0
                else f"第{number}条，{pick.choice(_THINGS)}"
            )
            message = {
                "_type": "message", "platformMessageId": f"m{number}", "sender": f"u{pick.randrange(40)}",
                "timestamp": 1_790_000_000 + number * 30, "type": 81 if recalled else 0,
                "content": "" if recalled else text,
            }  # fmt: skip
            if number % 5 == 0 and number and not recalled:  # a recall with a reference takes back that message
                message["replyToMessageId"] = f"m{pick.randrange(number)}"
            out.write(json.dumps(message, ensure_ascii=False) + "\n")
    return kept
