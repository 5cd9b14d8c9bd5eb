"""The front door, the guide, the telephone page, and what is said where nothing is."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from doudi.law.packs import Parameters
from doudi.law.schemes.means_inputs import LOCALITIES
from doudi.records.policies.queries import parameters, scheme
from doudi.records.postings.queries import contacts
from doudi.store.today import today
from doudi.web.ui.context import unit_name
from doudi.web.ui.print.offices import county_government

GUIDED = "dibao_rural"  # papers and the way are the same for the urban scheme
HOTLINE = "12345"


@dataclass(frozen=True)
class Door:
    """首页的一扇门。"""

    label: str
    text: str
    url: str


@dataclass(frozen=True)
class Standard:
    """一种户口的低保线: 每人每年, 折合每月, 出自哪份文件、几时起。"""

    label: str
    year_fen: int
    month_fen: int
    document: str
    since: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页: 五扇门。"""
    doors = [
        Door("申请指引", "谁能申请, 带什么, 多久有结果", reverse("public_guide")),
        Door("查进度", "办到哪一步, 钱发了没有", reverse("public_progress")),
        Door("看公示", "村里谁家要享受, 有意见可以提", reverse("public_boards")),
        Door("算一算", "答 8 个问题, 看看可能补多少", reverse("public_self_test")),
        Door("打电话", "不会填, 直接问", reverse("public_phone")),
    ]
    return render(request, "public/home.html", {"doors": doors})


@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """申请指引: 标准、材料、步骤和期限, 都取自现行政策。"""
    rules = parameters(settings.COUNTY, today())
    wanted = scheme(GUIDED)
    context = {
        "standards": [_standard(rules, code, label) for code, label in LOCALITIES.items()],
        "bring": [paper.label for paper in wanted.papers_from("citizen")],
        "fetched": [paper.label for paper in wanted.papers_from("system")],
        "investigators": rules.value("procedure.investigators"),
        "days": {name: rules.value(f"clock.{name}") for name in ("survey_start", "posting", "whole")},
    }
    return render(request, "public/guide.html", context)


def _standard(rules: Parameters, code: str, label: str) -> Standard:
    leaf = rules.leaf(f"dibao.standard.{code}")
    return Standard(label, leaf.value, leaf.value // 12, leaf.document, leaf.since.isoformat())


@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """打电话: 办事电话、政务服务热线和县以上的监督电话。"""
    lines = contacts("phone", settings.COUNTY.ljust(12, "0"))
    return render(request, "public/phone.html", {"hotline": HOTLINE, "lines": lines})


@require_safe
def appeal(request: HttpRequest) -> HttpResponse:
    """对决定不服: 三条路, 各找谁、多久之内、几时有结果。依据: 649号令 第六十五条"""
    rules = parameters(settings.COUNTY, today())
    days = ("reconsideration", "lawsuit", "complaint_answer", "reconsideration_answer", "lawsuit_answer")
    context = {
        "terms": {name: rules.value(f"clock.{name}") for name in days},
        "government": county_government(),
        "office": unit_name(),
        "hotline": HOTLINE,
    }
    return render(request, "public/appeal.html", context)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """没有这一页, 或者公示已经撤下。"""
    return render(request, "public/not_found.html", status=404)
