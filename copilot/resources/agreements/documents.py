"""One version of an agreement as Markdown and as a page. What members wrote makes no heading, link, picture or tag."""

from __future__ import annotations

import re
from html import escape
from zoneinfo import ZoneInfo

from copilot.resources.agreements.models import AgreementView

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_LIST_START = re.compile(r"^([-+])(?=\s)|^(=+)")
_NUMBER_START = re.compile(r"^(\d+)([.)])(?=\s)")
# Letters that turn the direction of what follows: they could show another sum than the one that was agreed on.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WORDS: dict[str, tuple[str, str]] = {
    "version": ("第 {number} 版，{status}", "Version {number}, {status}"),
    "proposed": ("等待双方同意", "waiting for both sides"),
    "in_force": ("双方已同意", "accepted by both sides"),
    "replaced": ("已被新的一版取代", "replaced by a newer one"),
    "lender": ("提供方", "Lender"),
    "borrower": ("使用方", "Borrower"),
    "accepted": ("同意记录", "Accepted"),
    "nobody": ("还没有人同意。", "Nobody has accepted it yet."),
    "by_operator": ("（由运营代记）", " (noted by an operator)"),
    "hash": ("内容校验（SHA-256）", "Hash of the content (SHA-256)"),
    "incomplete": (
        "有一部分已随成员的资料删除，校验值对应的是完整的原文。",
        "A part went with a member's data; the hash is of the whole.",
    ),
    "differs": (
        "使用的日期、份数或双方在这一版之后有过变化。",
        "Days, units or sides of the loan have changed since this version.",
    ),
}


def render_markdown(view: AgreementView, locale: str, zone: ZoneInfo) -> str:
    """Return the version as Markdown."""
    parts = [f"# {plain(view.title)}", f"> {plain(view.notice)}", plain(_state(view, locale))]
    parts.append("\n".join(f"- {_said(side, locale)}: {plain(name)}" for side, name in _parties(view)))
    parts += [
        f"## {number}. {plain(clause.heading)}\n\n{plain(clause.text)}"
        for number, clause in enumerate(view.clauses, start=1)
    ]
    parts.append(f"## {_said('accepted', locale)}")
    parts.append("\n".join(f"- {plain(line)}" for line in _accepted(view, locale, zone)))
    parts += [f"> {plain(note)}" for note in _notes(view, locale)]
    parts.append(f"{_said('hash', locale)}: `{view.content_hash}`")
    return "\n\n".join(parts) + "\n"


def render_html(view: AgreementView, locale: str, zone: ZoneInfo) -> str:
    """Return the version as a page that loads nothing and runs nothing."""
    rows = "".join(f"<dt>{escape(_said(side, locale))}</dt><dd>{_text(name)}</dd>" for side, name in _parties(view))
    clauses = "".join(
        f"<li><h2>{_text(clause.heading)}</h2><p>{_text(clause.text)}</p></li>" for clause in view.clauses
    )
    accepted = "".join(f"<li>{_text(line)}</li>" for line in _accepted(view, locale, zone))
    notes = "".join(f"<p>{_text(note)}</p>" for note in _notes(view, locale))
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if locale == "zh-CN" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(view.title)}</title>\n<style>body{{font:16px/1.7 sans-serif;max-width:42em;margin:2em auto;"
        "padding:0 1em;overflow-wrap:anywhere}h2{font-size:1em}.note{border-left:4px solid;padding-left:1em}"
        "</style>\n</head>\n<body>\n"
        f'<h1>{_text(view.title)}</h1>\n<p class="note">{_text(view.notice)}</p>\n<p>{_text(_state(view, locale))}</p>\n'
        f"<dl>{rows}</dl>\n<ol>{clauses}</ol>\n<h2>{escape(_said('accepted', locale))}</h2>\n<ul>{accepted}</ul>\n{notes}\n"
        f"<p>{escape(_said('hash', locale))}: <code>{escape(view.content_hash)}</code></p>\n</body>\n</html>\n"
    )


def _parties(view: AgreementView) -> list[tuple[str, str]]:
    return [("lender", view.lender_name), ("borrower", view.borrower_name)]


def _state(view: AgreementView, locale: str) -> str:
    return _said("version", locale).format(number=view.number, status=_said(view.status, locale))


def _accepted(view: AgreementView, locale: str, zone: ZoneInfo) -> list[str]:
    lines = [
        f"{_said(item.side, locale)} {item.name}: {item.accepted_at.astimezone(zone).isoformat(' ', 'minutes')}"
        f"{_said('by_operator', locale) if item.by_operator else ''}"
        for item in view.accepted
    ]
    return lines or [_said("nobody", locale)]


def _notes(view: AgreementView, locale: str) -> list[str]:
    notes = [] if view.complete else [_said("incomplete", locale)]
    return [*notes, _said("differs", locale)] if view.differs_from_loan else notes


def plain(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    line = " ".join(_TURNING.sub("", text).split())
    escaped = _LIST_START.sub(r"\\\g<0>", _SPECIAL.sub(r"\\\1", line))
    return _NUMBER_START.sub(r"\1\\\2", escaped)


def _text(text: str) -> str:
    return escape(_TURNING.sub("", text))


def _said(key: str, locale: str) -> str:
    return _WORDS[key][0 if locale == "zh-CN" else 1]
