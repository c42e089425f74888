"""Exact excerpts: the part of a text that says most, always a slice of it. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from copilot.language.words import content_words

_SENTENCE = re.compile(r"(?:[^。！？!?；;\n.…]|\.(?!\s|$))+(?:[。！？!?；;…]|\.(?=\s|$))*")
_CLAUSE_END = re.compile(r"[，,、：:（）()～~—]+|\s-\s")
_TRIMMED = " \t\n，,、：:；;。.…—-~～"
# How people come to a question before they ask it.
_LEAD_IN = re.compile(
    r"(?:也|再|还|先|弱弱|顺便|插播个?|正经|冒昧)*(?:想)?(?:请教|请问|问|求助|想听听|咨询|了解)(?:一下|下|个问题|一问|一个|个|一嘴|最后一个)?"
    r"(?:大家|各位|诸位|一下)*(?:前辈|老师们|老师|同行|大佬|师傅|朋友)*(?:们)?(?=[，,：:\s]|[\u4e00-\u9fff])|"
    r"(?:大家|各位|诸位)(?:前辈|老师|大佬|朋友|好)*|(?:有没有|有冇|谁)(?:人|得人)?(?:知道|晓得|真正|有)?(?=[做用懂])|"
    r"(?:hi|hello|hey)(?: (?:all|everyone|folks))?[,.!]? |(?:quick|practical|a|one) (?:question|one)[^:]{0,40}: ?|"
    r"(?:has|have|does|is|can|could) any(?:one|body)(?: here)? ",
    re.IGNORECASE,
)
_SMALL_WORD = re.compile(r";| (?=(?:and|with|on|for|who|which|in|from|to|of)\b)")
_FEWEST_TITLE_WORDS = 3
_SHORTEST = 4
_MOST_WORDS = 12
_MOST_SHARED = 4
_READ_CHARS = 2000
_QUOTED = re.compile(r"“([^“”]+)”|「([^「」]+)」|『([^『』]+)』|\"([^\"]+)\"")


def excerpt(text: str, limit: int, about: AbstractSet[str] = frozenset()) -> str:
    """Return the most telling slice of `text` of at most `limit` characters, on one line.

    Preferred are, in this order: what ends in a question mark, whole sentences, words shared with `about`, many content
    words; ties go to the earlier one. A text without letters is cut at `limit`; an empty text gives an empty slice.
    """
    best, best_score = "", -1.0
    for piece, is_whole in _candidates(text[:_READ_CHARS], limit):
        words = content_words(piece)
        score = min(len(words), _MOST_WORDS) + 2.0 * min(len(words & about), _MOST_SHARED)
        score += (16.0 if piece.endswith(("?", "？")) else 0.0) + (6.0 if is_whole else 0.0)
        if len(piece) >= _SHORTEST and score > best_score:
            best, best_score = piece, score
    return best or text.strip().split("\n")[0][:limit].strip()


def subject(text: str, limit: int, about: AbstractSet[str] = frozenset()) -> str:
    """Return a slice of `text` of at most `limit` characters that can stand in a title: what is asked, without how.

    Politeness before the question and marks after it are cut off. A text that leaves nothing gives its excerpt.
    """
    best, best_score = "", -1.0
    for piece, _ in _candidates(text[:_READ_CHARS], 10 * limit):
        asks = 8.0 if piece.endswith(("?", "？")) else 0.0
        for clause, ends in _title_clauses(piece, limit):
            words = content_words(clause)
            score = (
                asks
                + (10.0 if ends and asks else 0.0)
                + min(len(words), _MOST_WORDS)
                + 2.0 * min(len(words & about), _MOST_SHARED)
            )
            if len(words) >= _FEWEST_TITLE_WORDS and score > best_score:
                best, best_score = clause, score
    return best or excerpt(text, limit, about)


def beginning(text: str, limit: int) -> str:
    """Return the longest run of clauses from the start of `text` that fits, for a sentence that asks nothing.

    A first clause that is too long ends before a small word, or at a space.
    """
    line = text.strip().split("\n")[0]
    for ends in (_CLAUSE_END, _SMALL_WORD):
        cuts = [mark.start() for mark in ends.finditer(line)] + [len(line)]
        fitting = [at for at in cuts if _SHORTEST <= at <= limit]
        if fitting:
            return _trimmed(line[: fitting[-1]])
    space = line.rfind(" ", limit // 2, limit)
    return _trimmed(line[: space if space > 0 else limit])


def _title_clauses(sentence: str, limit: int) -> Iterator[tuple[str, bool]]:
    """Yield the longest runs of clauses that fit, and whether each goes to the end of the sentence."""
    cuts = [0, *(mark.end() for mark in _CLAUSE_END.finditer(sentence)), len(sentence)]
    for at, left in enumerate(cuts[:-1]):
        for right in reversed(cuts[at + 1 :]):
            clause = _bare(sentence[left:right])
            if len(clause) <= limit:
                yield clause, right == len(sentence)
                break


def _bare(clause: str) -> str:
    """Return a slice of `clause` without politeness at its start and marks at its ends."""
    bare = _trimmed(clause)
    while (found := _LEAD_IN.match(bare)) and found.end() < len(bare):
        bare = _trimmed(bare[found.end() :])
    return bare.rstrip("?？!！ ")


def quoted_parts(text: str) -> list[str]:
    """Return what stands in quotation marks in `text`, without the marks."""
    return [next(part for part in found.groups() if part is not None) for found in _QUOTED.finditer(text)]


def without_quotes(text: str) -> str:
    """Return `text` with everything in quotation marks left out."""
    return _QUOTED.sub(" ", text)


def _candidates(text: str, limit: int) -> Iterator[tuple[str, bool]]:
    """Yield slices that fit, and whether each is a whole sentence."""
    for sentence in _SENTENCE.finditer(text):
        whole = _trimmed(sentence[0])
        if len(whole) <= limit:
            yield whole, True
        else:
            for clause in _clauses(whole, limit):
                yield clause, False


def _clauses(sentence: str, limit: int) -> Iterator[str]:
    """Yield the longest runs of whole clauses that fit; a clause that is too long by itself is cut at a space."""
    cuts = [0, *(mark.end() for mark in _CLAUSE_END.finditer(sentence)), len(sentence)]
    for at, left in enumerate(cuts[:-1]):
        fitting = [right for right in cuts[at + 1 :] if right - left <= limit]
        if fitting:
            yield _trimmed(sentence[left : fitting[-1]])
        else:
            space = sentence.rfind(" ", left + limit // 2, left + limit)
            yield _trimmed(sentence[left : space if space > 0 else left + limit])


def _trimmed(piece: str) -> str:
    return piece.strip(_TRIMMED)
