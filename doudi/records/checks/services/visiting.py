"""Visit the home, ask the neighbours: who went, what they saw beside what was declared, who signed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from doudi.law.duties import ROLES
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.checks.models import (
    Investigator,
    NeighbourTalk,
    VisitItem,
    VisitMethod,
    VisitPhoto,
    VisitRecord,
)
from doudi.records.checks.pictures import kept_picture
from doudi.records.people import services as people
from doudi.records.people.models import Fact
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

HOME = VisitRecord.Way.HOME


class OneInvestigator(Refusal):
    """调查人数不够。"""


class NotSigned(Refusal):
    """调查表没有签全。"""


class WitnessMissing(Refusal):
    """拒绝签字而没有见证人。"""


class ReasonForDistanceMissing(Refusal):
    """没有写明为什么不入户。"""


@dataclass(frozen=True, kw_only=True)
class ItemDraft:
    """逐项对照的一项: 说的是谁的什么, 相符还是不符; 不符而看到数的, `fact` 是所见。"""

    kind: str
    code: str = ""
    person_id: int | None = None
    agrees: bool = True
    fact: people.FactDraft | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class VisitDraft:
    """一张入户调查表。`methods`: 方法 → 情况; 签名和照片都是图片的字节, `signatures` 按工作人员的主键。

    A photograph of the signed paper form (`paper`) stands for every signature on it.
    """

    member_present: str
    observed: str
    methods: Mapping[str, str]
    items: Sequence[ItemDraft] = ()
    is_consistent: bool = True
    way: str = HOME
    way_reason: str = ""
    signatures: Mapping[int, bytes] = field(default_factory=dict)
    member_signature: bytes = b""
    refused_because: str = ""
    witness: str = ""
    paper: Sequence[bytes] = ()
    photos: Sequence[tuple[str, bytes]] = ()


@transaction.atomic
def visit(
    *,
    case: Case,
    by: User,
    others: Sequence[User],
    on: dt.date,
    draft: VisitDraft,
    expected: int | None = None,
) -> VisitRecord:
    """入户调查: 人数按政策包, 调查人和在场家庭成员签字; 所见记在申报旁边。`expected` 是打开时的案件版本。

    Raises StaleVersion, OneInvestigator, NotSigned, WitnessMissing, ReasonForDistanceMissing, PictureRefused.
    依据: 民发〔2021〕57号 第十六条
    """
    case = cases.locked(case, expected)
    cases.require_station(case, "survey")
    investigators = list({user.pk: user for user in (by, *others)}.values())
    _check(draft, investigators, cases.procedure_of(case).investigators)
    for investigator in investigators:
        duty = surveying_duty(investigator)
        cases.do(case=case, by=investigator, duty=duty, title="入户调查", on=on)
    _record_seen(case, by, draft, on)
    return _keep(case, by, investigators, draft, on)


def surveying_duty(user: User) -> str:
    """以哪项职责调查: 有入户职责的按入户。"""
    return "visit" if "visit" in ROLES[user.role].duties else "survey"


def _check(draft: VisitDraft, investigators: Sequence[User], least: int) -> None:
    if len(investigators) < least:
        raise OneInvestigator(
            f"入户调查至少 {least} 人, 现在只有 {len(investigators)} 人, 请选上一起去的调查人"
        )
    if draft.way != HOME and not draft.way_reason:
        raise ReasonForDistanceMissing("用电话或视频调查的, 请写明是什么突发事件使得不能入户")
    if draft.refused_because and not draft.witness:
        raise WitnessMissing("家庭成员拒绝签字的, 请写明见证人")
    if not draft.paper:
        _check_signatures(draft, investigators)


def _check_signatures(draft: VisitDraft, investigators: Sequence[User]) -> None:
    missing = [user.name for user in investigators if not draft.signatures.get(user.pk)]
    if draft.way == HOME and not draft.member_signature and not draft.refused_because:
        missing.append("在场家庭成员")
    if missing:
        raise NotSigned(f"调查表还缺{'、'.join(missing)}的签字, 请在屏幕上签名, 或拍下签好的纸质调查表传上来")


def _record_seen(case: Case, by: User, draft: VisitDraft, on: dt.date) -> None:
    seen = [item.fact for item in draft.items if item.fact and not item.agrees]
    if seen:
        people.record_facts(
            by=by, household=case.household, facts=seen, source=Fact.Source.SEEN, on=on, from_on=on
        )


def _keep(case: Case, by: User, investigators: Sequence[User], draft: VisitDraft, on: dt.date) -> VisitRecord:
    member = draft.member_signature
    record = VisitRecord.objects.create(
        case=case,
        visited_on=on,
        way=draft.way,
        way_reason=draft.way_reason,
        member_present=draft.member_present,
        observed=draft.observed,
        is_consistent=draft.is_consistent and all(item.agrees for item in draft.items),
        signed=True,
        member_signature=kept_picture(member, title="家庭成员签名", by=by) if member else None,
        refused_because=draft.refused_because or None,
        witness=draft.witness or None,
        recorded_by=by.username,
    )
    for user in investigators:
        signature = draft.signatures.get(user.pk)
        kept = kept_picture(signature, title=f"{user.name}签名", by=by) if signature else None
        Investigator.objects.create(visit=record, user=user, signature=kept)
    for method, note in draft.methods.items():
        VisitMethod.objects.create(visit=record, method=method, note=note)
    _keep_items(record, draft.items)
    _keep_photos(record, by, draft)
    return record


def _keep_items(record: VisitRecord, items: Sequence[ItemDraft]) -> None:
    for item in items:
        VisitItem.objects.create(
            visit=record,
            person_id=item.person_id,
            kind=item.kind,
            code=item.code,
            agrees=item.agrees,
            seen_fen=item.fact.amount_fen if item.fact else None,
            note=item.note or None,
        )


def _keep_photos(record: VisitRecord, by: User, draft: VisitDraft) -> None:
    papers = [(VisitPhoto.Subject.PAPER.value, data) for data in draft.paper]
    for subject, data in (*papers, *draft.photos):
        title = f"入户调查{VisitPhoto.Subject(subject).label}"
        file = kept_picture(data, title=title, by=by)
        VisitPhoto.objects.create(visit=record, subject=subject, file=file)


@transaction.atomic
def talk(*, case: Case, by: User, neighbour: str, relation: str, said: str, on: dt.date) -> NeighbourTalk:
    """邻里访问: 问了谁、他反映了什么, 封存。依据: 民发〔2021〕57号 第十五条"""
    case = cases.locked(case)
    cases.require_station(case, "survey")
    cases.do(case=case, by=by, duty=surveying_duty(by), title="邻里访问", on=on)
    return NeighbourTalk.objects.create(
        case=case, on=on, neighbour=neighbour, relation=relation, said=said, asked_by=by
    )
