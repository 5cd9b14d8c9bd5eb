"""页面部件的数据: 视图只填这些记录, 模板 ui/parts/*.html 负责样子。

Each of templates/ui/parts/ takes one of these under the name in its first comment; optional fields have defaults.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from doudi.web.ui.walking import QueueLine

Tone = Literal["", "good", "soon", "over"]
DayUnit = Literal["working", "calendar"]


@dataclass(frozen=True)
class Action:
    """一个动作: 链接, 或 (post=True) 提交到 url 的按钮。label 是动词。"""

    label: str
    url: str
    post: bool = False
    refuse: bool = False


@dataclass(frozen=True)
class Flag:
    """带框短语: 红旗、状态。tone 只作辅助, 文字本身要说清。"""

    text: str
    tone: Tone = ""


@dataclass(frozen=True)
class Deadline:
    """时限: days_left 为剩余天数 (负数为已超), 单位工作日或日; 无时限时 days_left=None。"""

    days_left: int | None
    due_on: date | None = None
    unit: DayUnit = "working"
    cite: str = ""

    @property
    def tone(self) -> str:
        """over 已超, soon 三日内, calm 其余, none 无时限。"""
        if self.days_left is None:
            return "none"
        if self.days_left < 0:
            return "over"
        return "soon" if self.days_left <= 3 else "calm"

    @property
    def words(self) -> str:
        """时限用词: 还剩 3 个工作日、今天到期、已超 2 日; 无时限为 --。"""
        if self.days_left is None:
            return "--"
        if self.days_left == 0:
            return "今天到期"
        if self.days_left < 0:
            return f"已超 {-self.days_left} 日"
        return f"还剩 {self.days_left} {'个工作日' if self.unit == 'working' else '天'}"


@dataclass(frozen=True)
class Stage:
    """程序中的一站。note 例如 "用时 3 个工作日"。"""

    name: str
    state: Literal["done", "now", "next"] = "next"
    note: str = ""
    late: bool = False


@dataclass(frozen=True)
class Stepper:
    """阶段条: 各站与全程用时。used/limit 为工作日, limit=0 时不显示全程。"""

    stages: Sequence[Stage]
    used: int = 0
    limit: int = 0
    cite: str = ""

    @property
    def late(self) -> bool:
        return bool(self.limit) and self.used > self.limit

    @property
    def shown(self) -> int:
        return min(self.used, self.limit)


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Identity:
    """案卷身份条: 户主、关键事实 (标签, 值)、时限、红旗、页签。"""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    deadline: Deadline | None = None
    flags: Sequence[Flag] = ()
    tabs: Sequence[Tab] = ()
    queue: QueueLine | None = None


@dataclass(frozen=True)
class Task:
    """任务一项。done、wait (暂不能开始) 与 void (不用再办) 不加颜色, 只有还要做的才着色。"""

    label: str
    state: Literal["done", "todo", "doing", "wait", "void"]
    url: str = ""
    hint: str = ""
    deadline: Deadline | None = None

    @property
    def words(self) -> str:
        return {
            "done": "已完成", "todo": "未开始", "doing": "办理中", "wait": "暂不能开始", "void": "不用再办",
        }[self.state]  # fmt: skip

    @property
    def startable(self) -> bool:
        """能不能点进去: 暂不能开始和不用再办的不能。"""
        return self.state not in ("wait", "void")


@dataclass(frozen=True)
class TimelineEntry:
    """经过一条, 新的在前。"""

    title: str
    at: datetime | date
    who: str = ""
    note: str = ""
    url: str = ""
    loud: bool = False


@dataclass(frozen=True)
class BlockLine:
    """一条拦住下一步的原因, 及其依据、去处理的地址。law.duties.Block 也可直接用。"""

    text: str
    cite: str = ""
    url: str = ""


@dataclass(frozen=True)
class NextStep:
    """下一步: 一个主要按钮, 上面列出拦住它的原因; 有原因时按钮不可用。"""

    goal: str
    action: Action | None = None
    blocks: Sequence[Any] = ()
    deadline: Deadline | None = None
    others: Sequence[Action] = ()


@dataclass(frozen=True)
class WhyStep:
    """计算一步。arithmetic 按人写法, 如 3 人 × 727.00 − 1,613.40 = 567.60 → 568。"""

    label: str
    arithmetic: str
    parameter: str = ""
    document: str = ""
    article: str = ""
    since: date | None = None


@dataclass(frozen=True)
class Why:
    """为什么是这个数: 点开金额看到的每一步。key 在页内唯一。"""

    key: str
    title: str
    amount_fen: int
    steps: Sequence[WhyStep]
    per: str = "元/月"
    shown: str = ""


@dataclass(frozen=True)
class Chip:
    """已选条件, 点 × 去掉。"""

    label: str
    remove_url: str


@dataclass(frozen=True)
class FilterBar:
    """筛选条: fields 是已绑定的表单字段, chips 是已选条件。"""

    fields: Sequence[Any]
    chips: Sequence[Chip] = ()
    clear_url: str = ""
    hidden: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Pager:
    """翻页: 第 first–last 条, 共 total 条 (capped 时写 10,000 以上)。"""

    first: int
    last: int
    total: int
    prev_url: str = ""
    next_url: str = ""
    capped: bool = False


@dataclass(frozen=True)
class Empty:
    """空状态三种: nothing 还没有, done 已办完, nomatch 没有符合条件的。"""

    kind: Literal["nothing", "done", "nomatch"]
    title: str
    text: str = ""
    action: Action | None = None


@dataclass(frozen=True)
class Change:
    """与上月差异一行: 金额为本月减上月, cause 说明原因, url 是明细名单。"""

    label: str
    households: int
    persons: int
    amount_fen: int
    cause: str = ""
    url: str = ""


@dataclass(frozen=True)
class Difference:
    """与上月差异表: 上月、各项增减、本月; 三者必须相平, 不平时模板明写。"""

    before: Change
    changes: Sequence[Change]
    after: Change

    @property
    def balanced(self) -> bool:
        """上月加各项增减等于本月 (户、人、金额)。"""
        return all(
            getattr(self.before, name) + sum(getattr(c, name) for c in self.changes)
            == getattr(self.after, name)
            for name in ("households", "persons", "amount_fen")
        )


@dataclass(frozen=True)
class JobProgress:
    """长任务进度。poll_url 每 2 秒取一次同一片段, 结束后不再取。"""

    label: str
    done: int
    total: int
    state: Literal["waiting", "running", "done", "failed", "stopped"] = "running"
    failed: int = 0
    remaining: str = ""
    message: str = ""
    poll_url: str = ""
    cancel_url: str = ""
    result_url: str = ""
    key: str = "job"

    @property
    def words(self) -> str:
        return {
            "waiting": "排队中",
            "running": "进行中",
            "done": "已完成",
            "failed": "未完成",
            "stopped": "已停止",
        }[self.state]

    @property
    def open(self) -> bool:
        return self.state in ("waiting", "running")


@dataclass(frozen=True)
class SummaryLine:
    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True)
class Confirm:
    """二次确认: 将发生什么、跳过什么、要不要理由和口令。"""

    title: str
    lines: Sequence[SummaryLine]
    action_label: str
    back_url: str
    warning: str = ""
    skipped: Sequence[tuple[str, str]] = ()
    fields: Sequence[Any] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    refuse: bool = False


@dataclass(frozen=True)
class Tile:
    """数字块: 一个数、一句标签 (不超过 20 字), 点开是名单。"""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    url: str = ""
    tone: Literal["", "soon", "over"] = ""


@dataclass(frozen=True)
class Batch:
    """批量条: 勾选后从底部升起, 显示户数与金额合计。matching 为全部符合条件的数目, key 使一次提交只生效一次。"""

    form_id: str
    actions: Sequence[Action]
    matching: int = 0
    unit: str = "户"
    with_sum: bool = True
    sum_label: str = "每月合计"
    key: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass(frozen=True)
class Side:
    """并列比较一行: 申报、核对、入户所见, 均为已排好的文字。"""

    label: str
    declared: str = ""
    verified: str = ""
    seen: str = ""

    @property
    def differs(self) -> bool:
        return len({v for v in (self.declared, self.verified, self.seen) if v}) > 1


@dataclass(frozen=True)
class Sides:
    caption: str
    rows: Sequence[Side]
