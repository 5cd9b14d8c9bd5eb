"""版框的数据: 每页都有的单位、用户、演示日期; 左栏由办公站点自己给。"""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from doudi.records.areas.models import Area
from doudi.records.staff.queries import names
from doudi.web.ui.frames import Frame, PublicFrame

SIZES: tuple[Literal["16", "20", "24"], ...] = ("16", "20", "24")
SIZE_COOKIE = "doudi_size"


def frame(request: HttpRequest) -> dict[str, Any]:
    """给模板 frame 与 nav。

    The office names a builder in settings.OFFICE_FRAME ("dotted.path"), called as
    builder(request) -> (Frame, list[NavGroup]); without one the frame holds only the unit's name.
    """
    if settings.SITE == "public":
        return {"frame": public_frame(request), "nav": []}
    builder = getattr(settings, "OFFICE_FRAME", "")
    if builder and getattr(request, "user", None) is not None and request.user.is_authenticated:
        office, nav = import_string(builder)(request)
        return {"frame": office, "nav": nav, "staff_names": SimpleLazyObject(names)}
    return {"frame": Frame(unit_name=settings.UNIT_NAME), "nav": []}


def unit_name() -> str:
    """单位名: 设置里写的, 没写就是县名加民政局。"""
    if settings.UNIT_NAME:
        return str(settings.UNIT_NAME)
    county = Area.objects.filter(code=settings.COUNTY.ljust(12, "0")).first()
    return f"{county.name}民政局" if county else "民政局"


def public_frame(request: HttpRequest) -> PublicFrame:
    """群众站点版框; 字号取自 cookie, 不认识的值按标准字号。"""
    size = request.COOKIES.get(SIZE_COOKIE, "16")
    return PublicFrame(
        unit_name=unit_name(),
        phone=getattr(settings, "HELP_PHONE", ""),
        size=next((known for known in SIZES if known == size), "16"),
        path=request.get_full_path(),
        demo=settings.DEMO,
    )
