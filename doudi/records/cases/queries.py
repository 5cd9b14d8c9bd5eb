"""What a case's clocks say: when it stood still, whether it was given longer, and until when it runs."""

import datetime as dt

from doudi.law import clocks
from doudi.law.procedure import WHOLE
from doudi.records.cases.models import Case, Extension, Pause
from doudi.records.policies.queries import calendar, parameters, scheme


def open_pause(case: Case) -> Pause | None:
    """正在暂停的那一段; 没有暂停为空。"""
    return Pause.objects.filter(case=case, until_on=None).first()


def paused(case: Case) -> tuple[clocks.Pause, ...]:
    """已经恢复的各段暂停, 前含后不含; 还没有恢复的到恢复那天再算。"""
    rows = Pause.objects.filter(case=case).order_by("pk").values_list("from_on", "until_on")
    return tuple((from_on, until_on) for from_on, until_on in rows if until_on)


def pause_cause(case: Case) -> str:
    """正在暂停的情形的名称; 没有暂停为空。"""
    pause = open_pause(case)
    return cause_label("procedure.pause_causes", pause.cause, case) if pause else ""


def causes(path: str, case: Case) -> tuple[tuple[str, str], ...]:
    """政策包在受理那天列出的情形: (代码, 名称)。"""
    leaf = parameters(case.village_id, case.accepted_on).leaf(path)
    return tuple((code, leaf.names[code]) for code in leaf.value)


def cause_label(path: str, code: str, case: Case) -> str:
    """一种情形的名称。"""
    return parameters(case.village_id, case.accepted_on).declared[path].names[code]


def extension(case: Case) -> Extension | None:
    """等签字的或已同意的延长; 不同意的不算。"""
    return Extension.objects.filter(case=case).exclude(answer=Extension.Answer.DECLINED).first()


def longer_limit(case: Case) -> clocks.Deadline | None:
    """延长之后的全程时限; 政策没有规定可以延长的为空。"""
    return _whole(case, longer=True)


def whole_clock(case: Case) -> clocks.Deadline:
    """这件案子的全程时限: 从受理起, 按受理那天的政策; 同意延长的用长的, 暂停的日子不计。"""
    agreed = Extension.objects.filter(case=case, answer=Extension.Answer.AGREED).exists()
    # Agreed to before the family was found to be of a scheme that has no longer limit: then its own holds.
    found = _whole(case, longer=agreed) or _whole(case, longer=False)
    assert found is not None  # every pack gives a limit of the whole
    return found


def _whole(case: Case, *, longer: bool) -> clocks.Deadline | None:
    rules = parameters(case.village_id, case.accepted_on)
    code = clocks.first_given(WHOLE, scheme(case.scheme).rulebook, rules)
    if longer:
        code = clocks.longer(code, rules)
    return clocks.deadline(code, case.accepted_on, rules, calendar(), paused(case)) if code else None


def whole_limit(area_code: str, scheme_id: str, on: dt.date) -> clocks.Deadline:
    """某日受理的一件申请的全程时限。"""
    rules = parameters(area_code, on)
    code = clocks.first_given(WHOLE, scheme(scheme_id).rulebook, rules) or WHOLE[-1]
    return clocks.deadline(code, on, rules, calendar())


def used_days(case: Case, on: dt.date) -> int:
    """到某日为止用去的天数, 单位同全程时限; 暂停的日子不计, 正在暂停的算到暂停那天。"""
    pause = open_pause(case)
    until = min(on, pause.from_on - dt.timedelta(days=1)) if pause else on
    return clocks.used(whole_clock(case), until, calendar(), paused(case))
