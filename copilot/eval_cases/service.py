"""Production comes back as cases for evaluation: with consent, without people, once audited. Feature key `evaluation:export`."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from copilot.community.ids import new_id
from copilot.community.store import Store
from copilot.errors import InvalidInput
from copilot.eval_cases.card import render_card
from copilot.eval_cases.decided import decided_cases
from copilot.eval_cases.drafted import answered_matches, drafted_plans, suggested_topics
from copilot.eval_cases.models import CARD, FORMAT_VERSION, KINDS, MANIFEST, CaseFile, EvalExport, What
from copilot.eval_cases.people import Rules, rules_of
from copilot.eval_cases.pseudonyms import Pseudonyms, read_salt


class EvalCaseService:
    """Exports decisions, feedback and outcomes of communities as case sets."""

    def __init__(self, store: Store, data_dir: Path) -> None:
        """Take the store, and the folder that keeps the salt of pseudonyms."""
        self._store = store
        self._data_dir = data_dir

    def export(self, community_id: str, what: Sequence[What], *, actor: str) -> EvalExport:
        """Return a ZIP of JSON lines for each kind of `what` (all for none), a manifest and a card; the audit log says so.

        Raises:
            InvalidInput: an unknown kind.
            NotFound: there is no such community.
        """
        if unknown := sorted(set(what) - set(KINDS)):
            raise InvalidInput(f"what is one of {', '.join(KINDS)}, not {', '.join(unknown)}", field="what")
        chosen = [kind for kind in KINDS if not what or kind in what]
        export_id = new_id("exp")
        names = Pseudonyms(read_salt(self._data_dir), community_id, export_id)
        with self._store.read(community_id) as unit:
            locale, now = unit.community().locale, unit.now
            rules = rules_of(unit, names)
        files = [self._file(community_id, kind, rules) for kind in chosen]
        content = {file.name: _lines(file.rows) for file in files}
        manifest = {
            "format_version": FORMAT_VERSION, "export_id": export_id, "exported_on": now.date().isoformat(),
            "locale": locale, "placeholders": dict(sorted(rules.redactor.counts.items())),
            "files": {
                file.name: {
                    "rows": len(file.rows), "left_out": {k: n for k, n in sorted(file.left_out.items()) if n},
                    "sha256": hashlib.sha256(content[file.name]).hexdigest(),
                }
                for file in files
            },
        }  # fmt: skip
        counts: dict[str, int] = {file.what: len(file.rows) for file in files}
        with self._store.write(community_id) as unit:
            unit.audit(actor, "evaluation.cases_exported", ("eval_export", export_id), **counts)
        card = render_card(locale, manifest, files).encode()
        plain = {CARD: card, MANIFEST: (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode(), **content}
        return EvalExport(export_id, _zipped(plain), counts)

    def _file(self, community_id: str, kind: What, rules: Rules) -> CaseFile:
        if kind == "matches":
            return answered_matches(self._store, community_id, rules)
        with self._store.read(community_id) as unit:
            if kind == "topics":
                return suggested_topics(unit, rules)
            if kind == "plans":
                return drafted_plans(unit, rules)
            return decided_cases(unit, rules, kind)


def _lines(rows: Sequence[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows).encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
