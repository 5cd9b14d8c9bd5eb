"""What each role finds on its desk: a few counts that are work, and the next cases by the time left."""

import datetime as dt

from django.db.models import Count, Min, Q

from doudi.records.audit.models import Event, Look
from doudi.records.awards.models import Award
from doudi.records.cases.models import Case
from doudi.records.desk import queues
from doudi.records.desk.figures import Figure
from doudi.records.payments.models import Interception, PayrollRun
from doudi.records.policies.queries import parameters
from doudi.records.postings.boards import hung_sheets
from doudi.records.postings.models import Objection, Posting
from doudi.records.postings.objections import overdue
from doudi.records.staff.models import Role, User


def counts(user: User, on: dt.date) -> list[Figure]:
    """这个岗位的几个数, 至多六个; 发放的三个岗位有自己的 (desk.paying)。"""
    if user.role in queues.WAITS:
        return _casework(user, on)
    if user.role == Role.DIRECTOR:
        return [*_overview(user, on), *_roll(user, on)]
    if user.role == Role.AUDITOR:
        return [*_overview(user, on), *_trail(on)]
    return _administration(user, on)


def _casework(user: User, on: dt.date) -> list[Figure]:
    soon = on + dt.timedelta(days=queues.SOON_DAYS)
    mine = queues.waiting_for(user)
    found = mine.order_by().aggregate(
        all=Count("pk"),
        over=Count("pk", filter=Q(next_due_on__lt=on)),
        soon=Count("pk", filter=Q(next_due_on__gte=on, next_due_on__lte=soon)),
        returned=Count("pk", filter=~Q(returned_reason="")),
        oldest=Min("next_due_on"),
    )
    late = f"最早 {found['oldest']} 到期" if found["over"] else "没有超期的"
    told = [
        Figure("已超期", found["over"], "件", "cases", "left=over", late, "over" if found["over"] else ""),
        Figure("三日内到期", found["soon"], "件", "cases", "left=soon", "", "soon" if found["soon"] else ""),
        Figure("待我办", found["all"], "件", "cases", "view=mine"),
    ]
    if user.role in (Role.CLERK, Role.VILLAGE):
        told += [Figure("退回补正", found["returned"], "件", "cases", "station=survey"), *_boards(user, on)]
    if user.role == Role.APPROVER:
        told.append(Figure("待送达告知", queues.undelivered(user).count(), "件", "deliver_queue"))
    return told


def _boards(user: User, on: dt.date) -> list[Figure]:
    mine = Posting.objects.visible_to(user).filter(withdrawn_on=None)
    told = [Figure("正在公示", mine.filter(until_on__gte=on).count(), "户", "postings")]
    if user.role == Role.VILLAGE:
        asked = sum(1 for sheet in hung_sheets(user, on) if sheet.due(on))
        return [*told, Figure("今天要拍的榜", asked, "张", "board_photos", tone="soon" if asked else "")]
    waiting, late = Objection.objects.visible_to(user).open().count(), overdue(user, on)
    note = f"{late} 条已超期" if late else ""
    tone = "over" if late else "soon" if waiting else ""
    return [*told, Figure("待处理异议、举报", waiting, "条", "objections", "", note, tone)]


def _overview(user: User, on: dt.date) -> list[Figure]:
    over = Count("pk", filter=Q(due_on__lt=on))
    found = Case.objects.visible_to(user).open().order_by().aggregate(all=Count("pk"), over=over)
    return [
        Figure("在办案件", found["all"], "件", "cases", "view=open"),
        Figure(
            "全程已超期",
            found["over"],
            "件",
            "cases",
            "view=open&left=over",
            tone="over" if found["over"] else "",
        ),
    ]


def _roll(user: User, on: dt.date) -> list[Figure]:
    month = on.year * 100 + on.month
    run = PayrollRun.objects.filter(month=month).aggregate(lines=Count("pk"))
    awards = Award.objects.visible_to(user).filter(closing=None, from_on__lte=on).count()
    return [
        Figure("在享待遇", awards, "份", "statistics"),
        Figure("本月发放批次", run["lines"], "个", "statistics"),
    ]


def _trail(on: dt.date) -> list[Figure]:
    """The auditor's own: who looked behind a mask, what was held from the bank."""
    unmasked = Look.objects.filter(action="unmask", at__date=on).count()
    held = Interception.objects.filter(outcome="").count()
    return [
        Figure("今天查看明文", unmasked, "次", "audit"),
        Figure("未处理的拦截", held, "笔", "audit", tone="soon" if held else ""),
    ]


def _administration(user: User, on: dt.date) -> list[Figure]:
    if user.role == Role.SECURITY:
        active = User.objects.filter(is_active=True).count()
        return [
            Figure("在岗用户", active, "人", "users"),
            Figure("已停用", User.objects.filter(is_active=False).count(), "人", "users"),
        ]
    if user.role == Role.AUDIT_ADMIN:
        return [
            Figure("今天的记录", Event.objects.filter(at__date=on).count(), "条", "audit"),
            Figure("今天的查看", Look.objects.filter(at__date=on).count(), "次", "audit"),
        ]
    return [Figure("标准与参数", _parameters(user, on), "项", "parameters")]


def _parameters(user: User, on: dt.date) -> int:
    return len(parameters(str(user.area_id or ""), on).leaves) if user.area_id else 0
