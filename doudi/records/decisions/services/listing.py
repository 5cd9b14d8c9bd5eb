"""Lists decided in one go: drawn up by one, looked through, signed by another, written once.

What is paid to persons becomes awards of exactly one month and is paid by the ordinary payroll of its scheme. What goes
to an insurer is one transfer (payments), goods are signed for; neither opens an award.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum

from doudi.law.money import plain_yuan
from doudi.records.audit.services import hold_chain, record
from doudi.records.decisions import list_roster
from doudi.records.decisions.list_sources import Listed, Picked, judged, no_longer, picked, subsidised, weeded
from doudi.records.decisions.models import ListBatch, ListRow
from doudi.records.jobs import services as jobs
from doudi.records.jobs.models import Job
from doudi.records.people.models import Relative
from doudi.records.policies.queries import scheme, scheme_name
from doudi.records.staff.models import Role, User
from doudi.records.staff.presence import require_present
from doudi.store.arrow import bulk_append
from doudi.store.refusal import Refusal

APPLY = "list.apply"
SUBSIDY = "price_subsidy"
ONE_OFF = ("condolence", "insurance_batch", "goods")
State = ListBatch.State
_COLUMNS = (
    "batch", "person", "household", "village", "payee", "amount_fen", "base", "left_out", "left_out_by", "received_by",
)  # fmt: skip


class NotYourList(Refusal):
    """名单由县级审批拟定, 由另一名县级审批签发。"""


class ListIncomplete(Refusal):
    """名单缺名称、文件或者金额。"""


class WrongMonth(Refusal):
    """这个月份不能列名单。"""


class ListKnown(Refusal):
    """同一份名单已经有了。"""


class NobodyListed(Refusal):
    """名单上没有人。"""


class ListNotThere(Refusal):
    """名单不在这一步。"""


class SignedByItsMaker(Refusal):
    """拟定和签发是两个人的事。"""


class ListReasonMissing(Refusal):
    """剔除或放回要写理由。"""


class OwnKinListed(Refusal):
    """名单里有自己的近亲属。"""


class ListUnfinished(Refusal):
    """名单还没有写完。"""


def pays_persons(scheme_id: str) -> bool:
    """发到各人卡上的 (价格补贴、慰问), 走本项目的发放清册; 意外险交承保单位, 实物不发钱。"""
    return scheme(scheme_id).payee not in ("insurer", "none")


@transaction.atomic
def open_subsidy(*, month: int, cpi_bp: int, food_bp: int, document: str, by: User, on: dt.date) -> ListBatch:
    """登记一个月的价格涨幅 (万分之一) 和公布的文件; 够启动的, 列出当月 1 日在册的各人和金额。

    Raises NotYourList, AwayNow, ListIncomplete, WrongMonth, ListKnown, IndexTooLow, PriceRulesMissing, NobodyListed.
    依据: 社会救助和保障标准与物价上涨挂钩联动机制
    """
    _require(by)
    if not 0 <= (on.year - month // 100) * 12 + on.month - month % 100 - 1 < 12:
        raise WrongMonth("涨幅在次月公布, 请填上个月或者以前一年之内的月份")
    found = judged(month, cpi_bp, food_bp)
    told = {"cpi_bp": cpi_bp, "food_bp": food_bp, "steps": found.steps}
    words = f"居民消费价格涨 {plain_yuan(cpi_bp)}%, 食品价格涨 {plain_yuan(food_bp)}%"
    batch = ListBatch(
        scheme=SUBSIDY, month=month, title=f"{in_words(month)}价格临时补贴", document=document.strip()[:120],
        told=told | {"words": words}, built_by=by, built_on=on,
    )  # fmt: skip
    return _drawn(batch, lambda: subsidised(month, found))


@transaction.atomic
def open_picked(
    *, scheme_id: str, month: int, title: str, document: str, item: str, amount_fen: int, wanted: Picked,
    by: User, on: dt.date,
) -> ListBatch:  # fmt: skip
    """从在册的人里按项目、辖区、年龄挑出一份名单, 每人一样多。

    Raises NotYourList, AwayNow, ListIncomplete, WrongMonth, ListKnown, NobodyListed.
    """
    _require(by)
    batch = _one_off(scheme_id, month, title, document, item, by, on)
    if amount_fen <= 0 and scheme_id != "goods":
        raise ListIncomplete("请填每人的金额, 要大于零")
    ages = (
        f", {wanted.age_from} 至 {wanted.age_to} 周岁" if (wanted.age_from, wanted.age_to) != (0, 150) else ""
    )
    names = "、".join(scheme_name(one) for one in wanted.schemes)
    batch.told = {"words": f"{names}在册的人{ages}, 每人 {plain_yuan(amount_fen)} 元", "area": wanted.area}
    return _drawn(batch, lambda: picked(month, wanted, scheme_id, amount_fen))


@transaction.atomic
def open_file(
    *, data: bytes, filename: str, scheme_id: str, month: int, title: str, document: str, item: str,
    by: User, on: dt.date,
) -> ListBatch:  # fmt: skip
    """照文件列一份名单; 没有登记过的人先登记, 不必享受别的待遇。文件有一处错误就一个人也不列。

    Raises as open_picked does, and RosterUnreadable, ListFaulty.
    """
    _require(by)
    batch = _one_off(scheme_id, month, title, document, item, by, on)
    roster = list_roster.read(data, filename, on)
    batch.sha256 = roster.sha256
    batch.told = {"words": f"文件 {roster.filename}, 指纹 {roster.sha256[:16]}"}
    _refuse_known(batch)
    people = list_roster.named(roster, scheme_id)
    return _drawn(batch, lambda: list_roster.listed(people, roster, scheme_id, by=by, on=on))


def in_words(month: int) -> str:
    """2026年11月。"""
    return f"{month // 100}年{month % 100}月"


def _require(by: User) -> None:
    if by.role != Role.APPROVER or not by.is_active:
        raise NotYourList("名单由县级审批拟定, 由另一名县级审批签发")
    require_present(by)


def _one_off(
    scheme_id: str, month: int, title: str, document: str, item: str, by: User, on: dt.date
) -> ListBatch:
    if scheme_id not in ONE_OFF:
        raise ListIncomplete("一次性名单只用于慰问、意外险和实物, 别的项目按案件办理")
    if not 0 <= (month // 100 - on.year) * 12 + month % 100 - on.month <= 1:
        raise WrongMonth("名单列在本月或者下个月, 以前的月份不再列")
    if not title.strip() or (not pays_persons(scheme_id) and not item.strip()):
        raise ListIncomplete("请写明名单名称; 意外险写承保单位, 实物写发什么、每人多少")
    return ListBatch(
        scheme=scheme_id, month=month, title=title.strip()[:60], document=document.strip()[:120],
        item=item.strip()[:120], built_by=by, built_on=on,
    )  # fmt: skip


def _refuse_known(batch: ListBatch) -> None:
    others = ListBatch.objects.filter(scheme=batch.scheme).exclude(state=State.WITHDRAWN)
    same = others.filter(month=batch.month, title=batch.title).first()
    if same is None and batch.sha256:
        same = others.filter(sha256=batch.sha256).first()
    if same:
        told = f"已由{same.built_by.name}在 {same.built_on} 列过, 现在是“{same.get_state_display()}”"
        raise ListKnown(f"“{same.title}”{told}, 没有再列")


def _drawn(batch: ListBatch, rows: Any) -> ListBatch:
    """Write the list and its rows. `rows` is asked once nothing is known to stand in the way."""
    if not batch.document:
        raise ListIncomplete("请写明依据的文件")
    hold_chain()
    _refuse_known(batch)
    found: list[Listed] = weeded(rows(), batch.scheme, batch.month)
    if not found:
        raise NobodyListed("按这些条件没有一个人, 没有列名单")
    try:
        with transaction.atomic():
            batch.save(force_insert=True)
    except IntegrityError:
        raise ListKnown(f"{in_words(batch.month)}的这份名单已经有人列了, 没有再列") from None
    bulk_append(ListRow, _COLUMNS, (
        (batch.pk, one.person, one.household, one.village, one.payee, one.amount_fen, one.base, one.left_out, "", "")
        for one in found
    ))  # fmt: skip
    record(
        by=batch.built_by, action="list.open", subject=batch, scheme=batch.scheme, month=batch.month,
        document=batch.document, persons=len(found), fen=sum(one.amount_fen for one in found if not one.left_out),
    )  # fmt: skip
    return batch


def standing(batch: ListBatch) -> QuerySet[ListRow]:
    """名单上列入的各人。"""
    return ListRow.objects.filter(batch=batch, left_out="")


def held(batch: ListBatch) -> ListBatch:
    """锁住这份名单, 直到事务结束。"""
    return ListBatch.objects.select_for_update().get(pk=batch.pk)


def advance(batch: ListBatch, state: ListBatch.State, **told: Any) -> None:
    """写下到了哪一步。"""
    batch.state = state
    for name, value in told.items():
        setattr(batch, name, value)
    batch.save(update_fields=["state", *told])


def _require_state(batch: ListBatch, *states: ListBatch.State) -> None:
    if batch.state not in states:
        wanted = "、".join(str(state.label) for state in states)
        raise ListNotThere(f"这份名单现在是“{batch.get_state_display()}”, 要“{wanted}”时才能办")


@transaction.atomic
def leave_out(*, row: ListRow, reason: str, by: User) -> ListRow:
    """剔除一个人, 写明理由。Raises NotYourList, AwayNow, ListNotThere, ListReasonMissing."""
    return _marked(row, reason, by, "list.leave_out")


@transaction.atomic
def take_in(*, row: ListRow, reason: str, by: User) -> ListRow:
    """自己剔除的核实之后放回; 查出来的 (死亡、重复、互斥) 不能放回。Raises as leave_out does."""
    return _marked(row, reason, by, "list.take_in")


def _marked(row: ListRow, reason: str, by: User, action: str) -> ListRow:
    _require(by)
    _require_state(held(row.batch), State.DRAFT)
    if not reason.strip():
        raise ListReasonMissing("请写明理由, 签发的人要看")
    found, out = ListRow.objects.get(pk=row.pk), action == "list.leave_out"
    if bool(found.left_out) == out or (not out and not found.left_out_by):
        raise ListNotThere(
            "这个人已经剔除了" if out else "查出来不能列入的不能放回; 请先更正登记, 再另列名单"
        )
    found.left_out, found.left_out_by = (reason.strip()[:200], by.username) if out else ("", "")
    found.save(update_fields=["left_out", "left_out_by"])
    told = {"list": found.batch_id, "person": found.person_id, "reason": reason.strip()}
    record(by=by, action=action, subject=f"household:{found.household_id}", **told)
    return found


@transaction.atomic
def withdraw(*, batch: ListBatch, by: User) -> ListBatch:
    """撤回还没有签发的名单; 可以另列。Raises NotYourList, AwayNow, ListNotThere."""
    _require(by)
    found = held(batch)
    _require_state(found, State.DRAFT)
    advance(found, State.WITHDRAWN)
    record(by=by, action="list.withdraw", subject=found)
    return found


def sign(*, batch: ListBatch, by: User, on: dt.date, here: bool = True) -> ListBatch:
    """签发: 再查一遍死亡、重复、互斥和在册, 列入的各户写决定和一个月的待遇; 中断了接着写, 不会写两次。

    Raises NotYourList, AwayNow, SignedByItsMaker, ListNotThere, NobodyListed, OwnKinListed, ListUnfinished.
    """
    _require(by)
    found = _signed(batch, by, on)
    if found.state == State.SIGNED:
        job = jobs.start(kind=APPLY, key=f"{APPLY}:{found.pk}", by=by, arguments={"list": found.pk})
        if here:
            _run(job)
            found.refresh_from_db()
    return found


def _run(job: Job) -> None:
    if job.state == Job.State.FAILED:
        job = jobs.retry(job.pk)
    job = jobs.run(job.pk)
    if job.state == Job.State.FAILED:
        raise ListUnfinished(job.message)


@transaction.atomic
def _signed(batch: ListBatch, by: User, on: dt.date) -> ListBatch:
    found = held(batch)
    if found.signed_by_id == by.pk:
        return found
    _require_state(found, State.DRAFT)
    if found.built_by_id == by.pk:
        raise SignedByItsMaker("您拟定的名单要由另一名县级审批签发")
    for why, rows in _grouped(no_longer(found)).items():
        ListRow.objects.filter(pk__in=rows).update(left_out=why)
    told = standing(found).aggregate(persons=Count("pk"), fen=Sum("amount_fen"))
    if not told["persons"]:
        raise NobodyListed("名单上没有可以列入的人, 不用签发; 请撤回")
    for one in (by, found.built_by):
        _refuse_kin(one, found)
    state = State.SIGNED if pays_persons(found.scheme) else State.DONE
    advance(found, state, signed_by=by, signed_on=on, persons=told["persons"], total_fen=told["fen"])
    record(by=by, action="list.sign", subject=found, persons=told["persons"], fen=told["fen"])
    return found


def _grouped(found: dict[int, str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for pk, why in found.items():
        rows.setdefault(why, []).append(pk)
    return rows


def _refuse_kin(by: User, batch: ListBatch) -> None:
    """依据: 民发〔2021〕57号 第十一条"""
    homes: Iterable[Any] = standing(batch).order_by().values("household")
    own = Relative.objects.in_force().filter(
        user=by, person__memberships__household__in=homes, person__memberships__until_on=None
    )
    no = own.order_by("pk").values_list("person__memberships__household__no", flat=True).first()
    if no:
        raise OwnKinListed(f"户 {no} 有{by.name}备案的近亲属, 请由别人先剔除, 另行决定")


@transaction.atomic
def sign_for(*, row: ListRow, received_by: str, by: User, on: dt.date) -> ListRow:
    """登记实物的签收: 照签字的名单, 谁哪天领的; 只登记一次。

    Raises NotYourList, AwayNow, ListNotThere, ListIncomplete.
    """
    _require(by)
    batch = held(row.batch)
    _require_state(batch, State.DONE)
    if not received_by.strip():
        raise ListIncomplete("请照名单写签收人的姓名")
    return _received(batch, ListRow.objects.get(pk=row.pk), received_by.strip()[:60], by, on)


@transaction.atomic
def sign_for_all(*, batch: ListBatch, rows: Collection[int], by: User, on: dt.date) -> ListBatch:
    """一次登记许多人的实物签收, 都是领款人本人签的; 有一个登记不了, 一个也不登记。`rows` are keys of ListRow.

    Raises NotYourList, AwayNow, ListNotThere, ListIncomplete.
    """
    _require(by)
    found = held(batch)
    _require_state(found, State.DONE)
    told = list(ListRow.objects.filter(batch=found, pk__in=set(rows)).select_related("payee").order_by("pk"))
    if not told or len(told) != len(set(rows)):
        raise ListIncomplete("请勾选这份名单上已经签了字的人")
    for row in told:
        _received(found, row, row.payee.name, by, on)
    return found


def _received(batch: ListBatch, row: ListRow, received_by: str, by: User, on: dt.date) -> ListRow:
    if batch.scheme != "goods" or row.left_out or row.received_on:
        why = f", {row.payee.name}的那一份不能再登记" if row.received_on or row.left_out else ""
        raise ListNotThere(f"只有列入的、还没有签收的实物才登记签收{why}")
    row.received_on, row.received_by = on, received_by
    row.save(update_fields=["received_on", "received_by"])
    told = {"list": batch.pk, "person": row.person_id}
    record(by=by, action="list.receive", subject=f"household:{row.household_id}", **told)
    return row
