"""Which column of a table is which field: names in Chinese and English, the caller's mapping, and what is left over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from copilot.community.importers.base import ImportKind
from copilot.community.importers.wording import refused
from copilot.errors import ImportFailed, InvalidInput

LEAVE_OUT = "-"
MAX_COLUMNS = 200
_NOTES = re.compile(r"[(（\[【].*?[)）\]】]|[\s_\-*:：]+")

# Field -> names it goes by; where two columns of one file fit a field, the name that stands first wins and the other
# column is kept as an attribute.
_MEMBER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "external_id": (
            "external_id", "member_id", "user_id", "id", "platform_id", "wechat_id", "wxid",
            "会员编号", "成员编号", "编号", "会员ID", "成员ID", "用户ID", "微信ID", "微信号", "学号", "工号",
        ),
        "platform": ("platform", "平台", "来源平台"),
        "name": (
            "name", "nickname", "display_name", "full_name", "群昵称", "昵称", "姓名", "名字", "称呼", "微信昵称", "花名",
        ),
        "headline": ("headline", "tagline", "bio", "title", "一句话介绍", "一句话", "简介", "头衔", "职位", "签名"),
        "city": ("city", "location", "base", "城市", "所在城市", "所在地", "常驻城市", "常驻地", "地区"),
        "industry": ("industry", "sector", "行业", "所属行业", "领域", "赛道", "行业领域"),
        "role": ("role", "角色", "身份", "成员角色"),
        "stage": ("stage", "company_stage", "阶段", "创业阶段", "项目阶段", "公司阶段"),
        "language": ("language", "lang", "语言", "常用语言"),
        "skills": ("skills", "skill", "tags", "技能", "擅长", "专长", "技能标签", "标签", "能力"),
        "is": ("is", "about", "about_me", "who_i_am", "我是", "我是谁", "自我介绍", "个人介绍", "关于我"),
        "has": (
            "has", "offers", "offer", "i_have", "i_offer", "can_offer", "give",
            "我有", "我能提供", "能提供", "我可以提供", "可提供", "提供", "我的资源", "可提供资源", "我能给",
        ),
        "wants": (
            "wants", "want", "needs", "need", "looking_for", "seeking", "ask", "i_want", "i_need",
            "我要", "我想要", "我需要", "我找", "需求", "想要", "想找", "寻找", "我的需求", "希望获得",
        ),
        "joined_on": ("joined_on", "joined_at", "joined", "join_date", "加入时间", "入群时间", "加入日期", "入群日期", "入会时间"),
        "consent_match": ("consent_match", "match_consent", "opt_in", "同意匹配", "愿意匹配", "是否同意匹配", "参与匹配", "匹配授权"),
        "consent_ai": ("consent_ai", "ai_consent", "同意AI", "AI授权", "是否同意AI处理", "同意AI处理"),
        "visibility": ("visibility", "可见性", "可见范围", "公开范围"),
        "contact_wechat": ("contact_wechat", "wechat", "weixin", "微信", "微信号", "微信ID"),
        "contact_email": ("contact_email", "email", "mail", "邮箱", "电子邮箱", "邮件", "电子邮件"),
        "contact_phone": ("contact_phone", "phone", "mobile", "tel", "telephone", "手机", "手机号", "手机号码", "电话", "联系电话"),
        "contact_telegram": ("contact_telegram", "telegram", "tg", "电报"),
        "contact_other": ("contact_other", "contact", "contacts", "contact_info", "联系方式"),
    }
)  # fmt: skip
_RESOURCE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "code": ("code", "resource_code", "resource_id", "id", "资源编号", "编号", "资源代码", "代码", "资源ID"),
        "type": ("type", "resource_type", "category", "类型", "资源类型", "类别", "资源类别", "分类"),
        "title": ("title", "name", "resource", "标题", "名称", "资源名称", "资源"),
        "description": ("description", "details", "desc", "描述", "说明", "详情", "介绍", "资源描述", "资源说明"),
        "owner": ("owner", "owner_id", "provider", "contact_member", "提供者", "提供人", "所有者", "归属", "归属人", "负责人"),
        "terms": ("terms", "conditions", "terms_of_use", "条款", "使用条件", "条件", "使用条款", "要求"),
        "capacity": ("capacity", "seats", "quantity", "容量", "容纳人数", "人数", "数量", "名额"),
        "expires_on": ("expires_on", "expires_at", "expiry", "valid_until", "到期日", "有效期", "有效期至", "截止日期", "到期时间"),
        "city": ("city", "location", "城市", "所在城市", "地点", "所在地"),
        "tags": ("tags", "keywords", "labels", "标签", "关键词"),
        "status": ("status", "state", "状态"),
        # As the library's own export names them: other tables use such words for anything.
        "subclass": ("subclass",),
        # Read and left: the library gives its own.
        "library_code": ("library_code",),
        "confidential": ("confidential", "是否保密"),
        "lending": ("lending",),
        "max_days": ("max_days",),
        "in_return": ("in_return",),
    }
)  # fmt: skip
_REQUIRED = {ImportKind.MEMBERS: ("external_id",), ImportKind.RESOURCES: ("code", "type", "title")}
_FIELDS = {ImportKind.MEMBERS: _MEMBER, ImportKind.RESOURCES: _RESOURCE}


@dataclass(frozen=True)
class Columns:
    """What each column of a file is: `fields[position]` is a field, or None; attributes are kept by their own name."""

    fields: tuple[str | None, ...]
    attributes: tuple[str | None, ...]
    dropped: tuple[str, ...] = ()


def guess_kind(header: Sequence[str]) -> ImportKind:
    """Return what a table is about: the kind of which it names more fields; members when it says nothing."""
    if {"starts_at", "signups"} <= set(header):
        return ImportKind.EVENTS
    known = {kind: sum(bool(_candidates(name, kind)) for name in header) for kind in _FIELDS}
    resource_only = any("type" in _candidates(name, ImportKind.RESOURCES) for name in header)
    more = known[ImportKind.RESOURCES] >= known[ImportKind.MEMBERS]
    return ImportKind.RESOURCES if resource_only and more else ImportKind.MEMBERS


def assign(header: Sequence[str], kind: ImportKind, mapping: Mapping[str, str], max_attributes: int) -> Columns:
    """Decide what each column of `header` is.

    Raises:
        ImportFailed: two columns have one name, a required field has no column, or there are too many columns.
        InvalidInput: the mapping names a column or field that does not exist, or one field twice.
    """
    _check_header(header)
    targets = _mapped(header, kind, mapping)
    fields: list[str | None] = [targets.get(name) for name in header]
    for field in _FIELDS[kind]:
        if field not in targets.values():
            position = _best(header, fields, field, kind)
            if position is not None:
                fields[position] = field
    missing = [field for field in _REQUIRED[kind] if field not in fields]
    if missing:
        raise _missing(header, kind, missing)
    attributes: list[str | None] = []
    dropped: list[str] = []
    kept = 0
    for name, assigned in zip(header, fields, strict=True):
        unknown = assigned is None and bool(name)
        if unknown and kept >= max_attributes:
            dropped.append(name)
        attributes.append(name if unknown and kept < max_attributes else None)
        kept += unknown
    known = tuple(None if field == LEAVE_OUT else field for field in fields)
    return Columns(known, tuple(attributes), tuple(dropped))


_MISSING = {
    "zh-CN": "表里没有对应 {missing} 的列。文件里的列：{found}。{kind}表必须有 {required}，能识别 {known}。"
    "请说明哪一列是什么：在导入页点开“文件里的列名和这里不一样？”填写，命令行用 --map 列名={first}，接口里用 mapping。",
    "en": "no column for {missing}. The file has: {found}. A table of {kind} needs {required} and knows {known}. "
    "Say which column is what: under 'Columns have other names' on the console, with --map COLUMN={first} on the command "
    "line, or as `mapping` over HTTP.",
}
_KINDS = {ImportKind.MEMBERS: "成员", ImportKind.RESOURCES: "资源"}
_SHOWN, _SHOWN_CHARS = 8, 24


def _missing(header: Sequence[str], kind: ImportKind, missing: Sequence[str]) -> ImportFailed:
    """Return the error of a table that lacks what it must have: what it has, what is known, and what to do."""
    named = [name for name in header if name]
    found = ", ".join(name[:_SHOWN_CHARS] for name in named[:_SHOWN]) + (" ..." if len(named) > _SHOWN else "")
    known = [field for field in _FIELDS[kind] if field not in _REQUIRED[kind]]
    said = {
        locale: text.format(
            missing=", ".join(missing), found=found, kind=_KINDS[kind] if locale == "zh-CN" else kind.value,
            required=", ".join(_REQUIRED[kind]), known=", ".join(known), first=missing[0],
        )
        for locale, text in _MISSING.items()
    }  # fmt: skip
    return ImportFailed(
        said["en"], missing=list(missing), columns=list(header), known=list(_FIELDS[kind]), sentence=said
    )


def check_targets(kind: ImportKind, mapping: Mapping[str, str]) -> None:
    """Refuse a mapping to fields that do not exist, or to one field twice.

    Raises:
        InvalidInput: with `field` "mapping".
    """
    targets = [field for field in mapping.values() if field != LEAVE_OUT]
    for field in targets:
        if field not in _FIELDS[kind]:
            known = ", ".join(_FIELDS[kind])
            raise InvalidInput(**_mapping("no_field", field=field, kind=kind, known=known))
        if targets.count(field) > 1:
            raise InvalidInput(**_mapping("field_twice", field=field))


def _mapping(key: str, **values: object) -> dict[str, Any]:
    return {"field": "mapping", **refused(key, **values)}


def _check_header(header: Sequence[str]) -> None:
    if len(header) > MAX_COLUMNS:
        raise ImportFailed(limit=MAX_COLUMNS, **refused("many_columns", n=len(header), limit=MAX_COLUMNS))
    named = [name for name in header if name]
    if not named:
        raise ImportFailed(line=1, **refused("no_columns"))
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise ImportFailed(line=1, columns=twice, **refused("column_twice", column=twice[0]))


def _mapped(header: Sequence[str], kind: ImportKind, mapping: Mapping[str, str]) -> dict[str, str]:
    check_targets(kind, mapping)
    for column in mapping:
        if column not in header:
            raise InvalidInput(**_mapping("no_such_column", column=column))
    return dict(mapping)


def _best(header: Sequence[str], taken: Sequence[str | None], field: str, kind: ImportKind) -> int | None:
    ranked = [
        (_candidates(name, kind)[field], position)
        for position, name in enumerate(header)
        if taken[position] is None and field in _candidates(name, kind)
    ]
    return min(ranked)[1] if ranked else None


def _candidates(name: str, kind: ImportKind) -> dict[str, int]:
    """Return the fields that a column name may mean, with the rank of the alias that matched."""
    forms = {_plain(name), *(_plain(piece) for piece in re.split(r"[/／|]", name))} - {""}
    found: dict[str, int] = {}
    for field, aliases in _PLAIN[kind].items():
        ranks = [rank for rank, alias in enumerate(aliases) if alias in forms]
        if ranks:
            found[field] = ranks[0]
    return found


def _plain(name: str) -> str:
    return _NOTES.sub("", unicodedata.normalize("NFKC", name)).casefold()


def _plain_aliases(fields: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {field: [_plain(alias) for alias in aliases] for field, aliases in fields.items()}


_PLAIN = {kind: _plain_aliases(fields) for kind, fields in _FIELDS.items()}
