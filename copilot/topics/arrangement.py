"""Notes into the framework of a topic by rules: each sentence goes where it answers a question. Nothing is written anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from copilot.embeddings.base import Embedder
from copilot.language.words import content_words
from copilot.topics.models import OutlineStep, Topic
from copilot.topics.notes import Said
from copilot.topics.post_models import PostContent, Section, Sentence, Span

Vectors = NDArray[np.float32]
# Sentences compared one by one; in longer notes later ones stay with their neighbours.
_MOST_COMPARED = 200
# A sentence leaves the section of the one before only when another fits better by so much (cosine, centred).
_CLEAR = 0.04
_PER_WORD = 0.05
_MOST_WORDS = 3
_FEWEST_WORDS = 5
_PER_DIGIT = 2.0


def arrange(notes: str, said: Sequence[Said], topic: Topic, embedder: Embedder) -> PostContent:
    """Return the post: every sentence of the notes in the section whose questions it answers best, in the notes' order."""
    at = _sections_of(said, topic.outline, embedder)
    sections = [
        [item.sentence for item, section in zip(said, at, strict=True) if section == number]
        for number in range(len(topic.outline))
    ]
    return finish(notes, topic, sections)


def finish(notes: str, topic: Topic, sections: Sequence[Sequence[Sentence]]) -> PostContent:
    """Return the post of these sentences, by section of the topic's outline, with its short form and what is still open."""
    parts = [
        Section(heading=step.heading, sentences=list(found), ask=[] if found else list(step.questions))
        for step, found in zip(topic.outline, sections, strict=True)
    ]
    sentences = [sentence for part in parts for sentence in part.sentences]
    return PostContent(
        titles=topic.titles, sections=parts, closing=topic.closing, short=_short(sentences, topic),
        left_out=_left_out(notes, sentences), markdown=_markdown(topic, parts),
    )  # fmt: skip


def _sections_of(said: Sequence[Said], outline: Sequence[OutlineStep], embedder: Embedder) -> list[int]:
    """Return the number of the section for each sentence."""
    if not said:
        return []
    compared = said[:_MOST_COMPARED]
    fits = _fits(compared, outline, embedder)
    found: list[int] = []
    for number in range(len(said)):
        before = found[-1] if found else 0
        if number >= len(compared) or len(said[number].words) < _FEWEST_WORDS:
            found.append(before)
            continue
        best = int(np.argmax(fits[number]))
        found.append(best if not found or fits[number, best] - fits[number, before] >= _CLEAR else before)
    return found


def _fits(said: Sequence[Said], outline: Sequence[OutlineStep], embedder: Embedder) -> NDArray[np.float64]:
    """Return how well each sentence answers each section, (sentences, sections): its best question counts."""
    asked = [(number, f"{step.heading} {text}") for number, step in enumerate(outline) for text in step.questions]
    left = _centred(embedder.embed_documents([item.sentence.text for item in said]))
    right = _centred(embedder.embed_documents([text for _, text in asked]))
    cosines = (left @ right.T).astype(np.float64)
    words = [content_words(text) for _, text in asked]
    for row, item in enumerate(said):
        shared = [min(len(item.words & other), _MOST_WORDS) for other in words]
        cosines[row] += _PER_WORD * np.array(shared)
    result = np.full((len(said), len(outline)), -np.inf)
    for column, (number, _) in enumerate(asked):
        result[:, number] = np.maximum(result[:, number], cosines[:, column])
    return result


def _centred(vectors: list[list[float]]) -> Vectors:
    """Return the vectors around their mean, unit length: raw cosines of short texts crowd together."""
    matrix = np.asarray(vectors, dtype=np.float32)
    if len(matrix) < 3:
        return matrix
    shifted = matrix - matrix.mean(axis=0)
    lengths = np.maximum(np.linalg.norm(shifted, axis=1, keepdims=True), 1e-6)
    unit: Vectors = (shifted / lengths).astype(np.float32)
    return unit


def _short(sentences: Sequence[Sentence], topic: Topic) -> list[Sentence]:
    """Return the most telling sentences that fit the short length, in the order of the post; at least one when there is any."""
    about = content_words(topic.demand.quote)

    def telling(sentence: Sentence) -> float:
        words = content_words(sentence.text)
        return min(len(words), 12) + 2.0 * len(words & about) + _PER_DIGIT * any(c.isdigit() for c in sentence.text)

    room, kept = topic.lengths.short_chars, set[int]()
    for number in sorted(range(len(sentences)), key=lambda n: (-telling(sentences[n]), n)):
        if len(sentences[number].text) <= room:
            kept.add(number)
            room -= len(sentences[number].text)
    return [sentences[number] for number in sorted(kept)]


def _left_out(notes: str, sentences: Sequence[Sentence]) -> list[Span]:
    """Return the slices of the notes that no sentence rests on and that say something."""
    used = sorted((span.start, span.end) for sentence in sentences for span in sentence.spans)
    gaps, at = [], 0
    for start, end in [*used, (len(notes), len(notes))]:
        if start > at and any(char.isalnum() for char in notes[at:start]):
            gaps.append(Span(start=at, end=start))
        at = max(at, end)
    return gaps


def _markdown(topic: Topic, parts: Sequence[Section]) -> str:
    lines = [f"# {_plain(topic.titles[0])}"]
    for part in parts:
        if part.sentences:
            lines += [f"## {_plain(part.heading)}", _joined([sentence.text for sentence in part.sentences])]
    return "\n\n".join([*lines, topic.closing])


def _joined(texts: Sequence[str]) -> str:
    """Return sentences as a paragraph: Latin ones need a space between them, and none may look like Markdown's own marks."""
    out = ""
    for text in texts:
        gap = " " if out and out[-1].isascii() and text[:1].isascii() else ""
        out += gap + _plain(text)
    return out


def _plain(text: str) -> str:
    flat = " ".join(text.split("\n"))
    return f"\\{flat}" if flat[:1] in "#>-+*=|`" else flat
