"""Draw the county's sample: a frozen list, a fresh seed, a result that anybody can compute again."""

import datetime as dt
import secrets
from collections.abc import Sequence

from django.db import transaction

from doudi.law import sampling
from doudi.law.duties import DUTIES, duties_of
from doudi.records.audit.services import hold_chain, record
from doudi.records.cases import services as cases
from doudi.records.cases.models import Assignment
from doudi.records.decisions.models import SampleDraw, SampleEntry
from doudi.records.decisions.sampled import Pool, pools
from doudi.records.staff.models import User
from doudi.records.staff.presence import require_present
from doudi.records.staff.services import notify
from doudi.store.numbers import next_number
from doudi.store.refusal import Refusal

Result = SampleEntry.Result


class NothingToDraw(Refusal):
    """没有待抽签的案件。"""


@transaction.atomic
def draw(*, by: User, scheme: str, stage: str, month: int, on: dt.date) -> SampleDraw:
    """抽签: 冻结名单, 当场生成种子, 按比例抽出; 近亲属备案和有投诉的另外必去, 不占名额。

    Raises NothingToDraw, cases.NotYourDuty, AwayNow. 依据: 县级入户抽查比例由政策包写明
    """
    area = _county_of(by)
    hold_chain()  # one draw at a time: two of them would put one case on two lists
    pool = next(
        (one for one in pools(by, on) if (one.scheme, one.stage, one.month) == (scheme, stage, month)), None
    )
    if pool is None:
        raise NothingToDraw("没有待抽签的案件, 名单可能刚刚抽过, 请刷新看结果")
    seed, frame = secrets.token_hex(16), sorted(case.no for case in pool.cases)
    made = SampleDraw.objects.create(
        no=f"CC{on:%Y%m}-{next_number(f'sample-{on:%Y%m}'):03}",
        area_id=area,
        scheme=scheme,
        stage=stage,
        month=month,
        frame=frame,
        rate_bp=pool.rate_bp,
        seed=seed,
        drawn=list(sampling.drawn(seed, frame, pool.rate_bp)),
        on=on,
        by=by.username,
    )
    _enter(made, pool)
    record(by=by, action="sample.draw", subject=f"sample:{made.pk}", no=made.no, seed=seed, size=len(frame))
    notify(
        to_role=by.role, area_code=area, kind="sample", on=on, link="/choucha/",
        title=f"{made.no}: 抽中 {len(made.drawn)} 户, 请安排入户",
    )  # fmt: skip
    return made


def _enter(made: SampleDraw, pool: Pool) -> None:
    chosen = set(made.drawn)
    entries = [(case, Result.DRAWN if case.no in chosen else Result.PASSED) for case in pool.cases]
    entries += [(case, Result.MUST) for case in pool.must]
    SampleEntry.objects.bulk_create(
        SampleEntry(draw=made, case=case, result=result) for case, result in entries
    )


def _county_of(by: User) -> str:
    if "sample" not in duties_of(by.role) or not by.area_id:
        raise cases.NotYourDuty(f"{by.get_role_display()}不办理{DUTIES['sample']}")
    require_present(by)
    return by.area_id


@transaction.atomic
def assign_visitors(
    *, entries: Sequence[SampleEntry], by: User, visitors: Sequence[User], on: dt.date
) -> None:
    """把抽中的分给县级核查人入户。Raises cases' refusals of duty, area, side and relatives for every visitor."""
    for entry in entries:
        for visitor in (by, *visitors):
            cases.check_may(case=entry.case, by=visitor, duty="sample")
        for visitor in visitors:
            Assignment.objects.get_or_create(case=entry.case, user=visitor, defaults={"on": on})
        names = "、".join(visitor.name for visitor in visitors)
        cases.do(case=entry.case, by=by, duty="sample", title="抽查派单", on=on, note=f"由 {names} 入户")


def verified(made: SampleDraw) -> bool:
    """用记下的种子和名单重算, 与当时抽出的一致, 名单上的案件也没有增减。"""
    entered = set(
        SampleEntry.objects.filter(draw=made).exclude(result=Result.MUST).values_list("case__no", flat=True)
    )
    again = list(sampling.drawn(made.seed, made.frame, made.rate_bp))
    return again == made.drawn and entered == set(made.frame)
