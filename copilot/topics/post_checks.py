"""Nothing invented: rules that every sentence of a post passes against the notes it came from. Pure functions."""

from __future__ import annotations

import re

from copilot.language.contacts import CONTACT
from copilot.language.words import content_words
from copilot.topics.post_models import PostContent, Sentence

_NUMBER = re.compile(
    r"\d+(?:[.,]\d+)*%?|[一二三四五六七八九十百千万两半]{1,8}(?=[个次天周月年块元万千百台家人套件倍成分秒])"
)
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+#.-]*[A-Za-z0-9+#]|[A-Za-z]")
# Names of people, as notes and drafts write them; one that the notes do not hold is invented.
_CALLED = re.compile(r"[\u4e00-\u9fff]{1,2}(?:总|老师|先生|女士|博士|教授|律师|哥|姐)")
_PROPER = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][a-z]+\b")
# Share of the content words of a reworded sentence that its places in the notes must hold.
LEAST_SUPPORT = 0.6


def unsupported(content: PostContent, notes: str) -> list[str]:
    """Return the sentences, shortened, that their places in the notes do not support; empty for a post that may be shown."""
    sentences = [sentence for part in content.sections for sentence in part.sentences] + content.short
    return [sentence.text[:40] for sentence in sentences if not is_supported(sentence, notes)]


def is_supported(sentence: Sentence, notes: str) -> bool:
    """Return whether a sentence is its slices of the notes, or says no more than they do.

    A reworded one may hold no number, Latin word, name or contact that its slices lack, and of its content words at most
    two in five.
    """
    if any(span.end > len(notes) or span.start >= span.end for span in sentence.spans):
        return False
    slices = [notes[span.start : span.end] for span in sentence.spans]
    if sentence.literal:
        return sentence.text == "".join(slices)
    source = "\n".join(slices)
    return _holds_only(sentence.text, source) and _support(sentence.text, source) >= LEAST_SUPPORT


def _holds_only(text: str, source: str) -> bool:
    lowered = source.casefold()
    if any(found[0] not in source for found in CONTACT.finditer(text)):
        return False
    known = set(_NUMBER.findall(source))
    if any(number not in known for number in _NUMBER.findall(text)):
        return False
    if any(name not in source for name in (*_CALLED.findall(text), *_PROPER.findall(text))):
        return False
    if not _is_latin(source):
        # Latin words in a Chinese sentence are names of products and people.
        return all(word.casefold() in lowered for word in _LATIN.findall(text))
    return True


def _support(text: str, source: str) -> float:
    words = content_words(text)
    return len(words & content_words(source)) / len(words) if words else 1.0


def _is_latin(text: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    return sum(char.isascii() for char in letters) > len(letters) / 2
