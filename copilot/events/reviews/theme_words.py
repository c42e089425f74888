"""What people speak of after an event: words by theme, Chinese and English, and the name of each theme."""

from __future__ import annotations

LABELS: dict[str, tuple[str, str]] = {
    "sound": ("音响与设备", "sound and equipment"),
    "venue": ("场地与座位", "venue and seats"),
    "pace": ("时长与节奏", "length and pace"),
    "content": ("内容深浅", "depth of the content"),
    "speaker": ("嘉宾与讲解", "speakers"),
    "questions": ("提问与互动", "questions and discussion"),
    "meeting": ("认识人与交流", "meeting people"),
    "food": ("餐饮茶歇", "food and drinks"),
    "door": ("签到与排队", "check-in and queues"),
    "notice": ("通知与提醒", "notice and reminders"),
    "connection": ("网络与直播", "connection and streaming"),
    "material": ("资料与回放", "materials and recordings"),
    "host": ("主持与控场", "hosting"),
    "travel": ("交通与路程", "travel"),
}
WORDS: dict[str, tuple[str, ...]] = {
    "sound": ("音响", "话筒", "麦克风", "投影", "设备", "听不清", "灯光", "屏幕", "sound", "microphone", "mic",
              "projector", "screen", "hear", "lighting"),
    "venue": ("场地", "座位", "椅子", "凳子", "位子", "空调", "太挤", "拥挤", "会场", "教室", "venue", "room", "seat",
              "seats", "chair", "chairs", "crowded"),
    "pace": ("时间", "时长", "太赶", "太短", "太长", "太快", "节奏", "超时", "没讲完", "time", "too long",
             "too short", "too fast", "rushed", "pace", "slow"),
    "content": ("内容", "干货", "深度", "案例", "太浅", "太深", "实操", "太专业", "听懂", "content", "example",
                "examples", "depth", "shallow", "practical", "basics"),
    "speaker": ("嘉宾", "讲者", "讲得", "老师", "分享人", "speaker", "speakers", "talk", "talks"),
    "questions": ("提问", "问答", "追问", "互动", "讨论", "圆桌", "question", "questions", "q&a", "discussion"),
    "meeting": ("认识", "交流", "名片", "聊天", "人脉", "链接", "自我介绍", "networking", "met", "meet", "introductions"),
    "food": ("茶歇", "茶点", "简餐", "盒饭", "晚饭", "午饭", "咖啡", "饮料", "food", "lunch", "dinner", "coffee", "snacks"),
    "door": ("签到", "排队", "门口", "入场", "queue", "queues", "check-in", "registration", "line at the door"),
    "notice": ("通知", "提醒", "报名", "候补", "改时间", "reminder", "reminders", "notice", "announcement"),
    "connection": ("网络", "网卡", "卡顿", "掉线", "直播", "wifi", "wi-fi", "connection", "stream", "lag"),
    "material": ("资料", "课件", "文字稿", "回放", "ppt", "slides", "slide", "recording", "handout", "replay"),
    "host": ("主持", "控场", "打断", "插话", "host", "moderator", "interrupted"),
    "travel": ("交通", "停车", "地铁", "太远", "高铁", "打车", "parking", "subway", "far away", "traffic"),
}  # fmt: skip


def label(key: str, locale: str) -> str:
    """Return the name of a theme in the community's language."""
    return LABELS[key][0 if locale == "zh-CN" else 1]
