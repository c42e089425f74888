"""Fills a template: checks what the two sides gave, field by field, works out shares, and hashes the whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.community.tables import Agreement
from copilot.community.text import clean_text
from copilot.currency import money
from copilot.errors import InvalidInput
from copilot.resources.agreements.models import WHOLE, AgreementDraft, ClauseView, Party, Share
from copilot.resources.agreements.templates import AgreementField, AgreementTemplate, FieldKind, fill
from copilot.resources.loan_models import MAX_VALUE_MINOR
from copilot.resources.wording import wrong

_RANGES: dict[FieldKind, tuple[int, int]] = {
    "money": (0, MAX_VALUE_MINOR), "days": (1, 365), "number": (1, 1_000_000),
}  # fmt: skip
# In which list of a draft each kind is filled in.
_PLACES: dict[FieldKind, str] = {
    "text": "texts", "money": "numbers", "days": "numbers", "number": "numbers", "day": "days", "shares": "shares",
}  # fmt: skip
_WORDS = {
    "lender": ("提供方", "lender"),
    "borrower": ("使用方", "borrower"),
    "community": ("社区", "community"),
    "erased": ("（已随成员删除）", "(gone with the member who wrote it)"),
    "between": ("，", ", "),
}


@dataclass(frozen=True)
class Filled:
    """What was given, checked: numbers, days and shares by field, and texts, which somebody wrote."""

    terms: dict[str, Any]
    texts: dict[str, str]


def check_draft(template: AgreementTemplate, draft: AgreementDraft) -> Filled:
    """Return what fills the template.

    Raises:
        InvalidInput: a field that is unknown, given twice, of another kind, out of range or missing; shares that do not
            sum to 100 %.
    """
    fields = {field.key: field for field in template.fields}
    given: dict[str, tuple[FieldKind, Any]] = {}
    for item in draft.texts:
        _take(given, fields, item.field, "texts", item.text)
    for number in draft.numbers:
        _take(given, fields, number.field, "numbers", number.number)
    for day in draft.days:
        _take(given, fields, day.field, "days", day.day.isoformat())
    shared = [field.key for field in template.fields if field.kind == "shares"]
    if draft.shares:
        if not shared:
            raise wrong("unknown_field", "shares", name="shares")
        given[shared[0]] = ("shares", _checked_shares(draft.shares))
    for key, (kind, value) in given.items():
        if kind in _RANGES and not _RANGES[kind][0] <= value <= _RANGES[kind][1]:
            least, most = _RANGES[kind]
            raise wrong("number_range", key, _PLACES[kind], name=key, least=least, most=most)
    if missing := [key for key, field in fields.items() if field.required and key not in given]:
        raise wrong("field_missing", missing[0], _PLACES[fields[missing[0]].kind], name=", ".join(missing))
    texts = {key: _readable(key, value) for key, (kind, value) in given.items() if kind == "text"}
    return Filled({key: value for key, (kind, value) in given.items() if kind != "text"}, texts)


def _take(
    given: dict[str, tuple[FieldKind, Any]], fields: Mapping[str, AgreementField], key: str, place: str, value: Any
) -> None:  # fmt: skip
    if key not in fields:
        raise wrong("unknown_field", key, place, name=key)
    if _PLACES[fields[key].kind] != place:
        raise wrong("field_kind", key, place, name=key)
    if key in given:
        raise wrong("field_twice", key, place, name=key)
    given[key] = (fields[key].kind, value)


def _readable(key: str, text: str) -> str:
    # One line: a paragraph of one side's making could look like a clause of its own.
    line = " ".join(clean_text(text).split())
    # Letters of no width say nothing either.
    if not any(letter.isprintable() and not letter.isspace() for letter in line):
        raise wrong("field_empty", key, _PLACES["text"], name=key)
    return line


def _checked_shares(shares: Sequence[Share]) -> list[list[Any]]:
    parties = [share.party for share in shares]
    if len(set(parties)) < len(parties):
        raise wrong("share_twice", "shares")
    total = sum(share.basis_points for share in shares)
    if total != WHOLE:
        raise wrong("shares_sum", "shares", sum=percent(total))
    return [[share.party, share.basis_points] for share in shares]


def percent(basis_points: int) -> str:
    """Return hundredths of a per cent as people write them: 62.5."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def split(amount_minor: int, shares: Sequence[tuple[Party, int]]) -> list[int]:
    """Share out an amount so that nothing is left over: by largest remainder, the first of equals first.

    Raises:
        InvalidInput: the shares do not sum to 100 %.
    """
    if sum(points for _party, points in shares) != WHOLE:
        raise InvalidInput("shares must sum to 10,000", field="shares")
    parts = [amount_minor * points // WHOLE for _party, points in shares]
    rests = [amount_minor * points % WHOLE for _party, points in shares]
    order = sorted(range(len(parts)), key=lambda place: (-rests[place], place))
    for place in order[: amount_minor - sum(parts)]:
        parts[place] += 1
    return parts


def content_hash(row: Agreement, texts: Mapping[str, str]) -> str:
    """Return the SHA-256 of all that a version says, in hexadecimal."""
    whole = {
        "loan": row.loan_id, "number": row.number, "template": row.template, "template_version": row.template_version,
        "locale": row.locale, "currency": row.currency, "lender": row.lender_id, "borrower": row.borrower_id,
        "units": row.units, "starts_on": row.starts_on.isoformat(), "ends_on": row.ends_on.isoformat(),
        "wording": row.wording, "terms": row.terms, "texts": dict(texts),
    }  # fmt: skip
    written = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def clauses(row: Agreement, texts: Mapping[str, str], names: Mapping[str, str]) -> list[ClauseView]:
    """Return the clauses, filled in; names are lender -> and borrower -> name. A text that is gone says so."""
    values = {**_shown(row, names), **texts}
    held = {*row.terms, *row.wording["texts"]}
    return [
        ClauseView(heading=item["heading"], text=fill(item["text"], values))
        for item in row.wording["clauses"]
        if item["needs"] is None or item["needs"] in held
    ]


def _shown(row: Agreement, names: Mapping[str, str]) -> dict[str, str]:
    erased = _word("erased", row.locale)
    shown = dict.fromkeys(row.wording["texts"], erased)
    shown |= {
        "lender": names["lender"], "borrower": names["borrower"], "resource": row.wording["resource"],
        "code": row.wording["code"], "units": str(row.units), "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
    }  # fmt: skip
    for key, value in row.terms.items():
        kind = row.wording["kinds"][key]
        if kind == "shares":
            between = _word("between", row.locale)
            shown[key] = between.join(f"{_word(party, row.locale)} {percent(points)}%" for party, points in value)
            if "expected" in row.terms:
                amounts = split(row.terms["expected"], value)
                shown["amounts"] = between.join(
                    f"{_word(party, row.locale)} {money(amount, row.currency, row.locale)}"
                    for (party, _points), amount in zip(value, amounts, strict=True)
                )
        else:
            shown[key] = money(value, row.currency, row.locale) if kind == "money" else str(value)
    return shown


def _word(key: str, locale: str) -> str:
    return _WORDS[key][0 if locale == "zh-CN" else 1]
