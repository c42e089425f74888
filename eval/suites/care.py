"""Care: of the chat in which somebody is in need, how much comes to those who care, and how much else with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from copilot.community.distress import DistressKind, DistressSign
from copilot.moderation.distress import sign_of
from copilot.moderation.room import COLUMNS, RoomReading
from eval.cases import EvalCase
from eval.readers import read_room
from eval.scores import Figure, precision_recall, share, share_of
from eval.slices import by_slice
from eval.suite import WORST, Findings, Suite
from eval.train.corpora import Line, room_lines
from eval.world import World, Worlds


def measure(worlds: Worlds) -> Findings:
    """Read the test scenes of the room set as reading does, then the sample's chat."""
    lines = room_lines(frozenset({"test"}))
    signs = signs_of(lines, read_room([line.text for line in lines], [line.before for line in lines]))
    labels = [line.labels["distress"] for line in lines]
    came = [sign is not None for sign in signs]
    figures = care_figures(labels, came, cases_of(lines))
    worst: list[dict[str, object]] = [
        {"text": line.text, "gold": label, "got": sign.kind.value if sign else "none"}
        for line, label, sign in zip(lines, labels, signs, strict=True)
        if label != "none" and sign is None
    ]
    return Findings([*figures, *_sample(worlds.shared())], worst[:WORST])


def signs_of(lines: Sequence[Line], found: RoomReading) -> list[DistressSign | None]:
    """Return what care is shown of each line, None where it is shown nothing."""
    return [
        sign_of(line.text, dict(zip(COLUMNS, map(float, row), strict=True)), "eval")
        for line, row in zip(lines, found.table, strict=True)
    ]


def cases_of(lines: Sequence[Line]) -> list[EvalCase]:
    """Return the lines as cases; those of one scene hang together."""
    return [EvalCase(line.id, line.scene, {"language": line.language}) for line in lines]


def care_figures(labels: Sequence[str], came: Sequence[bool], cases: Sequence[EvalCase] | None = None) -> list[Figure]:
    """Return precision and recall of what came to those who care, recall by kind and language, and what came in vain."""
    known = cases if cases is not None else [EvalCase(str(at)) for at in range(len(labels))]
    needs, comes = np.array([label != "none" for label in labels]), np.array(came)
    figures = precision_recall("care.chat", needs, comes, known)

    def recalled(name: str, rows: Sequence[int]) -> Figure:
        return share_of(name, [came[at] for at in rows], [known[at] for at in rows])

    for kind in DistressKind:
        rows = [at for at, label in enumerate(labels) if label == kind.value]
        figures.append(recalled(f"care.chat.recall_{kind.value}", rows))
    figures += by_slice(
        known, ("language",), lambda rows: [recalled("care.chat.needs_seen", [at for at in rows if needs[at]])]
    )
    calm = np.flatnonzero(~needs).tolist()
    return [*figures, share_of("care.chat.in_vain", [came[at] for at in calm], [known[at] for at in calm], "lower")]


def _sample(world: World) -> list[Figure]:
    """Return how much of the sample's chat comes to care; nobody in it is known to be in need."""
    texts = [message.text for message in world.messages().values()]
    table = read_room(texts).table
    rows = zip(texts, table, strict=True)
    found = [sign_of(text, dict(zip(COLUMNS, map(float, row), strict=True)), "eval") is not None for text, row in rows]
    return [share("care.sample.comes", sum(found), len(found), "none")]


SUITE = Suite("care", 1, "Calls for help that reach those who care", measure, "test scenes")
