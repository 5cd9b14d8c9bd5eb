"""一条路的图：各站在哪一栏、第几列，由谁办、几天内办，退回到哪里。只有行列，不管怎么画。"""

from __future__ import annotations

from dataclasses import dataclass

from doudi.law.clocks import first_given, longer
from doudi.law.duties import ROLES, duties_of
from doudi.law.packs import Parameters
from doudi.law.procedure import POSTINGS, SAMPLED, STATIONS, WHOLE, Procedure
from doudi.law.units import WORKDAYS, rate_text, show

# Who does a duty that several roles may do: the first of these that holds it.
DOERS = ("jingban", "hedui", "fuze", "shenpi")
# A returned case goes back from here; from a posting it goes back when an objection is upheld.
RETURNING = ("sign", "intend", "confirm")
OBJECTION, RETURN = "异议成立", "退回补正"


@dataclass(frozen=True)
class Stop:
    """路上的一站。`lane` 是经办岗位在第几栏；同时办的各站同列。`days` 为 0 时没有时限，`told` 写在站下。"""

    code: str
    label: str
    lane: int
    column: int
    who: str
    days: int
    in_workdays: bool
    clock: str
    told: str
    clock_cite: str
    cite: str
    is_posting: bool


@dataclass(frozen=True)
class Return:
    """退回：从哪一站到哪一站，为什么。"""

    source: str
    target: str
    why: str


@dataclass(frozen=True)
class RoadMap:
    """一条路的图。`lanes` 是岗位（代码, 中文名），自乡镇到县级。"""

    title: str
    lanes: tuple[tuple[str, str], ...]
    stops: tuple[Stop, ...]
    returns: tuple[Return, ...]
    whole: str
    sampling: str
    columns: int
    terms: Procedure

    def stop(self, code: str) -> Stop:
        """一站。"""
        return next(stop for stop in self.stops if stop.code == code)


def road_map(title: str, terms: Procedure, book: str, rules: Parameters) -> RoadMap:
    """把一条解析好的路排成图。`book` 是规则书，它自己的时限先用。"""
    doers = {code: _doer(code, terms) for code in terms.road}
    lanes = [role for role in DOERS if role in doers.values()]
    columns = _columns(terms)
    stops = tuple(
        _stop(code, lanes.index(doers[code]), columns[code], terms, book, rules) for code in terms.road
    )
    return RoadMap(
        title=title,
        lanes=tuple((role, ROLES[role].label) for role in lanes),
        stops=stops,
        returns=tuple(_returns(terms)),
        whole=_whole(book, rules) if terms.road else "",
        sampling=_sampling(terms),
        columns=max(columns.values(), default=-1) + 1,
        terms=terms,
    )


def _duty(code: str, terms: Procedure) -> str:
    """Where no feeds are connected, whoever surveys writes down that nothing came back."""
    return "survey" if code == "verify" and not terms.verify_connected else STATIONS[code].duty


def _doer(code: str, terms: Procedure) -> str:
    """Who does a station; the roll is kept by whoever told the family."""
    duty = _duty(code, terms) or STATIONS["notify"].duty
    return next(role for role in DOERS if duty in duties_of(role, terms.confirm_by))


def _columns(terms: Procedure) -> dict[str, int]:
    alongside = set(terms.walked_with("survey")) - {"survey"} if "survey" in terms.road else set()
    found: dict[str, int] = {}
    for code in terms.road:
        found[code] = found["survey"] if code in alongside else len(set(found.values()))
    return found


def _stop(code: str, lane: int, column: int, terms: Procedure, book: str, rules: Parameters) -> Stop:
    station = STATIONS[code]
    clocks = ("posting",) if code in POSTINGS else station.clocks
    given = first_given(clocks, book, rules)
    leaf = rules.leaf(f"clock.{given}") if given else None
    duty = _duty(code, terms)
    who = "、".join(role.label for role in ROLES.values() if duty in duties_of(role.code, terms.confirm_by))
    return Stop(
        code=code,
        label=terms.label(code),
        lane=lane,
        column=column,
        who=who,
        days=leaf.value if leaf else 0,
        in_workdays=bool(leaf and leaf.unit == WORKDAYS),
        clock=show(leaf.value, leaf.unit) if leaf else "",
        told=_told(code, given, show(leaf.value, leaf.unit) if leaf else "", terms),
        clock_cite=f"{leaf.document} {leaf.article}" if leaf else "",
        cite=station.cite,
        is_posting=code in POSTINGS,
    )


def _told(code: str, clock: str, days: str, terms: Procedure) -> str:
    """What stands under the stop: some clocks run to the start of the work, one to a refusal's letter."""
    if code == "verify" and not terms.verify_connected:
        return "未接入"
    if not days:
        return ""
    if code in POSTINGS:
        return f"满 {days}"
    if clock.endswith("_start"):
        return f"{days}启动"
    return f"不予确认，{days}内" if code == "notify" else f"{days}内"


def _returns(terms: Procedure) -> list[Return]:
    if not terms.road:
        return []
    target = terms.back_to()
    return [
        Return(code, target, OBJECTION if code in POSTINGS else RETURN)
        for code in terms.road
        if (code in POSTINGS or code in RETURNING) and terms.has_passed(target, code) and code != target
    ]


def _whole(book: str, rules: Parameters) -> str:
    code = first_given(WHOLE, book, rules)
    if not code:
        return ""
    leaf, extended = rules.leaf(f"clock.{code}"), longer(code, rules)
    more = rules.leaf(f"clock.{extended}") if extended else None
    longest = f"，特殊情况 {show(more.value, more.unit)}" if more else ""
    return f"全程 {show(leaf.value, leaf.unit)}{longest}（{leaf.document} {leaf.article}）"


def _sampling(terms: Procedure) -> str:
    if not terms.sample_rate:
        return "政策没有规定抽查比例"
    return f"{SAMPLED[terms.sample_when]}县级入户抽查不低于 {rate_text(terms.sample_rate)}"
