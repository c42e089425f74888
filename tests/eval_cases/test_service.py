from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from copilot.community.store import Store
from copilot.community.tables import AuditEntry
from copilot.errors import InvalidInput, NotFound
from copilot.eval_cases.models import KINDS
from copilot.eval_cases.service import EvalCaseService
from eval.exported import read_exported
from tests.eval_cases.conftest import PEOPLE, unpacked


def test_words_leave_only_with_consent_and_never_those_of_the_hidden_or_of_care(
    service: EvalCaseService, decided: str, tmp_path: Path
) -> None:
    export = unpacked(service, decided, tmp_path / "out")
    every = "\n".join(export.files.values())
    for words in ("不许外传的话", "somebody hidden", "只有关怀看得到的话", "was rude"):
        assert words not in every
    rows = export.rows("decisions")
    assert {row["why_no_text"] for row in rows} == {"", "no_consent"}
    # The decision that was taken back is no label, and the message kept for care is no row.
    assert len(rows) == 3
    left = export.manifest["files"]["decisions.jsonl"]["left_out"]
    assert left == {"not_shown": 1, "text_no_consent": 1, "undone": 1}


def test_nobody_is_named_in_an_export(service: EvalCaseService, decided: str, tmp_path: Path) -> None:
    export = unpacked(service, decided, tmp_path / "out")
    every = "\n".join(export.files.values())
    for name in (
        *PEOPLE.values(),
        "Grace",
        "沈知微",
        "罗大川",
        "shen_zhiwei88",
        "7946",
        "example.org",
        "mem_ann",
        "msg_",
        "ext-",
    ):
        assert name not in every, name
    first = next(row for row in export.rows("decisions") if row["language"] == "zh")
    assert "你就是骗子" in first["text"]
    assert "[account]" in first["text"]


def test_one_person_is_one_pseudonym_in_an_export_and_another_in_the_next(
    service: EvalCaseService, decided: str, tmp_path: Path
) -> None:
    once, again = (unpacked(service, decided, tmp_path / name) for name in ("a", "b"))

    def people(export: object) -> set[str]:
        return {row["sender"] for kind in ("decisions", "claims") for row in export.rows(kind)}  # type: ignore[attr-defined]  # an Unpacked

    assert len(people(once)) == len(people(again)) == 3
    assert not people(once) & people(again)
    text = next(row["text"] for row in once.rows("decisions") if row["language"] == "zh")
    # Ann names herself: the placeholder is her pseudonym as a sender.
    sender = next(row["sender"] for row in once.rows("decisions") if row["language"] == "zh")
    assert f"[member_{sender.partition('_')[2]}]" in text


def test_context_comes_with_the_words_that_may_leave(service: EvalCaseService, decided: str, tmp_path: Path) -> None:
    rows = unpacked(service, decided, tmp_path / "out").rows("decisions")
    [context] = [row["context"] for row in rows if row["context"]]
    assert [one["text"] is None for one in context] == [True, False]


def test_what_records_contradicted_is_a_kind_of_its_own_and_audits_count_as_decisions(
    service: EvalCaseService, decided: str, tmp_path: Path
) -> None:
    export = unpacked(service, decided, tmp_path / "out")
    assert [row["label"] for row in export.rows("claims")] == ["no_violation"]
    assert [(row["source"], row["label"]) for row in export.rows("decisions") if row["source"] == "audit"] == [
        ("audit", "no_violation")
    ]


def test_every_export_is_in_the_audit_log_with_its_counts(
    service: EvalCaseService, decided: str, store: Store, tmp_path: Path
) -> None:
    export = unpacked(service, decided, tmp_path / "out", ["decisions"])
    assert set(export.files) == {"README.md", "manifest.json", "decisions.jsonl"}
    with store.read(decided) as unit:
        [entry] = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "evaluation.cases_exported"))
        assert (entry.actor, entry.subject_id, entry.data) == (
            "key_admin",
            export.manifest["export_id"],
            {"decisions": 3},
        )


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_card_is_in_the_communitys_language(service: EvalCaseService, community: str, store: Store, tmp_path: Path, locale: str) -> None:  # fmt: skip
    with store.write(community) as unit:
        unit.community().locale = locale
    card = unpacked(service, community, tmp_path / "out").files["README.md"]
    assert card.startswith("# 来自社区的评测案例" if locale == "zh-CN" else "# Cases from a community")
    assert ("已删除成员的名字" if locale == "zh-CN" else "names of members who were erased") in card
    for kind in KINDS:
        assert f"| `{kind}.jsonl` | 0 |" in card


def test_the_salt_stays_in_the_data_folder_and_is_the_owners_alone(
    service: EvalCaseService, community: str, tmp_path: Path
) -> None:
    export = unpacked(service, community, tmp_path / "out")
    [salt] = (tmp_path / "data").iterdir()
    assert salt.stat().st_mode & 0o077 == 0
    assert len(salt.read_bytes()) == 32
    assert salt.read_bytes().hex() not in "".join(export.files.values())


def test_another_communitys_rows_are_not_in_it_and_an_unknown_one_or_kind_is_refused(
    service: EvalCaseService, decided: str, store: Store, tmp_path: Path
) -> None:
    from copilot.community.tables import Community

    with store.system(write=True) as session:
        session.add(Community(id="d", slug="other", name="x", locale="en", created_at=store.clock.now()))
    assert unpacked(service, "d", tmp_path / "out").rows("decisions") == []
    with pytest.raises(NotFound):
        service.export("nobody", [], actor="a")
    with pytest.raises(InvalidInput, match="what is one of"):
        service.export(decided, ["secrets"], actor="a")  # type: ignore[list-item]  # on purpose


def test_what_was_exported_is_read_back_and_what_was_changed_is_not(
    service: EvalCaseService, decided: str, tmp_path: Path
) -> None:
    export = unpacked(service, decided, tmp_path / "out")
    assert read_exported(export.folder).rows["decisions"] == export.rows("decisions")
    with (export.folder / "decisions.jsonl").open("a") as file:
        file.write("{}\n")
    with pytest.raises(InvalidInput, match=r"decisions\.jsonl was changed"):
        read_exported(export.folder)
    (export.folder / "claims.jsonl").unlink()
    (export.folder / "manifest.json").write_text("{}")
    with pytest.raises(InvalidInput, match=r"manifest\.json: format_version"):
        read_exported(export.folder)
    with pytest.raises(InvalidInput, match="holds no export"):
        read_exported(tmp_path)
