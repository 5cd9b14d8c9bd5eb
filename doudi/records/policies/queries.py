"""The law as it stands somewhere on some day: shipped packs with the office's signed values over them."""

import datetime as dt
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db.models import Count, Max
from django.dispatch import receiver

from doudi.exchange.policy_files import read_packs
from doudi.law.catalogue import Catalogue, Reason, Scheme, read_catalogue
from doudi.law.pack_files import PolicyRow
from doudi.law.packs import Packs, Parameters
from doudi.law.procedure import Procedure, resolve
from doudi.law.units import BY_NAME
from doudi.law.workdays import Calendar
from doudi.records.policies.models import PolicyValue, Workday
from doudi.records.policies.written import read
from doudi.store.refusal import Refusal


class UnknownScheme(Refusal):
    """没有这个救助项目。"""


class UnknownReason(Refusal):
    """没有这个理由代码。"""


@lru_cache(maxsize=1)
def shipped() -> Packs:
    """随系统发布的政策文件。"""
    return read_packs(settings.POLICIES)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """全部救助项目和互斥对。"""
    return read_catalogue(shipped().documents)


_request = threading.local()


@receiver(request_started)
def _open_request(**_: object) -> None:
    _request.known = {}


@receiver(request_finished)
def _close_request(**_: object) -> None:
    _request.known = None


def _once_a_request(name: str, ask: Callable[[], Any]) -> Any:
    """One page sees one state of the law, and asks the database for it once; outside a request every call asks."""
    known: dict[str, Any] | None = getattr(_request, "known", None)
    if known is None:
        return ask()
    if name not in known:
        known[name] = ask()
    return known[name]


def packs() -> Packs:
    """政策文件加上本单位签发的值。"""
    return _with_office(*_once_a_request("values", _newest_value))


def _newest_value() -> tuple[int, dt.datetime | None]:
    """The number alone would not do: one that was rolled back is given again."""
    newest = PolicyValue.objects.order_by("-pk").values_list("pk", "at").first()
    return newest or (0, None)


@lru_cache(maxsize=4)
def _with_office(newest: int, at: dt.datetime | None) -> Packs:
    rows = [_row(value) for value in PolicyValue.objects.filter(pk__lte=newest).order_by("pk")]
    return shipped().with_values(rows) if rows else shipped()


def _row(value: PolicyValue) -> PolicyRow:
    unit = BY_NAME.get(value.unit)
    plain = read(value.value, unit) if unit else value.value
    return PolicyRow(
        value.path, plain, value.area_code, value.since, value.document, value.article, unit=value.unit
    )


@lru_cache(maxsize=256)
def _resolved(known: Packs, area_code: str, on: dt.date) -> Parameters:
    return known.resolve(area_code, on)


def parameters(area_code: str, on: dt.date) -> Parameters:
    """某区划某日的参数; 村码、乡镇码按所在县。"""
    return _resolved(packs(), area_code[:6], on)


def calendar() -> Calendar:
    """工作日历。"""
    return _calendar(*_once_a_request("workdays", _workdays_state))


def _workdays_state() -> tuple[int, dt.datetime | None]:
    state = Workday.objects.aggregate(count=Count("pk"), newest=Max("changed_at"))
    return state["count"], state["newest"]


@lru_cache(maxsize=4)
def _calendar(count: int, newest: dt.datetime | None) -> Calendar:
    rows = Workday.objects.order_by("day").values_list("day", "is_working", "name")
    return Calendar({day: (is_working, name) for day, is_working, name in rows})


def scheme(scheme_id: str) -> Scheme:
    """一个救助项目。Raises UnknownScheme."""
    if scheme_id not in catalogue().schemes:
        raise UnknownScheme(f"没有“{scheme_id}”这个救助项目, 现有 {'、'.join(catalogue().schemes)}")
    return catalogue().schemes[scheme_id]


def scheme_name(scheme_id: str) -> str:
    """项目名称。"""
    return scheme(scheme_id).name


def procedure(scheme_id: str, road: str, area_code: str, on: dt.date) -> Procedure:
    """某项目的某条路在某地某日的程序; `on` 是受理日: 已受理的按受理时的程序办。"""
    return resolve(road, scheme(scheme_id).rulebook, parameters(area_code, on))


def paper_label(scheme_id: str, code: str) -> str:
    """材料名称; 案子后来改按别的项目办的, 材料仍是原来的那些, 不重复要。"""
    asked = (scheme(scheme_id), *catalogue().schemes.values())
    return next(paper.label for one in asked for paper in one.papers if paper.code == code)


def reason(scheme_id: str, kind: str, code: str) -> Reason:
    """理由代码及其条款。Raises UnknownReason."""
    for known in scheme(scheme_id).reasons_for(kind):
        if known.code == code:
            return known
    raise UnknownReason(f"{scheme_name(scheme_id)}没有“{code}”这个理由代码, 请从列表中选")


def pairs_of(scheme_id: str) -> tuple[str, ...]:
    """一个人享受这个项目时占用的互斥组。

    Urban and rural of one institution are one family (they share a rulebook), so the key both take towards another
    family also keeps them apart from each other; a scheme without pairs takes its own family as the key.
    """
    mine = family(scheme_id)
    strict = [row for row in catalogue().pairs(scheme_id) if row.rule in ("never", "choose")]
    keys = {"×".join(sorted((family(row.first), family(row.second)))) for row in strict}
    across = keys - {f"{mine}×{mine}"}
    return tuple(sorted(across)) or (mine,)


def family(scheme_id: str) -> str:
    """项目所属的制度: 城乡低保同属低保, 城乡特困同属特困。"""
    known = catalogue().schemes.get(scheme_id)
    return known.rulebook if known and known.rulebook in ("dibao", "tekun") else scheme_id
