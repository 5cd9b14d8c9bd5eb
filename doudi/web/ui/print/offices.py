"""落款和去处: 表上写的机关名称和群众网址。"""

from django.conf import settings
from django.urls import reverse

from doudi.records.areas.models import Area
from doudi.records.areas.queries import county


def township_office(place: Area) -> str:
    """乡镇、街道的机关名称; `place` 是乡镇或它的村 (带着上级)。"""
    town = place.parent if place.level == Area.Level.VILLAGE and place.parent else place
    if town.name.endswith("办事处"):
        return town.name
    return f"{town.name}{'办事处' if town.name.endswith('街道') else '人民政府'}"


def village_name(village: Area) -> str:
    """乡镇加村名。"""
    return f"{village.parent.name if village.parent else ''}{village.name}"


def county_government() -> str:
    """受理行政复议的县级人民政府。依据: 行政复议法 第二十四条"""
    return f"{county().name}人民政府"


def civil_affairs() -> str:
    """县级民政部门: 设置里写的单位名, 没写就是县名加民政局。"""
    return str(settings.UNIT_NAME) or f"{county().name}民政局"


def public_address(page: str, *args: str) -> str:
    """群众网站上一页的完整网址。"""
    return settings.PUBLIC_URL.rstrip("/") + reverse(page, urlconf="doudi.web.public.urls", args=args)
