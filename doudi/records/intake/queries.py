"""What the window knows of a case: papers, who has signed, what still looks doubtful."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import F, Prefetch, Q, QuerySet

from doudi.law.blocks import CaseFacts
from doudi.law.identity import age_on
from doudi.records.audit.queries import events_of
from doudi.records.awards.models import Holding
from doudi.records.cases.models import Case
from doudi.records.cases.queries import pause_cause
from doudi.records.cases.services import ROAD_OF_CHANGE
from doudi.records.intake.models import Application, Paper, Referral, Signature, Suspicion
from doudi.records.people.models import Household, Membership, Obligor, Person, Relative
from doudi.records.people.queries import obligors_of, relatives_of
from doudi.records.policies.queries import paper_label, scheme
from doudi.records.staff.models import User
from doudi.store.areas import code_range, contains
from doudi.store.models import KeptFile

ADULT = 18  # 民法典 第十七条


class Signer(NamedTuple):
    """一个该签字的人: 签什么、是谁、凭什么该签、要不要监护人代签、签了的那一条。"""

    what: str
    name: str
    standing: str
    person: Person | None
    obligor: Obligor | None
    is_minor: bool
    signature: Signature | None

    @property
    def key(self) -> str:
        """表单里指这个人的代码。"""
        who = f"o{self.obligor.pk}" if self.obligor else f"p{self.person.pk if self.person else 0}"
        return f"{self.what}-{who}"

    @property
    def told(self) -> str:
        """缺签字时怎么说。"""
        if self.what == Signature.What.PROMISE:
            return f"{self.name}（诚信承诺书）"
        if self.obligor:
            return f"{self.name}（义务人）"
        return f"{self.name}（监护人代签）" if self.is_minor else self.name


def signers(case: Case) -> list[Signer]:
    """谁该签字: 申请人的诚信承诺, 每个成员和义务人的核对授权。依据: 649号令 第五十八条; 民发〔2021〕57号 第九条"""
    return list(_signers(case))


def _signers(case: Case) -> Iterator[Signer]:
    found = {(s.what, s.person_id, s.obligor_id): s for s in case.signatures.select_related("image")}
    applicant, promise = case.application.applicant, Signature.What.PROMISE
    yield Signer(
        promise, applicant.name, "申请人", applicant, None, False, found.get((promise, applicant.pk, None))
    )
    what = Signature.What.AUTHORISE
    for m in case.household.memberships.filter(until_on=None).select_related("person").order_by("pk"):
        minor = age_on(m.person.birth_on, case.accepted_on) < ADULT
        signed = found.get((what, m.person_id, None))
        yield Signer(what, m.person.name, m.get_relation_display(), m.person, None, minor, signed)
    for obligor in obligors_of(case.household):
        standing = f"义务人 · {obligor.get_relation_display()}"
        yield Signer(what, obligor.name, standing, None, obligor, False, found.get((what, None, obligor.pk)))


def unsigned(case: Case) -> tuple[str, ...]:
    """还没有签字的人, 按姓名; 变更、复核案里只差新来的人, 在享的人申请时的授权仍然有效。"""
    standing = _authorised_before(case)
    return tuple(
        signer.told
        for signer in signers(case)
        if signer.signature is None and (signer.person is None or signer.person.pk not in standing)
    )


def _authorised_before(case: Case) -> set[int]:
    """Whoever an award of this family is paid for, when the case is about that award, and the head who receives it.

    A recognition pays nobody: there it is whoever signed for what was granted.
    """
    if case.road != ROAD_OF_CHANGE:
        return set()
    if scheme(case.scheme).shape == "status":
        granted = {"case__household": case.household_id, "case__outcome": Case.Outcome.GRANTED}
        signed = Signature.objects.filter(what=Signature.What.AUTHORISE, person__isnull=False, **granted)
        return {case.application.applicant_id, *signed.values_list("person_id", flat=True)}
    # What corrects a stop is about the awards which that stop ended.
    paid = Q(award__closing=None) | Q(award__closing__decision__corrections__case=case)
    held = Holding.objects.filter(paid, award__household=case.household_id)
    return {case.application.applicant_id, *held.values_list("person_id", flat=True)}


def missing_papers(case: Case) -> tuple[str, ...]:
    """还缺的材料的名称。"""
    kinds = (
        Paper.objects.filter(case=case, status=Paper.Status.MISSING)
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    return tuple(paper_label(case.scheme, kind) for kind in kinds)


def noted_by(case: Case) -> str:
    """最近办过这件案子的人的姓名; 登记材料不是一次办理, 姓名在审计链里。"""
    last = events_of(f"case:{case.pk}").last()
    known = User.objects.filter(username=last.actor).first() if last else None
    return known.name if known else ""


def is_relative_known(case: Case) -> bool:
    """家里有没有工作人员的近亲属备案, 立案之后才备案的也算。依据: 民发〔2021〕57号 第十一条"""
    return relatives_of(case.household_id).exists()


def suspicions_of(case: Case) -> QuerySet[Suspicion]:
    """这件案子的疑似情形, 待核实的在前。"""
    related = ("household__head", "household__village__parent", "relative__user", "relative__person")
    return case.suspicions.select_related(*related).order_by("settled_on", "pk")


def standing_suspicions(case: Case, kind: str) -> tuple[str, ...]:
    """还挡着受理的疑似情形: 待核实的; 重复申请属实的也算。"""
    rows = case.suspicions.filter(kind=kind).exclude(state=Suspicion.State.DISMISSED)
    if kind == Suspicion.Kind.RELATIVE:
        rows = rows.filter(state=Suspicion.State.OPEN)
    found = rows.select_related("household__village__parent", "relative__user").order_by("pk")
    return tuple(dict.fromkeys(_told(case, one) for one in found))


def other_family(case: Case, household: Household) -> str:
    """另一户怎么称呼: 同一乡镇的写户编号, 别处的只写乡镇。"""
    town = household.village.parent
    if town and contains(town.code, case.village_id):
        return f"户 {household.no}"
    return f"{town.name if town else household.village.name}的一户"


def _told(case: Case, one: Suspicion) -> str:
    if one.kind == Suspicion.Kind.RELATIVE:
        return f"与 {one.relative.official if one.relative else ''} {one.get_sign_display()}"
    sure = "（属实）" if one.state == Suspicion.State.CONFIRMED else ""
    other = other_family(case, one.household) if one.household else ""
    return f"与{other} {one.get_sign_display()}{sure}"


def referrals(user: User, view: str, on: dt.date) -> QuerySet[Referral]:
    """职权范围内的转介, 到期早的在前; `view` 为 open 等答复, late 已过期限, all 全部 (新的在前)。"""
    related = ("household__head", "household__village__parent", "case")
    found = Referral.objects.visible_to(user).select_related(*related)
    if view == "all":
        return found.order_by("-sent_on", "-pk")
    waiting = found.filter(state=Referral.State.SENT).order_by("due_on", "pk")
    return waiting.filter(due_on__lt=on) if view == "late" else waiting


def filings_of(user: User, text: str = "") -> QuerySet[Relative]:
    """职权范围内的近亲属备案, 有效的在前; `text` 为任一方的姓名。"""
    present = Membership.objects.filter(until_on=None).select_related("household")
    found = Relative.objects.visible_to(user).select_related("user", "person", "area")
    if text.strip():
        name = text.strip()
        found = found.filter(Q(user__name=name) | Q(cadre_name=name) | Q(person__name=name))
    shown = found.prefetch_related(Prefetch("person__memberships", present, to_attr="present"))
    return shown.order_by(F("revoked_on").desc(nulls_first=True), "-filed_on", "-pk")


def colleagues(user: User) -> list[User]:
    """备案时可选的工作人员: 本辖区的; 县级的选全县的。"""
    low, high = code_range(str(user.area_id)) if user.area_id else ("", "")
    found = User.objects.filter(is_active=True, area__code__gte=low, area__code__lte=high)
    return list(found.order_by("role", "name"))


def pictures_of(case: Case) -> QuerySet[KeptFile]:
    """这件案子受理时留存的图: 材料、委托书、签字。"""
    return KeptFile.objects.filter(
        Q(pk__in=case.papers.values("photo"))
        | Q(pk__in=case.signatures.values("image"))
        | Q(pk__in=Application.objects.filter(case=case).values("mandate_photo"))
    )


def facts(case: Case) -> CaseFacts:
    """受理环节知道的事实。"""
    signed = case.signatures.filter(what=Signature.What.AUTHORISE).exists()
    authorised = signed or bool(_authorised_before(case))
    return CaseFacts(
        station=case.station,
        paused=pause_cause(case),
        papers_missing=missing_papers(case),
        authorised=authorised,
        unsigned=unsigned(case),
        duplicates_open=standing_suspicions(case, Suspicion.Kind.DUPLICATE),
        relatives_open=standing_suspicions(case, Suspicion.Kind.RELATIVE),
        near_relative=case.is_relative_filed or is_relative_known(case),
    )
