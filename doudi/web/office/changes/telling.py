"""A change in words: what was reported, what will come of it, how it went. Numbers are covered."""

import datetime as dt
from collections.abc import Iterable

from doudi.law.masking import mask_account, mask_identity
from doudi.records.areas.models import Area
from doudi.records.people.models import Membership
from doudi.records.policies.queries import scheme_name
from doudi.records.reviews.models import ChangeEvent
from doudi.records.reviews.queries import takes_effect_on
from doudi.records.reviews.services.reporting import EXITS, JOINED, LEFT, PAYS_BACK
from doudi.records.staff.models import User
from doudi.web.office.cases.page import shown_name
from doudi.web.ui.components import Deadline, Flag, TimelineEntry

Kind, State = ChangeEvent.Kind, ChangeEvent.State
TONES = {State.REPORTED: "soon", State.VERIFIED: "soon", State.APPLIED: "good", State.REJECTED: ""}
GROUPS = (
    ("家里的人", (Kind.ADD, Kind.REMOVE, Kind.DEATH, Kind.HEAD, Kind.ALIVE)),
    (
        "收入和去留",
        (Kind.MEANS, Kind.JOB, Kind.MOVE, Kind.MOVE_OUT, Kind.WITHDRAW, Kind.SUSPEND, Kind.RESUME),
    ),
    ("卡和住址", (Kind.ACCOUNT, Kind.ADDRESS)),
)
HINTS = {
    Kind.ADD: "出生、嫁入、迁回",
    Kind.REMOVE: "嫁出、服刑、入伍、迁出分户",
    Kind.DEATH: "报告之后的发放先拦下",
    Kind.HEAD: "领款人随之更换",
    Kind.MEANS: "工资、经营、存款、车房有变",
    Kind.JOB: "可能有渐退期",
    Kind.MOVE: "搬到本县另一个村",
    Kind.MOVE_OUT: "出具转移接续函",
    Kind.WITHDRAW: "自愿不再领取",
    Kind.ACCOUNT: "换卡, 由另一人核对",
    Kind.ADDRESS: "门牌、住处、电话",
    Kind.ALIVE: "办了死亡, 人还在世",
    Kind.SUSPEND: "情况要查清, 先不发, 待遇保留",
    Kind.RESUME: "查清了, 接着发, 可以补发",
}
EFFECTS = {
    Kind.ADD: "核实后登记新成员, 立变更案重新测算",
    Kind.REMOVE: "核实后成员离户, 立变更案重新测算",
    Kind.DEATH: "核实后成员离户, 立变更案重新测算; 家里没有别人的报县级停发",
    Kind.MEANS: "核实后立变更案, 更正收支, 重新测算",
    Kind.JOB: "核实后立变更案, 更正收入, 重新测算; 超过标准的按政策给渐退期",
    Kind.MOVE: "核实后报县级: 待遇随户转移, 金额不变, 不是停发",
    Kind.MOVE_OUT: "核实后报县级停发, 打印转移接续函",
    Kind.HEAD: "核实后报县级: 自次月起由新户主领取, 金额不变",
    Kind.WITHDRAW: "核实后报县级停发",
    Kind.ACCOUNT: "核实后换卡; 头一次发到新卡前, 发放复核还要再看一遍",
    Kind.ADDRESS: "核实后更改住址",
    Kind.ALIVE: "核实后撤回死亡记录, 人回到这一户; 因此减发、停发的, 重新调查、重新决定",
    Kind.SUSPEND: "核实后报县级: 自次月起暂不发放, 待遇保留, 限期核查",
    Kind.RESUME: "核实后报县级: 自次月起照发; 写明补发的, 由补发批次补",
}


def content(event: ChangeEvent) -> list[tuple[str, str]]:
    """变动内容 (标签, 文字); 证件号、账号遮着。"""
    told = event.details
    rows = [
        ("缘由", JOINED.get(told.get("why", "")) or LEFT.get(told.get("why", ""), "")),
        ("姓名", told.get("name", "")),
        ("身份证号", mask_identity(told["id_number"]) if told.get("id_number") else ""),
        ("与户主关系", _relation(told.get("relation", ""))),
        ("迁往", _place(told.get("village", ""))),
        ("住址", told.get("address", "")),
        ("迁往", told.get("to", "")),
        ("原户主是新户主的", _relation(told.get("former", ""))),
        ("开户行", told.get("bank", "")),
        ("户名", told.get("holder", "")),
        ("账号", mask_account(told["number"]) if told.get("number") else ""),
        ("与另一户用同一张卡的理由", told.get("shared", "")),
        ("增收的缘由", EXITS.get(told.get("exit_cause", ""), "")),
        ("暂停的各月", PAYS_BACK.get(told.get("pays_back", ""), "")),
        (
            "哪一项" if event.kind in (Kind.SUSPEND, Kind.RESUME) else "退出的项目",
            scheme_name(told["scheme"]) if told.get("scheme") else "",
        ),
        ("说明", told.get("text", "")),
    ]
    return [(label, text) for label, text in rows if text]


def _relation(code: str) -> str:
    return str(Membership.Relation(code).label) if code in Membership.Relation.values else ""


def _place(code: str) -> str:
    village = Area.objects.select_related("parent").filter(pk=code).first() if code else None
    return f"{village.parent.name if village.parent else ''} · {village.name}" if village else ""


def state(event: ChangeEvent) -> Flag:
    """变动到了哪一步。"""
    if event.state == State.APPLIED and event.case and not event.case.closed_on:
        return Flag("变更案在办", "soon")
    return Flag(str(event.get_state_display()), TONES[State(event.state)])  # type: ignore[arg-type]


def left(event: ChangeEvent, on: dt.date) -> Deadline | None:
    """本月内办结, 次月起按新的发: 还剩几天; 办完的没有。"""
    if event.state not in (State.REPORTED, State.VERIFIED) and not (event.case and not event.case.closed_on):
        return None
    last = takes_effect_on(event.reported_on) - dt.timedelta(days=1)
    return Deadline((last - on).days, last, "calendar")


def timeline(events: Iterable[ChangeEvent], user: User, url: str = "") -> list[TimelineEntry]:
    """一户的变动经过, 新的在前; `url` 里的 0 换成编号。"""
    return [
        TimelineEntry(
            f"{event.get_kind_display()}{_who(event, user)}: {state(event).text}",
            event.decided_on or event.verified_on or event.reported_on,
            (event.decided_by or event.verified_by or event.reported_by).name,
            event.note,
            url.replace("/0/", f"/{event.pk}/") if url else "",
        )
        for event in events
    ]


def _who(event: ChangeEvent, user: User) -> str:
    return f" {shown_name(user, event.person.name)}" if event.person else ""


def way(event: ChangeEvent) -> list[TimelineEntry]:
    """一件变动的经过, 新的在前。"""
    found = [TimelineEntry("报告", event.reported_on, event.reported_by.name)]
    if event.verified_on and event.verified_by:
        title = "不属实" if event.state == State.REJECTED else "核实属实"
        found.append(TimelineEntry(title, event.verified_on, event.verified_by.name, event.note))
    if event.decided_on and event.decided_by and event.decided_by_id != event.verified_by_id:
        found.append(TimelineEntry("县级决定", event.decided_on, event.decided_by.name))
    return found[::-1]
