"""Hearings: asked for, announced, held. A record on the case; no station waits for it."""

import datetime as dt

from django.db import transaction

from doudi.records.cases import services as cases
from doudi.records.cases.models import Act, Case
from doudi.records.checks.meetings import Hearing, HearingNotice, HearingRecord
from doudi.records.checks.pictures import kept_picture
from doudi.records.staff.models import User
from doudi.store.refusal import Refusal

DUTY = "review"


class HearingOpen(Refusal):
    """已有一次听证没有办完。"""


class AlreadyAnnounced(Refusal):
    """听证已经通知。"""


class NotAnnounced(Refusal):
    """听证还没有通知, 或没有到日子。"""


class AlreadyHeard(Refusal):
    """听证已经举行。"""


class HostTookPart(Refusal):
    """主持听证的人办过这件案子。"""


@transaction.atomic
def ask_hearing(*, case: Case, by: User, asker: str, reason: str, on: dt.date) -> Hearing:
    """登记听证申请: 申请人、异议人提出的, 或机关决定的。Raises HearingOpen."""
    case = cases.locked(case)
    if Hearing.objects.filter(case=case, record=None).exists():
        raise HearingOpen("这件案子已有一次听证没有办完, 请先办完")
    title = f"{Hearing.Asker(asker).label}提出听证"
    cases.do(case=case, by=by, duty=DUTY, title=title, on=on)
    return Hearing.objects.create(case=case, asker=asker, reason=reason, asked_on=on, recorded_by=by.username)


@transaction.atomic
def announce_hearing(
    *, hearing: Hearing, by: User, hold_on: dt.date, place: str, on: dt.date
) -> HearingNotice:
    """通知听证的日期和地点, 要早于听证日。Raises AlreadyAnnounced, NotAnnounced."""
    case = cases.locked(hearing.case)
    if HearingNotice.objects.filter(hearing=hearing).exists():
        raise AlreadyAnnounced("这次听证已经通知过日期和地点")
    if hold_on <= on:
        raise NotAnnounced("听证要先通知再举行, 请定在今天以后的日子")
    cases.do(case=case, by=by, duty=DUTY, title="通知听证", on=on, note=f"{hold_on} 在{place}")
    return HearingNotice.objects.create(
        hearing=hearing, notice_on=on, hold_on=hold_on, place=place, recorded_by=by.username
    )


@transaction.atomic
def hold_hearing(
    *,
    hearing: Hearing,
    by: User,
    host: User,
    attendees: str,
    statements: str,
    conclusion: str,
    on: dt.date,
    minutes: bytes = b"",
) -> HearingRecord:
    """登记听证笔录; 主持人不能是办过这件案子的人。Raises NotAnnounced, AlreadyHeard, HostTookPart."""
    case = cases.locked(hearing.case)
    notice = HearingNotice.objects.filter(hearing=hearing).first()
    if notice is None or on < notice.hold_on:
        raise NotAnnounced("还没有通知听证, 或没有到通知的日子")
    if HearingRecord.objects.filter(hearing=hearing).exists():
        raise AlreadyHeard("这次听证已经登记笔录")
    if Act.objects.filter(case=case, user=host).exists():
        raise HostTookPart(f"{host.name}办过这件案子, 不能主持听证, 请换一个人")
    cases.do(case=case, by=by, duty=DUTY, title="举行听证", on=on, note=f"主持人 {host.name}")
    return HearingRecord.objects.create(
        hearing=hearing,
        held_on=on,
        host=host,
        attendees=attendees,
        statements=statements,
        conclusion=conclusion,
        minutes=kept_picture(minutes, title="听证笔录", by=by) if minutes else None,
        recorded_by=by.username,
    )
