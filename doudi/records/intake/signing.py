"""Who has signed: authorisations of members and obligors, the applicant's commitment, the photographs of both."""

import datetime as dt

from django.db import transaction

from doudi.exchange.pictures import BadPicture, cleaned
from doudi.law.identity import canonical_name
from doudi.records.audit.services import record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Case
from doudi.records.intake.models import Signature
from doudi.records.intake.queries import Signer, signers
from doudi.records.people import services as people
from doudi.records.people.models import Obligor
from doudi.records.staff.models import User
from doudi.store.kept import keep
from doudi.store.models import KeptFile
from doudi.store.refusal import Refusal


class NotASigner(Refusal):
    """名单上没有这个要签字的人。"""


class AlreadySigned(Refusal):
    """这个人已经签过。"""


class GuardianMissing(Refusal):
    """未成年人由监护人代签, 要写监护人。"""


class SignatureNotShown(Refusal):
    """照片和屏幕签字要有图像。"""


class PictureRefused(Refusal):
    """照片收不进来。"""


class ObligorHasSigned(Refusal):
    """已经签字的义务人不能去掉。"""


def picture(data: bytes, *, title: str, by: User) -> KeptFile:
    """把一张照片洗净封存。Raises PictureRefused."""
    try:
        clean = cleaned(data)
    except BadPicture as bad:
        raise PictureRefused(f"{title}: {bad}") from None
    return keep(clean, media_type="image/jpeg", title=title[:80], by=by.username)


@transaction.atomic
def sign(
    *, case: Case, by: User, key: str, way: str, on: dt.date, guardian: str = "", image: bytes = b""
) -> Signature:
    """登记一个人的签字, `key` 指名单上的哪一个。

    Raises NotASigner, AlreadySigned, GuardianMissing, SignatureNotShown, PictureRefused. 依据: 649号令 第五十八条
    """
    case = cases.locked(case)
    _still_open(case, by)
    signer = next((one for one in signers(case) if one.key == key), None)
    if signer is None:
        raise NotASigner("名单上没有这个人, 家庭成员可能刚有变动, 请刷新后再登记")
    if signer.signature:
        raise AlreadySigned(f"{signer.name} 已于 {signer.signature.signed_on} 签过, 不用再签")
    if signer.is_minor and not guardian.strip():
        raise GuardianMissing(f"{signer.name} 未满 18 周岁, 由监护人代签, 请写监护人姓名")
    if way != Signature.Way.HAND and not image:
        raise SignatureNotShown(f"请给 {signer.name} 的签字拍照, 或在屏幕上签")
    title = f"{signer.name}的{'诚信承诺' if signer.what == Signature.What.PROMISE else '核对授权'}签字"
    kept = picture(image, title=title, by=by) if image and way != Signature.Way.HAND else None
    made = _made(case, by, signer, on, way=way, image=kept, guardian=guardian if signer.is_minor else "")
    record(by=by, action="intake.signature", subject=f"case:{case.pk}", what=signer.what, who=key, way=way)
    return made


@transaction.atomic
def sign_on_paper(*, case: Case, by: User, promised: bool, authorised: bool, on: dt.date) -> None:
    """收件时当场签在纸上的: 全体成年成员的授权 (未成年人由户主代签), 申请人的承诺。已签的不重复。

    A minor who is the head has nobody here to sign; that one stays on the list.
    """
    case = cases.locked(case)
    _still_open(case, by)
    waiting = [one for one in signers(case) if one.signature is None and one.obligor is None]
    head = next((one for one in waiting if one.person and one.person.pk == case.household.head_id), None)
    guardian = "" if head is None or _head_is_minor(waiting, case) else head.name
    for one in waiting:
        wanted = promised if one.what == Signature.What.PROMISE else authorised
        if wanted and (guardian or not one.is_minor):
            _made(case, by, one, on, way=Signature.Way.HAND, guardian=guardian if one.is_minor else "")
    record(
        by=by, action="intake.signatures", subject=f"case:{case.pk}", promised=promised, authorised=authorised
    )


def _head_is_minor(waiting: list[Signer], case: Case) -> bool:
    return any(one.is_minor and one.person and one.person.pk == case.household.head_id for one in waiting)


def _still_open(case: Case, by: User) -> None:
    if case.closed_on:
        raise cases.WrongStation(f"案件 {case.no} 已经办结, 不再登记签字")
    cases.check_may(case=case, by=by, duty="accept")


def _made(
    case: Case,
    by: User,
    signer: Signer,
    on: dt.date,
    *,
    way: str,
    guardian: str,
    image: KeptFile | None = None,
) -> Signature:
    return Signature.objects.create(
        case=case,
        what=signer.what,
        person=signer.person,
        obligor=signer.obligor,
        guardian=canonical_name(guardian),
        way=way,
        image=image,
        signed_on=on,
        noted_by=by.username,
    )


@transaction.atomic
def add_obligor(*, case: Case, by: User, draft: people.ObligorDraft, on: dt.date) -> Obligor:
    """在案件里登记一名赡养抚养扶养义务人, 之后要他签字。依据: 649号令 第五十八条"""
    case = cases.locked(case)
    _still_open(case, by)
    return people.add_obligor(by=by, household=case.household, draft=draft, on=on)


@transaction.atomic
def end_obligor(*, case: Case, by: User, obligor: Obligor, reason: str, on: dt.date) -> None:
    """去掉登记有误的义务人, 写明理由。Raises ObligorHasSigned."""
    case = cases.locked(case)
    _still_open(case, by)
    if case.signatures.filter(obligor=obligor).exists():
        raise ObligorHasSigned(f"{obligor.name} 已经签字授权, 不能从这件案子里去掉")
    people.end_obligor(by=by, obligor=obligor, reason=reason, on=on)
