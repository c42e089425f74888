from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from copilot.community.importers.base import ImportedMember, ImportedResource, ImportKind, RowError, Truncated
from copilot.errors import ImportFailed, InvalidInput
from copilot.settings import LimitSettings
from tests.community.importers.conftest import ReadFile


def workbook(rows: list[list[Any]], *, blank_first_sheet: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    if blank_first_sheet:
        sheet = book.create_sheet("second")
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def member_of(records: list[Any], position: int = 0) -> ImportedMember:
    record = records[position]
    assert isinstance(record, ImportedMember), record
    return record


def test_a_chinese_header_is_understood(read_file: ReadFile) -> None:
    header = "编号,昵称,所在城市,行业,我是,我有/我能提供,我要（需求）,技能,入群时间,同意匹配,手机型号"
    row = "M001,老鲁,成都,工业传感器,做电机振动传感器,六年数据|能教谈工厂客户,找华东代理,算法；硬件、销售,2024年3月5日,是,P60"
    member = member_of(read_file(f"{header}\n{row}\n"))
    assert member.external_id == "M001"
    assert dict(member.values) == {
        "name": "老鲁", "city": "成都", "industry": "工业传感器", "skills": ["算法", "硬件", "销售"],
        "joined_at": datetime(2024, 3, 4, 16, 0, tzinfo=UTC), "consent_match": True,
    }  # fmt: skip
    assert dict(member.texts) == {
        "is": ("做电机振动传感器",),
        "has": ("六年数据", "能教谈工厂客户"),
        "wants": ("找华东代理",),
    }
    assert dict(member.attributes) == {"手机型号": "P60"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_delimiters_and_encodings(read_file: ReadFile, delimiter: str, encoding: str) -> None:
    text = f'编号{delimiter}姓名{delimiter}城市\r\n1{delimiter}"王{delimiter}小明"{delimiter}广州\r\n'
    member = member_of(read_file(text.encode(encoding)))
    assert (member.external_id, member.values["name"], member.values["city"]) == (
        "1",
        f"王{delimiter.replace(chr(9), ' ')}小明",
        "广州",
    )


def test_a_cell_may_span_lines_and_errors_still_name_the_right_line(read_file: ReadFile) -> None:
    text = 'id,has,consent_match\n1,"one\ntwo\nthree",yes\n2,x,maybe\n'
    records = read_file(text)
    assert member_of(records).texts["has"] == ("one", "two", "three")
    assert isinstance(records[1], RowError)
    assert (records[1].line, records[1].field, records[1].code) == (5, "consent_match", "not_yes_or_no")


def test_only_columns_that_the_file_has_are_stated(read_file: ReadFile) -> None:
    member = member_of(read_file("id,is,wants\n1,,\n"))
    assert dict(member.texts) == {"is": (), "wants": ()}
    assert dict(member.values) == {}


def test_an_empty_consent_says_nothing(read_file: ReadFile) -> None:
    member = member_of(read_file("id,consent_match,consent_ai,visibility\n1,,,\n"))
    assert dict(member.values) == {}


def test_of_two_columns_for_one_field_the_better_wins_and_the_other_is_kept(read_file: ReadFile) -> None:
    member = member_of(read_file("id,姓名,昵称\n1,张三,三哥\n"))
    assert (member.values["name"], dict(member.attributes)) == ("三哥", {"姓名": "张三"})


def test_the_mapping_renames_and_leaves_out_columns(read_file: ReadFile) -> None:
    text = "id,客户城市,手机号\n1,深圳,13800000000\n"
    member = member_of(read_file(text, mapping={"客户城市": "city", "手机号": "-"}, kind=ImportKind.MEMBERS))
    assert (member.values["city"], dict(member.attributes)) == ("深圳", {})


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ({"客户城市": "town"}, "no field of members"),
        ({"城": "city"}, "does not have"),
        ({"客户城市": "city", "id": "city"}, "twice"),
    ],
)
def test_a_mapping_to_nowhere_is_refused(read_file: ReadFile, mapping: dict[str, str], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        read_file("id,客户城市\n1,深圳\n", mapping=mapping, kind=ImportKind.MEMBERS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("name,city\nA,B\n", "no column for external_id"),
        ("id,city,city\n1,a,b\n", "appears twice"),
        (",,\n1,2,3\n", "names no columns|no column"),
        (",".join(f"c{n}" for n in range(300)) + "\n", "300 columns"),
    ],
)
def test_headers_that_cannot_work_fail_the_file(read_file: ReadFile, text: str, problem: str) -> None:
    with pytest.raises(ImportFailed, match=problem):
        read_file(text, kind=ImportKind.MEMBERS)


def test_a_header_alone_is_a_table_without_rows(read_file: ReadFile) -> None:
    assert read_file("external_id,name\n") == []


def test_rows_of_the_wrong_width_are_errors(read_file: ReadFile) -> None:
    records = read_file("id,name,city\n1,a\n2,b,c,d\n3,e,f,,\n")
    assert [type(record) for record in records] == [RowError, RowError, ImportedMember]
    assert [record.line for record in records[:2]] == [2, 3]


def test_a_quote_left_open_truncates_the_table(read_file: ReadFile) -> None:
    with pytest.raises(Truncated, match="quote"):
        read_file('id,name\n1,a\n2,"b\n3,c\n')


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (",x", "external_id"),
        ("x" * 201 + ",x", "external_id"),
        ("1," + "x" * 501, "name"),
    ],
)
def test_cells_out_of_bounds_are_row_errors(read_file: ReadFile, row: str, field: str) -> None:
    [error] = read_file(f"id,name\n{row}\n")
    assert isinstance(error, RowError)
    assert error.field == field


def test_too_many_or_too_long_sentences_are_row_errors(read_file: ReadFile) -> None:
    limits = LimitSettings(max_profile_texts=2, max_text_chars=100)
    records = read_file(f"id,has\n1,a|b|c\n2,{'x' * 101}\n3,a|b\n", limits=limits)
    assert [record.code for record in records if isinstance(record, RowError)] == ["too_many", "too_long"]


def test_unknown_columns_beyond_the_bound_are_left_out_with_a_note(read_file: ReadFile) -> None:
    records = read_file("id,a,b,c\n1,2,3,4\n", limits=LimitSettings(max_attributes=2))
    assert isinstance(records[0], RowError)
    assert (records[0].code, records[0].field) == ("too_many_columns", "c")
    assert dict(member_of(records, 1).attributes) == {"a": "2", "b": "3"}


def test_a_workbook_gives_typed_cells(read_file: ReadFile) -> None:
    rows = [
        ["member_id", "name", "joined", "opt_in", "has", None],
        [1001, "Ada", datetime(2026, 1, 2), True, "compilers\nnumbers", None],  # noqa: DTZ001  # workbooks know no zones
        [None, None, None, None, None, None],
        [1002.0, "#N/A", date(2026, 1, 2), 0, None, None],
    ]
    records = read_file(workbook(rows, blank_first_sheet=True))
    first, second = member_of(records), member_of(records, 1)
    assert (first.external_id, first.values["consent_match"], first.texts["has"]) == (
        "1001",
        True,
        ("compilers", "numbers"),
    )
    assert first.values["joined_at"] == second.values["joined_at"] == datetime(2026, 1, 1, 16, 0, tzinfo=UTC)
    assert (second.line, second.external_id, second.values["name"], second.values["consent_match"]) == (
        4,
        "1002",
        "",
        False,
    )


def test_a_damaged_workbook_is_a_clear_error(read_file: ReadFile) -> None:
    content = bytearray(workbook([["id", "name"], [1, "a"]]))
    place = content.index(b"xl/worksheets/sheet1.xml") + 40
    content[place : place + 30] = bytes(30)
    with pytest.raises(ImportFailed):
        read_file(bytes(content))


def test_resources_are_recognised_by_their_header(read_file: ReadFile) -> None:
    text = "资源编号,类型,名称,说明,提供者,容量,有效期至,标签\nR-1,渠道,路演厅,一层,M001,120人,2026-12-31,venue|场地\n"
    [record] = read_file(text)
    assert isinstance(record, ImportedResource)
    assert (record.code, record.owner) == ("R-1", "M001")
    assert dict(record.values) == {
        "type": "channel", "title": "路演厅", "description": "一层", "capacity": 120,
        "expires_on": date(2026, 12, 31), "tags": ["venue", "场地"],
    }  # fmt: skip


@pytest.mark.parametrize("row", ["R-1,money,x", "R-1,,x", "R-1,funding,", ",funding,x"])
def test_a_resource_needs_code_known_type_and_title(read_file: ReadFile, row: str) -> None:
    assert isinstance(read_file(f"code,type,title\n{row}\n")[0], RowError)


def test_jsonl_rows_state_their_own_columns(read_file: ReadFile) -> None:
    rows = [
        {"external_id": 1, "name": "Ada", "has": ["one, two", "three"], "note": ["a", "b"], "consent_match": None},
        {"id": "2", "wants": "x | y"},
        {"name": "nobody"},
    ]
    records = read_file("\n".join(json.dumps(row) for row in rows) + "\n{bad\n[1]\n")
    first, second = member_of(records), member_of(records, 1)
    assert first.texts == {"has": ("one, two", "three")}
    assert first.attributes == {"note": "a | b"}
    assert second.texts == {"wants": ("x", "y")}
    assert [record.code for record in records[2:] if isinstance(record, RowError)] == [
        "wrong_columns", "malformed_json", "malformed_json",
    ]  # fmt: skip


def test_nested_values_in_jsonl_are_row_errors(read_file: ReadFile) -> None:
    records = read_file('{"id": "1", "name": {"first": "A"}}\n{"id": "2", "extra": {"a": 1}}\n')
    assert [record.code for record in records if isinstance(record, RowError)] == ["wrong_type", "wrong_type"]


def test_a_platform_column_speaks_for_its_row(read_file: ReadFile) -> None:
    records = read_file("id,platform\n1,QQ\n2,\n", platform="wechat")
    assert [member_of(records).platform, member_of(records, 1).platform] == ["qq", "wechat"]


def test_names_of_unknown_columns_are_cleaned_as_text_is(read_file: ReadFile) -> None:
    member = member_of(read_file('{"id": "1", "no\\u0000te\\ud800": "x", "\\u0001": "y"}\n'))
    assert dict(member.attributes) == {"note": "x"}


def test_a_table_that_lacks_a_column_is_told_what_it_has_what_is_known_and_what_to_do(read_file: ReadFile) -> None:
    with pytest.raises(ImportFailed) as error:
        read_file("foo,bar\n1,2\n")
    message = error.value.message
    assert all(part in message for part in ("foo, bar", "needs external_id", "headline", "--map COLUMN=external_id"))
    chinese = error.value.data["sentence"]["zh-CN"]  # type: ignore[index]  # both languages
    assert all(part in chinese for part in ("foo, bar", "必须有 external_id", "headline", "--map 列名=external_id"))
    many = ",".join(f"column number {n} with a very long name indeed" for n in range(100))
    with pytest.raises(ImportFailed) as error:
        read_file(f"{many}\n")
    assert len(error.value.message) < 800
    assert len(error.value.data["columns"]) == 100  # type: ignore[arg-type]  # a list of names
