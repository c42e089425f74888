"""How well single chat lines are read: our own labelled chat, scenes that nobody trained on, beside word lists and libraries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from copilot.atmosphere.sentiment import LABELS
from copilot.moderation import questions
from copilot.moderation.room import DISTRESS, KINDS, SOLICITATION, RoomReading
from eval.cases import EvalCase, slug
from eval.metrics.classification import majority
from eval.probability_figures import agreement_figure, probability_figures
from eval.readers import OFFENCE_BASELINES, mood, read_room, room_model, snownlp, vader
from eval.scores import Figure, accuracy_figure, count, macro_f1_figure, precision_recall, share, share_of
from eval.slices import Make, by_slice
from eval.suite import WORST, Findings, Suite
from eval.train.cards import CALM
from eval.train.corpora import ROOM, Line, room_lines
from eval.train.fit import calibration_error
from eval.world import Worlds, read_jsonl

HARD_NEGATIVES = (
    "anti_bias", "banter", "blunt", "self_mockery", "quoted_insult", "deescalation", "irony", "threat_no", "scam_no",
    "distress_no", "legal_promo", "legit_contact", "venting", "complaint",
)  # fmt: skip
_QUIET_BAD = 10  # bad lines among 1,000 of a quiet community
_QUIET_RECALL = 0.8


def measure(_worlds: Worlds) -> Findings:
    """Read the test scenes with both stages, the word stage alone, and everything it is compared with."""
    lines = room_lines(frozenset({"test"}))
    texts = [line.text for line in lines]
    before = [line.before for line in lines]
    found = read_room(texts, before)
    figures = [
        *offence_figures(lines, found),
        *_compared(lines, read_room(texts, before, two_stages=False), read_room(texts)),
        *_quiet(lines, found),
        *_other_heads(lines, found),
        *_moods(lines),
        *_labels_agree(),
        share("reading.chat.embedded", int(found.embedded.sum()), len(lines), "none"),
    ]
    return Findings(figures, _worst(lines, found))


def offence_figures(lines: Sequence[Line], found: RoomReading) -> list[Figure]:
    """Return macro-F1 at one half and at the flag, precision and recall at case and flag, and false flags by slice."""
    truth = np.array([bool(line.labels["offence"]) for line in lines])
    scores = found.calibrated("offensive")
    model = room_model()
    case, flag = model.threshold("offensive", "case"), model.threshold("offensive", "flag")
    name = "reading.chat.offensive"
    cases = cases_of(lines)
    figures = [
        _two_way(f"{name}.macro_f1", truth, scores >= 0.5, cases),
        _two_way(f"{name}.macro_f1_at_flag", truth, scores >= flag, cases),
        macro_f1_figure(
            f"{name}.macro_f1_majority", truth.astype(int).tolist(), majority(truth.astype(int).tolist()), (0, 1)
        ),
        count(f"{name}.calibration_error", calibration_error(truth.astype(int), scores), len(lines), "lower"),
        *precision_recall(f"{name}.case", truth, scores >= case, cases),
        *precision_recall(f"{name}.flag", truth, scores >= flag, cases),
        *probability_figures(name, truth, scores, flag, cases),
    ]
    for kind in KINDS:
        meant = np.array([kind in line.labels["offence"] for line in lines])
        figures.append(share(f"{name}.recall_{kind}", int((scores[meant] >= flag).sum()), int(meant.sum())))
    for name_of_slice in HARD_NEGATIVES:
        rows = ~truth & np.array([line.slice == name_of_slice for line in lines])
        figures.append(_flagged(f"{name}.false_flags_{name_of_slice}", rows, scores >= 0.5, cases))
    calm = ~truth & np.array([line.slice in CALM for line in lines])
    figures.append(_flagged(f"{name}.false_flags_everyday", calm, scores >= 0.5, cases))
    for language in ("zh", "en", "mixed"):
        rows = np.array([line.language == language for line in lines])
        figures.append(_two_way(f"{name}.macro_f1_at_flag_{language}", truth[rows], scores[rows] >= flag))
    return figures


def cases_of(lines: Sequence[Line]) -> list[EvalCase]:
    """Return the lines as cases: those of one scene hang together; the hard negative or kind each was written as."""
    return [
        EvalCase(line.id, line.scene, {"language": line.language, "written_as": slug(line.slice)}) for line in lines
    ]


def _flagged(name: str, rows: NDArray[np.bool_], flagged: NDArray[np.bool_], cases: Sequence[EvalCase]) -> Figure:
    chosen = np.flatnonzero(rows).tolist()
    return share_of(name, [bool(flagged[at]) for at in chosen], [cases[at] for at in chosen], "lower")


def _compared(lines: Sequence[Line], words: RoomReading, alone: RoomReading) -> list[Figure]:
    truth = np.array([bool(line.labels["offence"]) for line in lines])
    texts = [line.text for line in lines]
    flag = room_model().threshold("offensive", "flag")
    figures = [
        _two_way("reading.chat.words_only.macro_f1_at_flag", truth, words.calibrated("offensive") >= flag),
        _two_way("reading.chat.without_context.macro_f1_at_flag", truth, alone.calibrated("offensive") >= flag),
    ]
    for name, baseline in OFFENCE_BASELINES.items():
        figures.append(_two_way(f"reading.chat.{name}.macro_f1", truth, baseline(texts) >= 0.5))
    return figures


def _quiet(lines: Sequence[Line], found: RoomReading) -> list[Figure]:
    """Return the cases per 1,000 messages, and their precision, where one in a hundred is bad and the rest is everyday talk."""
    truth = np.array([bool(line.labels["offence"]) for line in lines])
    calm = ~truth & np.array([line.slice in CALM for line in lines])
    scores = found.calibrated("offensive")
    at = float(np.quantile(scores[truth], 1 - _QUIET_RECALL))
    false = float((scores[calm] >= at).mean())
    right = _QUIET_BAD * _QUIET_RECALL
    cases = right + (1_000 - _QUIET_BAD) * false
    n = int(truth.sum() + calm.sum())
    return [
        count("reading.quiet.cases_per_1000_at_recall_80", cases, n, "lower"),
        count("reading.quiet.precision_at_recall_80", right / cases, n, "higher"),
    ]


def _other_heads(lines: Sequence[Line], found: RoomReading) -> list[Figure]:
    """Return distress and solicitation (any, by kind) and open questions beside the rule."""
    figures: list[Figure] = []
    model, cases = room_model(), cases_of(lines)
    for head, kinds in (("distress", DISTRESS[1:]), ("solicitation", SOLICITATION[1:])):
        labels = np.array([line.labels[head] for line in lines])
        truth, scores = labels != "none", found.calibrated(head)
        flag = model.threshold(head, "flag")
        figures += [
            _two_way(f"reading.chat.{head}.macro_f1", truth, scores >= flag, cases),
            count(f"reading.chat.{head}.calibration_error", calibration_error(truth.astype(int), scores), len(lines), "lower"),
            *precision_recall(f"reading.chat.{head}.flag", truth, scores >= flag, cases),
            *precision_recall(f"reading.chat.{head}.case", truth, scores >= model.threshold(head, "case"), cases),
            *by_slice(cases, ("language",), _f1_of(f"reading.chat.{head}.macro_f1", truth, scores >= flag, cases)),
        ]  # fmt: skip
        for kind in kinds:
            meant = labels == kind
            figures.append(
                share(f"reading.chat.{head}.recall_{kind}", int((scores[meant] >= flag).sum()), int(meant.sum()))
            )
    asked = np.array([bool(line.labels["question"]) for line in lines])
    scores = found.calibrated("question")
    rule = np.array([questions.is_question(line.plain, line.language) for line in lines])
    return [
        *figures,
        _two_way("reading.chat.question.macro_f1", asked, scores >= model.threshold("question", "best_f1"), cases),
        _two_way("reading.chat.question.macro_f1_rule", asked, rule),
        count(
            "reading.chat.question.calibration_error",
            calibration_error(asked.astype(int), scores),
            len(lines),
            "lower",
        ),
    ]


def _moods(lines: Sequence[Line]) -> list[Figure]:
    truth = [LABELS.index(line.labels["sentiment"]) for line in lines]
    texts = [line.text for line in lines]
    table = mood(texts)
    languages = np.array([line.language for line in lines])
    found = table.argmax(axis=1)
    name = "reading.chat.sentiment"
    figures = [
        macro_f1_figure(f"{name}.macro_f1", truth, found.tolist(), range(3), cases_of(lines)),
        macro_f1_figure(f"{name}.macro_f1_words_only", truth, mood(texts, two_stages=False).argmax(axis=1), range(3)),
        macro_f1_figure(f"{name}.macro_f1_majority", truth, majority(truth), range(3)),
        accuracy_figure(f"{name}.accuracy", truth, found.tolist()),
    ]
    for number, label in enumerate(LABELS):
        right = np.array(truth) == number
        figures += precision_recall(f"{name}.{label}", right, found == number)
        error = calibration_error(right.astype(int), table[:, number])
        figures.append(count(f"{name}.calibration_error_{label}", error, len(lines), "lower"))
    for library, judge, read in (("snownlp", snownlp, ("zh", "mixed")), ("vader", vader, ("en",))):
        rows = np.flatnonzero(np.isin(languages, read)).tolist()
        said = judge([texts[row] for row in rows]).tolist()
        right_ones = [truth[row] for row in rows]
        figures += [
            macro_f1_figure(f"{name}.macro_f1_{library}", right_ones, said, range(3)),
            macro_f1_figure(f"{name}.macro_f1_beside_{library}", right_ones, [int(found[r]) for r in rows], range(3)),
        ]
    return figures


def _labels_agree() -> list[Figure]:
    """Return how far two people agree who labelled the same lines without seeing each other's labels."""
    first = {row["id"]: row for path in sorted(ROOM.glob("w*.jsonl")) for row in read_jsonl(path)}
    pairs = [(first[row["id"]], row) for row in read_jsonl(ROOM / "second.jsonl") if row["id"] in first]
    moods = [[LABELS.index(row["sentiment"]) for row in pair] for pair in pairs]
    attacks = [[int(bool(row["offence"])) for row in pair] for pair in pairs]
    return [
        agreement_figure("reading.labels.alpha_sentiment", moods, "ordinal"),
        agreement_figure("reading.labels.alpha_offensive", attacks, "nominal"),
    ]


def _two_way(
    name: str, truth: NDArray[np.bool_], flagged: NDArray[np.bool_], cases: Sequence[EvalCase] | None = None
) -> Figure:
    return macro_f1_figure(name, truth.astype(int).tolist(), flagged.astype(int).tolist(), (0, 1), cases)


def _f1_of(name: str, truth: NDArray[np.bool_], flagged: NDArray[np.bool_], cases: Sequence[EvalCase]) -> Make:
    def make(rows: Sequence[int]) -> list[Figure]:
        at = list(rows)
        return [_two_way(name, truth[at], flagged[at], [cases[one] for one in at])]

    return make


def _worst(lines: Sequence[Line], found: RoomReading) -> list[dict[str, object]]:
    """Return the lines where the probability of an attack is farthest from the label."""
    scores = found.calibrated("offensive")
    wrong = np.array(
        [abs(float(bool(line.labels["offence"])) - score) for line, score in zip(lines, scores, strict=True)]
    )
    return [
        {
            "text": lines[row].text,
            "slice": lines[row].slice,
            "gold": list(lines[row].labels["offence"]),
            "offensive": round(float(scores[row]), 3),
        }
        for row in np.argsort(-wrong, kind="stable")[:WORST].tolist()
    ]


SUITE = Suite(
    "reading",
    1,
    "single chat lines, scenes never trained on: attacks, distress, offers, questions, mood",
    measure,
    "test scenes",
)
