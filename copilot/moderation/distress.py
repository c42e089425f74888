"""Which messages somebody who cares should see: chosen so that few calls for help are missed, at the price of some in vain.

What comes of it is care's; nothing here opens a case, and no probability leaves this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from copilot.community.distress import DistressKind, DistressSign

# Rather ten lines that were only tired than one that was not heard: a person reads them, nobody is judged by them. Set so
# that about three in a hundred lines of ordinary chat (the sample's) come; what is heard is measured by the suite `care`.
ANY_SIGN = 0.08
SELF_HARM = 0.03
VERSION = "distress-1"
# Said outright, whatever a model makes of it. Everyday exaggerations are taken out before.
_HYPERBOLE = re.compile(
    r"[想笑累困饿热冷气吓烦忙闲馋撑美疼痛急蠢尬]死(?:我|了|个|你们?|他们?|她们?|啦|咯|宝宝|人)|想死你|笑到想死|死线|"
    r"(?:kill(?:ing)? (?:myself )?(?:laughing|it)|dying (?:of laughter|laughing)|suicide (?:squad|mission|pact of))",
    re.IGNORECASE,
)
_OUTRIGHT = re.compile(
    r"(?:不想|没有?(?:力气|勇气)再?|没法再?)(?:再)?活(?:下去|了|着)|活着(?:没|还有什么|有什么)(?:意思|意义)|"
    r"(?<!他|她|它|你)想(?:要)?(?:自杀|轻生|寻死)|(?<![\u4e00-\u9fff])我?(?:真的?)?(?:好)?想死(?![你了他她])|"
    r"结束(?:自己的|我的)?生命|割腕|(?:从|想从).{0,6}(?:跳下去|跳楼)|没有我(?:大家|你们|他们).{0,6}(?:会|更)|"
    r"\b(?:i (?:want|wish) to die|want to kill myself|going to kill myself|end (?:my (?:own )?life|it all)|"
    r"don'?t want to (?:be here any ?more|live|wake up)|better off without me|no reason to (?:live|go on)|"
    r"(?:thinking|thought) (?:about|of) (?:suicide|ending it)|hurt(?:ing)? myself|self[- ]harm)\b",
    re.IGNORECASE,
)


def sign_of(text: str, probabilities: Mapping[str, float], version: str) -> DistressSign | None:
    """Return the sign that a message bears, or None.

    Args:
        text: as stored.
        probabilities: by column of the room model; without columns of distress only outright words count.
        version: of the cascade that gave them.
    """
    if _OUTRIGHT.search(_HYPERBOLE.sub(" ", text)):
        return DistressSign(DistressKind.SELF_HARM, 0.0, f"{VERSION}+{version}")
    shares = {kind: probabilities.get(f"distress.{kind.value}", 0.0) for kind in DistressKind}
    if shares[DistressKind.SELF_HARM] >= SELF_HARM:
        return DistressSign(DistressKind.SELF_HARM, SELF_HARM, f"{VERSION}+{version}")
    if sum(shares.values()) < ANY_SIGN:
        return None
    kind = max(shares, key=lambda name: shares[name])
    return DistressSign(kind, ANY_SIGN, f"{VERSION}+{version}")
