"""程序：一件申请依次走哪些环节。路、确认权、调查人数、抽查都由政策包写明，按受理日解析。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from doudi.law.packs import Parameters

REVIEW_57 = "民发〔2021〕57号"
APPROVAL_220 = "民发〔2012〕220号"
ABILITY_43 = "民发〔2021〕43号"


class Station(NamedTuple):
    """一个环节：代码、中文名、做这一步的职责、条款，和本站可用的时限（政策包给了哪个用哪个）。"""

    code: str
    label: str
    duty: str
    cite: str
    clocks: tuple[str, ...] = ()


STATIONS: Mapping[str, Station] = {
    station.code: station
    for station in (
        Station("accept", "受理", "accept", f"{REVIEW_57} 第十条"),
        Station("post_intake", "受理公示", "post", "当地规定（三榜公示第一榜）"),
        Station("survey", "调查", "survey", f"{REVIEW_57} 第十五条、第十六条", ("survey", "survey_start")),
        Station("verify", "核对", "verify", f"{REVIEW_57} 第十七条", ("verify_start",)),
        Station("ability", "自理能力评估", "survey", f"{ABILITY_43} 第三章"),
        Station("panel", "民主评议", "review", f"{APPROVAL_220} 第四章", ("panel",)),
        Station("review", "初审", "review", f"{REVIEW_57} 第十九条", ("opinion_days", "opinion")),
        Station("post", "公示", "post", f"{REVIEW_57} 第十九条"),
        Station("sign", "乡镇签批", "sign", f"{REVIEW_57} 第十九条"),
        Station("intend", "县级审核", "confirm", f"{APPROVAL_220} 第五章", ("county_days", "county")),
        Station("post_final", "确认公示", "post", f"{APPROVAL_220} 第五章"),
        Station(
            "confirm", "县级确认", "confirm", f"{REVIEW_57} 第二十条", ("decision", "county_days", "county")
        ),
        Station("notify", "告知", "publish", f"{REVIEW_57} 第二十一条", ("refusal_notice",)),
        Station("roll", "在册", "", f"{REVIEW_57} 第二十一条"),
    )
}
POSTINGS = ("post_intake", "post", "post_final")
# Walked together with the station they follow: one investigation, several kinds of evidence.
ALONGSIDE: Mapping[str, tuple[str, ...]] = {"survey": ("verify", "ability")}
# What a case that is to be refused does not pass: nothing is posted, nothing is intended.
ONLY_WHEN_GRANTING = (*POSTINGS, "intend")
CONFIRMERS = {"county": "县级", "township": "乡镇"}
SAMPLED = {"before": "确认前", "after": "确认后"}
# What a station is called where the township confirms in the county's name.
DELEGATED_LABELS = {"intend": "乡镇审核", "confirm": "乡镇确认"}
WHOLE = ("whole_days", "whole")
# A station without these before it on the same road has nothing to work on.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "verify": ("survey",),
    "ability": ("survey",),
    "panel": ("survey",),
    "post": ("review",),
    "sign": ("review",),
    "post_final": ("intend",),
    "notify": ("confirm",),
}


@dataclass(frozen=True)
class Procedure:
    """一件申请适用的程序：路和各项条件。比例是万分比。

    `confirm_by`：county 县级确认，township 委托乡镇确认；`sample_when`：before 确认前抽查，after 确认后抽查。
    """

    road: tuple[str, ...]
    confirm_by: str
    investigators: int
    verify_connected: bool
    sample_rate: int
    sample_when: str
    photos_required: bool

    def label(self, station: str) -> str:
        """这一站在这条程序里的名称：委托乡镇的，确认由乡镇作出。"""
        named = DELEGATED_LABELS if self.confirm_by == "township" else {}
        return named.get(station, STATIONS[station].label)

    def walked_with(self, station: str) -> tuple[str, ...]:
        """与这一站同时办的各站，含它自己。"""
        return (station, *(code for code in ALONGSIDE.get(station, ()) if code in self.road))

    def after(self, station: str, *, refusing: bool = False) -> str | None:
        """下一站；同时办的不再单独走，拟不予确认的不公示。到头为 None，不在路上抛 ValueError。"""
        skipped = {*ALONGSIDE.get(station, ()), *(ONLY_WHEN_GRANTING if refusing else ())}
        return next(
            (code for code in self.road[place_on(self.road, station) + 1 :] if code not in skipped), None
        )

    def has_passed(self, station: str, at: str) -> bool:
        """走到 `at` 时，`station` 是否已经走过或正在走。"""
        return station in self.road and place_on(self.road, at) >= place_on(self.road, station)

    def back_to(self) -> str:
        """退回重新办理从哪一站起：有调查的从调查，没有的从初审。"""
        return "survey" if "survey" in self.road else "review"

    def before(self, station: str) -> tuple[str, ...]:
        """走到这一站之前的各站。"""
        return self.road[: place_on(self.road, station)]


def place_on(road: tuple[str, ...], station: str) -> int:
    """在路上第几站；不在路上抛 ValueError。"""
    if station not in road:
        raise ValueError(f"这条路上没有“{station}”这个环节")
    return road.index(station)


def road_fault(road: Sequence[str]) -> str:
    """这条路哪里不成立；成立的为空。空的路是不立案（一站式结算）。"""
    if not road:
        return ""
    if road[0] not in ("accept", "review"):
        return f"路要从{_named('accept')}或{_named('review')}开始，现从{_named(road[0])}开始"
    for must in ("review", "confirm", "roll"):
        if must not in road:
            return f"路上缺少{_named(must)}"
    order = list(STATIONS)
    for earlier, later in pairwise(road):
        if order.index(earlier) > order.index(later):
            return f"{_named(later)}应在{_named(earlier)}之前"
    for station in road:
        for need in NEEDS.get(station, ()):
            if need not in road:
                return f"有{_named(station)}的路，之前应有{_named(need)}"
    if "intend" in road and "post_final" not in road:
        return f"{_named('intend')}提出的拟确认意见要公示，之后应有{_named('post_final')}"
    if road[0] == "accept" and "notify" not in road:
        return f"受理申请的路，结果要告知申请人，应有{_named('notify')}"
    return ""


def _named(station: str) -> str:
    return f"“{STATIONS[station].label}”（{station}）"


def resolve(road: str, book: str, rules: Parameters) -> Procedure:
    """政策包在某地某日给某条路的程序。`book` 有自己的一项（如 tekun.procedure.sample_rate）时先用它。

    委托乡镇确认的，负责人以确认代签批，路上不再有签批。依据：民发〔2021〕57号 第二条
    """
    confirm_by = _term(rules, book, "confirm_by")
    stations = rules.value(f"road.{road}")
    return Procedure(
        road=tuple(code for code in stations if code != "sign" or confirm_by != "township"),
        confirm_by=confirm_by,
        investigators=_term(rules, book, "investigators"),
        verify_connected=_term(rules, book, "verify_connected"),
        sample_rate=_term(rules, book, "sample_rate"),
        sample_when=_term(rules, book, "sample_when"),
        photos_required=_term(rules, book, "photos_required"),
    )


def _term(rules: Parameters, book: str, name: str) -> Any:
    own = f"{book}.procedure.{name}"
    return rules.value(own if own in rules.leaves else f"procedure.{name}")
