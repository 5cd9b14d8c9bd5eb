"""Who works here."""

from django.db.models import Q, QuerySet

from doudi.records.staff.models import User


def people(*, text: str = "", role: str = "", active: str = "yes") -> QuerySet[User]:
    """工作人员名单, 按岗位和登录名; text 找姓名或登录名。"""
    rows = User.objects.select_related("area")
    if text:
        rows = rows.filter(Q(name__contains=text) | Q(username__contains=text))
    if role:
        rows = rows.filter(role=role)
    if active:
        rows = rows.filter(is_active=active == "yes")
    return rows.order_by("role", "username")
