"""The office frame: who is signed in, and what this role finds in the left rail."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from doudi.records.policies.proposals import waiting_count
from doudi.records.staff.models import User
from doudi.records.staff.queries import unread_notices
from doudi.store.today import today
from doudi.web.office.access import may_open
from doudi.web.ui.context import unit_name
from doudi.web.ui.frames import Frame, NavGroup, NavItem

NOTICES_COUNTED = 100  # beyond that the number says nothing more


@dataclass(frozen=True)
class Entry:
    """左栏一项: 标签与地址名; 带 kwargs 的页面不进左栏。"""

    label: str
    name: str


RAIL: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    ("工作台", (Entry("我的工作台", "home"),)),
    (
        "受理",
        (
            Entry("代办申请", "village_apply"),
            Entry("窗口受理", "intake_window"),
            Entry("在办案件", "cases"),
            Entry("转介", "referrals"),
            Entry("派单入户", "assignments"),
            Entry("民主评议", "panels"),
        ),
    ),
    (
        "公示",
        (Entry("公示管理", "postings"), Entry("公示照片", "board_photos"), Entry("异议和举报", "objections")),
    ),
    (
        "确认",
        (
            Entry("待签批", "sign_queue"),
            Entry("待确认", "confirm_queue"),
            Entry("县级抽查", "samples"),
            Entry("送达告知书", "deliver_queue"),
            Entry("不服决定", "appeals"),
        ),
    ),
    (
        "变动",
        (Entry("变动清单", "changes"), Entry("到期复核", "reviews_due"), Entry("调标到户", "raise_homes")),
    ),
    (
        "发放",
        (
            Entry("每月发放", "payroll"),
            Entry("名单发放", "listings"),
            Entry("没发成的", "unpaid_lines"),
            Entry("当面发放", "hand_payments"),
            Entry("账实核对", "reconciliation"),
            Entry("追缴", "recoveries"),
            Entry("资金", "funds"),
        ),
    ),
    (
        "台账",
        (
            Entry("在册家庭", "households"),
            Entry("存折代管", "custodies"),
            Entry("近亲属备案", "relatives"),
            Entry("花名册导入", "rosters"),
        ),
    ),
    ("统计", (Entry("月报", "statistics"), Entry("提标测算", "simulation"), Entry("调标", "raises"))),
    (
        "设置",
        (
            Entry("标准与参数", "parameters"),
            Entry("用户与岗位", "users"),
            Entry("工作日历", "workdays"),
            Entry("监督电话与意见箱", "hotlines"),
            Entry("演示日期", "demo_day"),
            Entry("审计", "audit"),
        ),
    ),
)


def build(request: HttpRequest) -> tuple[Frame, list[NavGroup]]:
    """settings.OFFICE_FRAME: the frame and the rail of the signed-in user."""
    return _frame(request), list(_rail(request))


def _frame(request: HttpRequest) -> Frame:
    user: User = request.user  # type: ignore[assignment]
    return Frame(
        unit_name=unit_name(),
        user_name=user.name,
        role=user.get_role_display(),
        home_url=reverse("home"),
        search_url=reverse("search") if may_open(user, "search") else "",
        logout_url=reverse("account_logout"),
        todo_url=reverse("proposals") if may_open(user, "proposal_sign") else "",
        todo_count=waiting_count() if may_open(user, "proposal_sign") else 0,
        notices_url=reverse("notices"),
        notices_count=unread_notices(user)[:NOTICES_COUNTED].count(),
        password_url=reverse("account_change_password"),
        demo_on=today() if settings.DEMO else None,
    )


def _rail(request: HttpRequest) -> list[NavGroup]:
    mine = [(label, [one for one in entries if may_open(request.user, one.name)]) for label, entries in RAIL]
    here = _nearest(request.path, [reverse(one.name) for _, entries in mine for one in entries])
    return [NavGroup(label, [_item(one, here) for one in entries]) for label, entries in mine if entries]


def _nearest(path: str, urls: list[str]) -> str:
    """The one entry a page belongs to: the longest address that leads to it."""
    leading = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return max(leading, key=len, default="")


def _item(entry: Entry, here: str) -> NavItem:
    url = reverse(entry.name)
    return NavItem(entry.label, url, active=url == here)
