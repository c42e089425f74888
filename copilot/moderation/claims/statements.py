"""Clauses as they are compared: what they are about, the values in them, and whether they permit, require or deny. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from copilot.language.words import content_words
from copilot.moderation.claims.values import Value, ValueKind, values_in

MAX_CLAUSES = 40
_MOST_PARTS = 200
# Full-width marks by number: they look like the narrow ones in most editors.
_MARKS = "\u3002\uff01\uff1f\uff1b!?;\n"
_CLAUSE = re.compile(rf"(?:[^{_MARKS}\uff0c\u3001,.]|\.(?=\w)|(?<=\d),(?=\d{{3}}))+")
_SENTENCE = re.compile(rf"(?:[^{_MARKS}.]|\.(?=\w))+[\u3002\uff01\uff1f!?]?")
_DENY = {
    "permit": re.compile(
        r"不可以?|不能|不允许|不许|不准|不得|不让|不支持|不接受?|禁止|严禁|谢绝|请勿|勿|不开放|不再(?:接受|开放)|"
        r"\b(?:cannot|can'?t|can not|may not|must not|mustn'?t|not (?:allowed|permitted|accepted|open)|forbidden|banned|prohibited|isn'?t allowed|aren'?t allowed|do(?:es)? not accept)\b", re.IGNORECASE),
    "require": re.compile(
        r"不(?:用|需要?|必|要求)|无需|无须|\b(?:need not|needn'?t|do(?:es)?n'?t (?:need|have)(?: to)?|no need|not required|not needed|no (?=\w+ (?:is |are )?(?:required|needed|necessary))|optional|without (?:an? )?(?:appointment|application|deposit))\b", re.IGNORECASE),
}  # fmt: skip
_AFFIRM = {
    "permit": re.compile(r"可以?|能(?!力|源|量)|允许|支持|接受|开放|欢迎|\b(?:can|may|allowed|permitted|welcome|accepts?|open)\b", re.IGNORECASE),
    "require": re.compile(r"必须|需要?|务必|一定要|要求|得先|要先|\b(?:must|needs?|have to|has to|required|requires?|mandatory)\b", re.IGNORECASE),
}  # fmt: skip
_MODAL = re.compile(
    "|".join(pattern.pattern for group in (_DENY, _AFFIRM) for pattern in group.values()), re.IGNORECASE
)
CANCELLED = re.compile(
    r"(?:已经?|被)?(?:取消|停办|不办|不搞|泡汤|黄)(?:了|掉)|取消$|延期|推迟|改期|\b(?:is|was|been|got|has been)\s+(?:cancell?ed|called off|postponed)\b|\bcancell?ed\b|\bcalled off\b",
    re.IGNORECASE,
)
GOES_AHEAD = re.compile(
    r"照常|如期|正常(?:举行|举办|进行)|没有?取消|\b(?:still on|going ahead|as planned|not cancell?ed)\b", re.IGNORECASE
)
GONE = re.compile(
    r"(?:已经?)?(?:过期|下架|失效|停用|不能用|用不了|没了|关闭|停止)(?:了|$)|\b(?:expired|no longer available|not available any ?more|discontinued|shut down|gone)\b",
    re.IGNORECASE,
)
USABLE = re.compile(
    r"还(?:能|可以)(?:用|申请|借|领|约)|仍然?(?:有效|可用|可以)|还在(?:开放|有效)|还有效|\bstill (?:available|valid|open|works?)\b",
    re.IGNORECASE,
)
ONLINE = re.compile(r"线上|网上|直播|\bonline\b|\bvirtual\b|\bzoom\b", re.IGNORECASE)
ON_SITE = re.compile(r"线下|现场|\b(?:in person|on[- ]site|offline)\b", re.IGNORECASE)
# A question, a wish, a condition, a guess, what others said and what is put right already claim nothing that can be checked.
_NO_CLAIM = re.compile(
    r"[?\uff1f]|吗|呢$|么$|有没有|是不是|是否|几点|多少|哪[里天位个儿]|什么时候|怎么|如果|要是|假如|万一|希望|建议|最好|要不|能不能|可不可以|"
    r"应该|可能|也许|估计|好像|猜|大概是|记不清|不确定|我觉得|想(?:要|把)|打算|"
    r"谣言|不是真的|假的|别信|误传|更正|其实不|并不是|不属实|以前|去年|上次|上一?期|往年|当时|原来(?:是|定)|本来|曾经?|"
    r"\b(?:if|whether|maybe|perhaps|probably|might|could|should|would|wish|hope|suggest|i think|i guess|not sure|i heard wrong|"
    r"how (?:much|many|long)|what time|when|where|which|who|anyone|do we|is it|are there|last (?:year|time|month)|used to|previously|"
    r"rumou?r|not true|isn'?t true|fake|misinformation|was originally|back then|let'?s|wonder)\b",
    re.IGNORECASE,
)
# Somebody else's, whatever its name.
_ELSEWHERE = re.compile(
    r"隔壁|别家|别的|另[一外]|其他群|外面|\b(?:next door|another|elsewhere|other (?:group|club|place))\b", re.IGNORECASE
)
_OWN_AFFAIR = re.compile(
    r"我(?!们?(?:社区|群|会))|咱家|俺|\b(?:i|i'm|i'll|my|mine|our company|our team)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Statement:
    """A clause of a text; `text` is exactly the slice [start, end) of it.

    Attributes:
        terms: content words without values and modal words.
        stance: by class (`permit`, `require`): True affirms, False denies; absent where the clause has no such word.
    """

    text: str
    start: int
    end: int
    terms: frozenset[str]
    values: tuple[Value, ...]
    stance: dict[str, bool]

    def terms_beside(self, name: str) -> frozenset[str]:
        """Return what is said beside a name that stands in the clause; its edges make no words with what follows."""
        at = self.text.casefold().find(name.casefold()) if name else -1
        if at < 0:
            return self.terms
        bare = list(self.text)
        for low, high in (*((value.start, value.end) for value in self.values), (at, at + len(name))):
            bare[low:high] = " " * (high - low)
        return terms_of("".join(bare))

    def of(self, kind: ValueKind) -> list[Value]:
        """Return the values of a kind."""
        return [value for value in self.values if value.kind is kind]


def clauses(text: str, said_on: date | None = None) -> list[Statement]:
    """Return the clauses of a text as statements, at most `MAX_CLAUSES`."""
    return [statement(text, *span, said_on) for span in _spans(_CLAUSE, text)[:MAX_CLAUSES]]


def sentences(text: str) -> list[Statement]:
    """Return the sentences of a record as statements, at most 200; dates in them carry a year or are left out."""
    return [statement(text, *span, None) for span in _spans(_SENTENCE, text)[:_MOST_PARTS]]


def parts(text: str) -> list[Statement]:
    """Return the clauses of a record as statements, likewise: terms of use say one thing between two commas."""
    return [statement(text, *span, None) for span in _spans(_CLAUSE, text)[:_MOST_PARTS]]


def is_claim(sentence: str, clause: Statement) -> bool:
    """Whether a clause says something that a record could know: a value or a rule, said plainly, of no private affair.

    Args:
        sentence: around the clause; a question mark or an "if" in it counts for all of it, and so does an "I" before it.
        clause: of that sentence.
    """
    until = sentence.find(clause.text) + len(clause.text)
    if _NO_CLAIM.search(sentence) or _OWN_AFFAIR.search(sentence[:until]) or _ELSEWHERE.search(sentence[:until]):
        return False
    signs = (CANCELLED, GOES_AHEAD, GONE, USABLE, ONLINE, ON_SITE)
    return bool(clause.values or clause.stance or any(sign.search(clause.text) for sign in signs))


def sentence_around(text: str, start: int, end: int) -> str:
    """Return the sentence in which a clause stands, its mark included."""
    for low, high in _spans(_SENTENCE, text):
        if low <= start and end <= high:
            return text[low:high]
    return text[start:end]


def statement(text: str, start: int, end: int, said_on: date | None) -> Statement:
    """Return the slice as a statement."""
    part = text[start:end]
    plain = unicodedata.normalize("NFKC", part)
    values = tuple(values_in(plain if len(plain) == len(part) else part, said_on))
    bare = list(part)
    for value in values:
        bare[value.start : value.end] = " " * (value.end - value.start)
    return Statement(part, start, end, terms_of("".join(bare)), values, _stance(part))


def terms_of(text: str) -> frozenset[str]:
    """Return what a text is about, without modal words."""
    # 会 says nothing by itself, and so 会员 would be lost.
    text = text.replace("非会员", "外部").replace("会员", "成员")
    return frozenset(content_words(_MODAL.sub(" ", text)))


def _stance(text: str) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for name, denies in _DENY.items():
        if denies.search(text):
            found[name] = False
        elif _AFFIRM[name].search(_strip_denials(text)):
            found[name] = True
    return found


def _strip_denials(text: str) -> str:
    for pattern in _DENY.values():
        text = pattern.sub(" ", text)
    return text


def _spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in pattern.finditer(text):
        part = match.group()
        start = match.start() + len(part) - len(part.lstrip())
        end = match.end() - (len(part) - len(part.rstrip()))
        if start < end:
            found.append((start, end))
    return found
