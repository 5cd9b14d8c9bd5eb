"""The page of one run, section by section in the order the money moves: what happened, who did it, what is next."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import Count
from django.urls import reverse

from doudi.law.money import yuan
from doudi.records.audit.queries import events_of, looks_of
from doudi.records.ledger.models import Level
from doudi.records.payments import queries
from doudi.records.payments.bank import returns
from doudi.records.payments.comparing.difference import Difference
from doudi.records.payments.funds.funding import allocations_of
from doudi.records.payments.in_person import custody
from doudi.records.payments.in_person.by_hand import runs_without_bank
from doudi.records.payments.models import Interception, PayrollRun
from doudi.records.staff.models import User
from doudi.web.office.custody import tables as custody_tables
from doudi.web.ui.tables import Column, Link, Row, Table

State = PayrollRun.State
MOST_KEPT = 50
HOW = {
    "build": ("生成", "1 日在册、没有暂停的待遇每份一行; 再生成一次只补入缺的, 不会重复。"),
    "change": ("与上月比", "每一户的变化都要连到一份决定; 说不清的为 0 才能锁定。"),
    "hold": ("拦截", "死亡、共用账户、户名不符这些先拦下, 由发放复核逐条决定放行还是本月不发。"),
    "lock": ("锁定", "再查一遍拦截, 抄进领款账户, 记应付账; 锁定以后一行也不能改。"),
    "approve": ("两级审批", "复核、审批各一人, 都不是经办人。"),
    "export": ("代发文件", "同一格式导出几次都逐字节相同, 每次下载留名。"),
    "hand_over": ("交银行", "交出以后每一笔的结果由银行说了算; 没有回话的绝不重发。"),
    "answer": ("回盘", "导出的等于成功、失败、退票、未知之和。"),
    "close": ("办结", "每一笔都有银行结果才能办结; 失败和退票另起更正批次。"),
}


@dataclass(frozen=True)
class Section:
    """一节: 第几步、叫什么、办了没有、谁哪天办的; 还没到的写归谁办、办什么。"""

    number: int
    key: str
    title: str
    how: str
    state: Literal["done", "now", "next"]
    who: str

    @property
    def words(self) -> str:
        """办了没有。"""
        return {"done": "已办", "now": "正在这一步", "next": "还没到"}[self.state]


def sections(
    run: PayrollRun,
    steps: Sequence[queries.Step],
    waiting: int,
    unexplained: int,
    bank: queries.Conservation,
) -> list[Section]:
    """九节, 依次: 生成、与上月比、拦截、锁定、两级审批、代发文件、交银行、回盘、办结。"""
    keys = list(HOW)
    now = _now(run, waiting, unexplained, bank)
    reached = keys.index(now) if now else len(keys)
    known = {step.key: step for step in steps}
    told = []
    for place, (key, (title, how)) in enumerate(HOW.items()):
        state: Literal["done", "now", "next"] = (
            "done" if place < reached else "now" if place == reached else "next"
        )
        told.append(Section(place + 1, key, title, how, state, _who(key, known, state == "done")))
    return told


def _now(run: PayrollRun, waiting: int, unexplained: int, bank: queries.Conservation) -> str:
    if run.state == State.DRAFT:
        return "change" if unexplained else "hold" if waiting else "lock"
    if run.state == State.HANDED:
        return "answer" if bank.unknown.count else "close"
    if run.state == State.APPROVED and runs_without_bank([run.pk]):
        return "hand_over"
    return {
        State.BUILDING: "build", State.LOCKED: "approve", State.REVIEWED: "approve", State.APPROVED: "export",
        State.EXPORTED: "hand_over",
    }.get(State(run.state), "")  # fmt: skip


def _who(key: str, known: dict[str, queries.Step], is_done: bool) -> str:
    if key == "approve":
        both = [known["review"], known["approve"]]
        return "; ".join(f"{one.label} {_by(one)}" for one in both)
    owners = {"change": "发放经办", "hold": "发放复核", "answer": "发放经办或复核"}
    if key in owners:
        return "" if is_done else owners[key]
    return _by(known[key])


def _by(step: queries.Step) -> str:
    return f"{step.by} {step.on.isoformat()}" if step.by and step.on else step.owner


def filled(run: PayrollRun, found: Difference | None, bank: queries.Conservation) -> dict[str, Any]:
    """各节要的内容。"""
    return {
        "is_built": run.state != State.BUILDING,
        "unexplained": found.unexplained if found else 0,
        "held": held(run),
        "sources": [(str(Level(one.level).label), one.fen) for one in allocations_of(run)],
        "sent_back": sent_back(run) if run.round else [],
        "files": queries.bank_files_of(run),
        "is_by_hand": bool(runs_without_bank([run.pk])),
        "downloads": looks_of(f"payrollrun:{run.pk}").filter(action="export").order_by("-id")[:10],
        "drafts": returns.drafts_of(run),
        "conservation": conservation(run, bank),
    }


def kept(run: PayrollRun, user: User) -> dict[str, Any]:
    """领款人里存折由别人代管的: 几名、几名没有备案, 前几十名是谁。"""
    rows = custody.kept_by_others(run)
    shown = list(rows[:MOST_KEPT])
    return {
        "kept": custody_tables.beside(user, shown) if shown else None,
        "kept_count": rows.count() if shown else 0,
        "kept_unfiled": rows.filter(filed_on=None).count() if shown else 0,
    }


def held(run: PayrollRun) -> Table | None:
    """拦截按原因: 多少条、等着处理、放行、本月不发; 一条也没有为空。"""
    rows = Interception.objects.filter(line__run=run).order_by().values_list("cause", "outcome")
    counts: dict[str, dict[str, int]] = {}
    for cause, outcome, number in rows.annotate(n=Count("pk")):
        counts.setdefault(cause, {})[outcome] = number
    if not counts:
        return None
    outcomes = list(Interception.Outcome)
    columns = [Column("原因"), *(Column(str(one.label), "number") for one in outcomes)]
    told = [
        Row([str(Interception.Cause(cause).label), *(counts[cause].get(one) for one in outcomes)])
        for cause in sorted(counts)
    ]
    return Table(columns, told, key="held", compact=True, keyboard=False)


def sent_back(run: PayrollRun) -> list[dict[str, Any]]:
    """退回重做的经过: 谁、哪天、为什么, 新的在前。"""
    rows = events_of(f"payrollrun:{run.pk}").filter(action="payroll.reopen").order_by("-seq")
    return [{"by": one.actor, "at": one.at, "reason": json.loads(one.body).get("reason", "")} for one in rows]


def conservation(run: PayrollRun, told: queries.Conservation) -> Table | None:
    """导出的钱在哪里; 还没有导出为空。"""
    if not told.exported.count:
        return None
    listed = reverse("payroll_lines", args=[run.pk])
    parts = (
        ("成功", "paid", told.paid), ("失败", "failed", told.failed), ("退票", "returned", told.returned),
        ("结果未知", "", told.unknown),
    )  # fmt: skip
    rows = []
    for label, state, part in parts:
        name = Link(label, f"{listed}?state={state}") if state and part.count else label
        rows.append(Row([name, part.count, part.fen]))
    columns = (Column("银行结果"), Column("笔数", "number"), Column("金额", "money"))
    foot = ["导出", told.exported.count, told.exported.fen]
    caption = (
        "" if told.holds else f"不守恒: 导出 {yuan(told.exported.fen)} 元, 与结果之和不等, 立即报告审计管理员"
    )
    return Table(columns, rows, caption, foot=foot, compact=True, key="conservation", keyboard=False)
