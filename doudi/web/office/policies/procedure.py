"""The road of a scheme on a page: its picture, the same as a table, and the procedures side by side."""

from collections.abc import Iterable
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from doudi.exchange.road_svg import svg
from doudi.law.catalogue import Scheme
from doudi.law.packs import MissingParameter
from doudi.law.procedure import CONFIRMERS
from doudi.law.road_map import RoadMap, Stop
from doudi.records.policies.procedures import IN_FORCE, drawn, names
from doudi.records.policies.queries import catalogue, packs, scheme
from doudi.store.today import today
from doudi.web.ui import components as ui

USUAL = "dibao_rural"


class ProcedureForm(forms.Form):
    """看哪个项目、哪个程序、哪一天的。"""

    scheme = forms.ChoiceField(label="项目", required=False)
    pack = forms.ChoiceField(label="程序", required=False)
    on = forms.DateField(
        label="哪一天受理的",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "w-day"}),
    )

    def __init__(self, data: object, *, titles: dict[str, str]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        known = catalogue().schemes.values()
        self.fields["scheme"].choices = [(one.id, one.name) for one in known]  # type: ignore[attr-defined]
        self.fields["pack"].choices = list(titles.items())  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Row:
    """表里的一站: 谁办、几天内、依据、公示什么。"""

    stop: Stop
    label: str
    posted: str


@dataclass(frozen=True)
class Compared:
    """一个程序的要点, 好与别的并排看。"""

    pack: str
    title: str
    road: str
    confirmer: str
    sampling: str
    whole: str
    here: bool


def procedure(request: HttpRequest) -> HttpResponse:
    """某项目在某一天、某个程序里的路: 图、表、并排。"""
    known = packs()
    titles = names(known)
    form = ProcedureForm(request.GET or None, titles=titles)
    form.is_valid()
    said = getattr(form, "cleaned_data", {})
    scheme_id, pack = said.get("scheme") or USUAL, said.get("pack") or IN_FORCE
    on = said.get("on") or today()
    bound = ProcedureForm({"scheme": scheme_id, "pack": pack, "on": on}, titles=titles)
    context = {
        "on": on,
        "filters": ui.FilterBar(list(bound)),
        "scheme": scheme(scheme_id),
        "title": titles[pack],
    }
    try:
        found = drawn(known, pack, scheme_id, on)
        others = [drawn(known, one, scheme_id, on) for one in titles]
    except MissingParameter as missing:
        return render(request, "office/policies/procedure.html", context | {"refused": str(missing)})
    context |= {
        "road": found.road,
        # Our own drawing: every text in it was escaped, and nothing of a case is in it.
        "picture": mark_safe(svg(found.road)) if found.road.stops else "",  # noqa: S308
        "papers": _papers(scheme(scheme_id)) if "accept" in found.road.terms.road else "",
        "rows": list(_rows(found.road, scheme(scheme_id))),
        "compared": [_compared(one.pack, one.title, one.road, pack) for one in others],
        "county": settings.COUNTY,
    }
    return render(request, "office/policies/procedure.html", context)


def _rows(road: RoadMap, asked: Scheme) -> Iterable[Row]:
    for stop in road.stops:
        label = f"{stop.label}（未接入）" if stop.told == "未接入" else stop.label
        yield Row(stop, label, _posted(stop, asked))


def _posted(stop: Stop, asked: Scheme) -> str:
    if not stop.is_posting:
        return ""
    if not asked.posted_by_name:
        return "依法不写姓名"
    return "姓名、人数" if stop.code == "post_intake" else "姓名、人数、金额"


def _papers(asked: Scheme) -> str:
    told = (("申请人交", "citizen"), ("共享取得, 不得再要", "system"))
    parts = ((label, "、".join(paper.label for paper in asked.papers_from(source))) for label, source in told)
    return "; ".join(f"{label}: {listed}" for label, listed in parts if listed)


def _compared(pack: str, title: str, road: RoadMap, chosen: str) -> Compared:
    walked = " → ".join(stop.label for stop in road.stops) or "不立案"
    return Compared(
        pack,
        title,
        walked,
        CONFIRMERS[road.terms.confirm_by],
        road.sampling,
        road.whole or "不立案",
        pack == chosen,
    )
