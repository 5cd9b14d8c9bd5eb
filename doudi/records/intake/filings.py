"""The register of relatives: file, revoke, and what either means for cases under way."""

import datetime as dt

from django.db import transaction

from doudi.records.cases.models import Case
from doudi.records.intake.suspecting import look_over_neighbours
from doudi.records.people import services as people
from doudi.records.people.models import Relative
from doudi.records.staff.models import Role, User
from doudi.records.staff.presence import require_present
from doudi.store.refusal import Refusal

KEEPERS = frozenset({Role.CLERK, Role.APPROVER})


class NotTheKeeper(Refusal):
    """登记簿由乡镇经办和县级审批登记。"""


class NobodyNamed(Refusal):
    """要写明是谁的近亲属。"""


class FilingOutsideArea(Refusal):
    """备案不在职权范围内。"""


class OwnFiling(Refusal):
    """与自己有关的备案不由自己撤销。"""


class AlreadyRevoked(Refusal):
    """这条备案已经撤销。"""


@transaction.atomic
def file_relative(
    *, by: User, name: str, id_number: str, relation: str, official: people.Official, on: dt.date
) -> Relative:
    """登记一条近亲属 (或本人) 备案; 家里在办的案件随即标上, 其他有牵连的比对一遍。

    Raises NotTheKeeper, NobodyNamed and what registering a person raises. 依据: 民发〔2021〕57号 第十一条
    """
    _may_keep(by)
    if official.user is None and not official.cadre_name.strip():
        raise NobodyNamed("请选工作人员, 或写村 (社区) 干部的姓名和职务")
    person = people.register_person(by=by, name=name, id_number=id_number, on=on)
    filed = people.file_relative(by=by, person=person, relation=relation, official=official, on=on)
    homes = person.memberships.values("household")
    Case.objects.open().filter(household__in=homes).update(is_relative_filed=True)
    look_over_neighbours(filed, on=on)
    return filed


@transaction.atomic
def revoke(*, by: User, relative: Relative, reason: str, on: dt.date) -> None:
    """撤销一条备案, 写明理由; 与自己有关的由别人撤销。

    Who was kept away may act again; open cases stay marked, so the county visits those families all the same.
    Raises FilingOutsideArea, OwnFiling, AlreadyRevoked. 依据: 民发〔2021〕57号 第十一条
    """
    _may_keep(by)
    if not Relative.objects.visible_to(by).filter(pk=relative.pk).exists():
        raise FilingOutsideArea("这条备案不是您这里登记的, 请由登记的单位撤销")
    held = Relative.objects.select_for_update(of=("self",)).get(pk=relative.pk)
    if held.revoked_on:
        raise AlreadyRevoked(f"这条备案已于 {held.revoked_on} 撤销")
    # His own relative, or he himself under another's filing: whoever is bound by it does not undo it.
    if Relative.objects.in_force().filter(user=by, person=held.person_id).exists():
        raise OwnFiling("这条备案与您有关, 请由登记单位的其他人核实后撤销")
    people.revoke_relative(by=by, relative=held, reason=reason, on=on)


def _may_keep(by: User) -> None:
    if by.role not in KEEPERS:
        raise NotTheKeeper(f"{by.get_role_display()}不登记近亲属备案, 请交乡镇经办或县级审批办理")
    require_present(by)
