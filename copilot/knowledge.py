"""KnowledgeBase: playbooks (YAML) and articles (Markdown) that drafts may follow and cite, loaded and validated once.

A folder holds `playbooks/<name>.<locale>.yaml`, `articles/<name>.<locale>.md` and `price_levels.yaml`. Later folders override earlier
ones by id and language, so operators keep their own versions beside the shipped ones.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from copilot.currency import CNY, CURRENCIES
from copilot.documents import DocumentProblem, describe_validation, parse_yaml, read_document, split_front_matter
from copilot.errors import KnowledgeInvalid, NotFound
from copilot.playbook_models import Line, Locale, Playbook

FOLDERS = ("playbooks", "articles", "frameworks", "care", "agreements")
PRICE_LEVELS = "price_levels.yaml"
MAX_FILES = 500
MAX_QUERY_CHARS = 2000
# Robertson & Zaragoza 2009, "The Probabilistic Relevance Framework": usual values of BM25's two parameters.
_BM25_K1, _BM25_B = 1.2, 0.75
_WORD = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]+")
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$")
_FENCE = re.compile(r"^(```|~~~)")


class PriceLevels(BaseModel):
    """Whole units of each currency that buy, for an event, what one yuan buys: an assumption of whoever wrote it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    levels: dict[str, Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]]

    @field_validator("levels")
    @classmethod
    def _known(cls, value: dict[str, float]) -> dict[str, float]:
        if unknown := sorted(set(value) - set(CURRENCIES)):
            raise ValueError(f"unknown currency {unknown[0]!r}; known: {', '.join(CURRENCIES)}")
        if value.get(CNY, 1) != 1:
            raise ValueError("the level of CNY is 1: the others are counted from it")
        return value


class Passage(BaseModel):
    """A section of an article; `id` is what a draft cites, such as `newcomers#2`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    article_id: str
    locale: Locale
    heading: str
    text: str


class ArticleHead(BaseModel):
    """What the front matter of an article holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")
    title: Line
    locale: Locale
    reviewed_on: date
    tags: list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]] = Field(
        [], max_length=20
    )


class Article(ArticleHead):
    """A short text about running communities, split into citable passages at its second-level headings."""

    passages: list[Passage] = Field(min_length=1, max_length=100)


@dataclass(frozen=True)
class PassageHit:
    """A passage found by `KnowledgeBase.search`; `score` is BM25, above 0, higher is better."""

    passage: Passage
    score: float


Item = TypeVar("Item", Playbook, Article)


class KnowledgeBase:
    """What drafts may follow and cite. Immutable once loaded, safe to share between threads."""

    def __init__(
        self, playbooks: Sequence[Playbook], articles: Sequence[Article], levels: Mapping[str, float] | None = None
    ) -> None:
        self._levels = {CNY: 1.0, **(levels or {})}
        self._playbooks: dict[tuple[str, str], Playbook] = {(p.format, p.locale): p for p in playbooks}
        self._articles: dict[tuple[str, str], Article] = {(a.id, a.locale): a for a in articles}
        self._lexicon = {locale: _Lexicon(self._passages(locale)) for locale in ("zh-CN", "en")}

    @classmethod
    def load(cls, folders: Sequence[Path]) -> KnowledgeBase:
        """Read every folder, later ones overriding by id and language.

        Raises:
            KnowledgeInvalid: a folder is missing or a file does not validate; `data` holds `file` and `fields`.
        """
        playbooks: dict[tuple[str, str], tuple[Path, Playbook]] = {}
        articles: dict[tuple[str, str], tuple[Path, Article]] = {}
        levels: dict[str, float] = {}
        for folder in folders:
            parts = (folder / "playbooks", folder / "articles")
            # Frameworks are read by the feature that uses them; a folder with nothing else is no mistake.
            prices = folder / PRICE_LEVELS
            if not any((folder / name).is_dir() for name in FOLDERS) and not prices.is_file():
                raise KnowledgeInvalid(
                    f"{folder} has neither playbooks/ nor articles/ nor frameworks/ nor care/",
                    file=str(folder),
                    fields=[],
                )
            if prices.is_file():
                levels.update(read_price_levels(prices).levels)
            playbooks.update(_by_id((p, _read_playbook(p)) for p in _files(parts[0], (".yaml", ".yml"))))
            articles.update(_by_id((p, _read_article(p)) for p in _files(parts[1], (".md",))))
        _refuse_rivals(playbooks.values())
        return cls([book for _, book in playbooks.values()], [article for _, article in articles.values()], levels)

    def playbook(self, format: str, locale: str, currency: str = CNY) -> Playbook:  # noqa: A002  # the field's own word
        """Return the playbook of one event format, priced in a currency.

        Raises:
            NotFound: there is none in this language, or nothing says what things cost in this currency;
                `data["known"]` lists the formats, or the currencies, there are.
        """
        found = self._playbooks.get((format, locale))
        if found is None:
            known = [book.format for book in self.playbooks(locale)]
            raise NotFound(
                f"there is no playbook for {format!r} in {locale}; known: {', '.join(known) or 'none'}",
                kind="playbook", id=format, known=known,
            )  # fmt: skip
        return found.in_currency(currency, self._level(currency))

    def _level(self, currency: str) -> float:
        level = self._levels.get(currency)
        if level is None:
            raise NotFound(
                f"no {PRICE_LEVELS} says what an event costs in {currency}; known: {', '.join(self._levels)}",
                kind="price_level", id=currency, known=list(self._levels),
            )  # fmt: skip
        return level

    def playbooks(self, locale: str) -> list[Playbook]:
        """Return all playbooks in one language, by format."""
        return sorted((b for b in self._playbooks.values() if b.locale == locale), key=lambda book: book.format)

    def article(self, article_id: str, locale: str) -> Article:
        """Return one article.

        Raises:
            NotFound: there is none in this language.
        """
        found = self._articles.get((article_id, locale))
        if found is None:
            raise NotFound(f"there is no article {article_id!r} in {locale}", kind="article", id=article_id)
        return found

    def articles(self, locale: str) -> list[Article]:
        """Return all articles in one language, by id."""
        return sorted((a for a in self._articles.values() if a.locale == locale), key=lambda article: article.id)

    def passage(self, passage_id: str, locale: str) -> Passage:
        """Return a passage by its citation, such as `newcomers#2`.

        Raises:
            NotFound: nothing has this citation in this language.
        """
        article_id = passage_id.partition("#")[0]
        for passage in self.article(article_id, locale).passages:
            if passage.id == passage_id:
                return passage
        raise NotFound(f"there is no passage {passage_id!r} in {locale}", kind="passage", id=passage_id)

    def search(self, query: str, locale: str, n: int = 5) -> list[PassageHit]:
        """Return at most `n` (1-50) passages that share words with `query`, best first; none shared gives an empty list."""
        lexicon = self._lexicon.get(locale)
        return lexicon.search(query[:MAX_QUERY_CHARS], max(1, min(n, 50))) if lexicon else []

    def _passages(self, locale: str) -> list[Passage]:
        return [passage for article in self.articles(locale) for passage in article.passages]


class _Lexicon:
    """BM25 over the passages of one language; Chinese is counted in character pairs, so no segmenter is needed."""

    def __init__(self, passages: list[Passage]) -> None:
        self._passages = passages
        self._counts = [Counter(_terms(f"{p.heading}\n{p.text}")) for p in passages]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean_length = sum(self._lengths) / len(passages) if passages else 0.0
        self._spread = Counter(term for counts in self._counts for term in counts)

    def search(self, query: str, n: int) -> list[PassageHit]:
        terms = dict.fromkeys(_terms(query))
        hits = [PassageHit(passage, self._score(i, terms)) for i, passage in enumerate(self._passages)]
        return sorted((h for h in hits if h.score > 0), key=lambda h: (-h.score, h.passage.id))[:n]

    def _score(self, index: int, terms: dict[str, None]) -> float:
        counts, size = self._counts[index], len(self._passages)
        stretch = _BM25_K1 * (1 - _BM25_B + _BM25_B * self._lengths[index] / self._mean_length)
        total = 0.0
        for term in terms:
            if count := counts[term]:
                spread = self._spread[term]
                rarity = math.log(1 + (size - spread + 0.5) / (spread + 0.5))
                total += rarity * count * (_BM25_K1 + 1) / (count + stretch)
        return total


def _terms(text: str) -> Iterator[str]:
    for run in _WORD.findall(text.lower()):
        if run[0] < "\u3400" or len(run) == 1:
            yield run
        else:
            yield from (run[i : i + 2] for i in range(len(run) - 1))


def _files(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    if not folder.is_dir():
        return []
    found = sorted(p for p in folder.iterdir() if not p.name.startswith(".") and p.name != "README.md")
    if len(found) > MAX_FILES:
        raise KnowledgeInvalid(f"{folder} holds more than {MAX_FILES} files", file=str(folder), fields=[])
    for path in found:
        if path.suffix not in endings or not path.is_file():
            raise KnowledgeInvalid(
                f"{path}: only files ending in {' or '.join(endings)} belong here", file=str(path), fields=[]
            )
    return found


def _by_id(items: Iterator[tuple[Path, Item]]) -> dict[tuple[str, str], tuple[Path, Item]]:
    """Key the documents of one folder by (id, locale); two with one id are a mistake, not an override."""
    found: dict[tuple[str, str], tuple[Path, Item]] = {}
    for path, item in items:
        key = (item.id, item.locale)
        if key in found:
            raise KnowledgeInvalid(
                f"{path}: id {item.id!r} is already used by {found[key][0].name}", file=str(path), fields=["id"]
            )
        if not path.stem.endswith(f".{item.locale}"):
            raise KnowledgeInvalid(
                f"{path}: says locale {item.locale}, so its name must end in .{item.locale}{path.suffix}",
                file=str(path), fields=["locale"],
            )  # fmt: skip
        found[key] = (path, item)
    return found


def _refuse_rivals(playbooks: Iterable[tuple[Path, Playbook]]) -> None:
    """Each format has one playbook per language; a second one must take the first one's id to replace it."""
    owners: dict[tuple[str, str], Playbook] = {}
    for path, book in playbooks:
        rival = owners.setdefault((book.format, book.locale), book)
        if rival is not book:
            raise KnowledgeInvalid(
                f"{path}: format {book.format!r} already has the playbook {rival.id!r}; use that id to replace it",
                file=str(path), fields=["format"],
            )  # fmt: skip


def read_price_levels(path: Path) -> PriceLevels:
    """Read what things cost by currency.

    Raises:
        KnowledgeInvalid: the file does not validate.
    """
    try:
        return PriceLevels.model_validate(parse_yaml(read_document(path)))
    except (DocumentProblem, ValidationError) as error:
        raise _invalid(path, error) from error


def _read_playbook(path: Path) -> Playbook:
    try:
        return Playbook.model_validate(parse_yaml(read_document(path)))
    except (DocumentProblem, ValidationError) as error:
        raise _invalid(path, error) from error


def _read_article(path: Path) -> Article:
    try:
        front, body = split_front_matter(read_document(path))
        head = ArticleHead.model_validate(front)
        return Article(**head.model_dump(), passages=_split(head, body))
    except (DocumentProblem, ValidationError) as error:
        raise _invalid(path, error) from error


def _invalid(path: Path, error: DocumentProblem | ValidationError) -> KnowledgeInvalid:
    if isinstance(error, DocumentProblem):
        return KnowledgeInvalid(f"{path}: {error}", file=str(path), fields=[])
    sentence, fields = describe_validation(error)
    return KnowledgeInvalid(f"{path}: {sentence}", file=str(path), fields=fields)


def _split(head: ArticleHead, body: str) -> list[Passage]:
    """Cut the body at `#` and `##` headings outside code fences; text before the first gets the article's title."""
    sections: list[tuple[str, list[str]]] = [(head.title, [])]
    in_code = False
    for line in body.splitlines():
        in_code ^= bool(_FENCE.match(line))
        heading = None if in_code else _HEADING.match(line)
        if heading and len(heading[1]) <= 2:
            sections.append((heading[2], []))
        else:
            sections[-1][1].append(line)
    texts = [(heading, "\n".join(lines).strip()) for heading, lines in sections]
    return [
        Passage(id=f"{head.id}#{n}", article_id=head.id, locale=head.locale, heading=heading, text=text)
        for n, (heading, text) in enumerate(((h, t) for h, t in texts if t), start=1)
    ]
