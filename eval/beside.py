"""Which figures are baselines, and of which figure: read from their names, so that a new suite needs nothing here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

# What a part of a name, or the end of one, says about who was measured.
BASELINES: Mapping[str, str] = {
    "random": "chance", "most_active": "most active", "one_vector": "one vector a member", "one_text": "one vector a member",
    "langchain_chroma": "LangChain + Chroma", "bm25": "BM25", "majority": "commonest class", "words_only": "words alone",
    "snownlp": "snownlp", "vader": "VADER", "profanity_check": "alt-profanity-check", "word_list": "word list",
    "public_comments": "models of public comments", "keywords": "keyword reader", "rule": "rule", "without_context": "without context",
    "control_shuffled": "times shuffled", "dense_only": "meaning alone", "lexical_only": "words alone",
    "without_profiles": "without profiles",
}  # fmt: skip
_SAME_AS = {
    "teams.dev.search_alone": ("teams.dev.slots_well_filled", "first search hit"),
    "teams.test.search_alone": ("teams.test.slots_well_filled", "first search hit"),
}
# Single lines are read for attacks; what they are compared with is named apart.
_READING = "reading.chat."
_DROPPED = frozenset({"ours", "test"})


def beside(names: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return, by figure, its baselines among `names` as (figure, what it is), in the order given."""
    names = list(names)
    own = {_plain(name): name for name in reversed(names) if not _token(name) and name not in _SAME_AS}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in names:
        if name in _SAME_AS:
            figure, label = _SAME_AS[name]
            found[figure].append((name, label))
        elif token := _token(name):
            figure = own.get(_plain(name)) or own.get(_plain(name).replace(_READING, f"{_READING}offensive."), "")
            if figure:
                found[figure].append((name, BASELINES[token]))
    return dict(found)


def is_baseline(name: str) -> bool:
    """Whether a figure is there to be compared with."""
    return name in _SAME_AS or bool(_token(name))


def _token(name: str) -> str:
    """Return who was measured instead of the product, empty for the product."""
    for part in name.split(".")[1:]:
        for token in BASELINES:
            if part == token or (part.endswith(f"_{token}") and not part.startswith("gain_over")):
                return token
    return ""


def _plain(name: str) -> str:
    """Return a name without who was measured, and without the split that is meant when none is named."""
    token = _token(name)
    parts = [part.removesuffix(f"_{token}") if token else part for part in name.split(".")]
    return ".".join(part for part in parts if part != token and part not in _DROPPED)
