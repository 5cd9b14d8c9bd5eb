"""Pages of docs/ that are drawn from the code, so that the two cannot part."""

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise

from django.apps import apps
from django.db.models import Field, ForeignKey, Model

from doudi.exchange.road_svg import svg
from doudi.law import procedure
from doudi.law.duties import DUTIES, ROLES, SEPARATED
from doudi.law.packs import NATION
from doudi.records.policies.procedures import Drawn, drawn, names
from doudi.records.policies.queries import shipped
from doudi.records.staff.models import Role
from doudi.store.fields import BlindIndexField, FenField, SealedField
from doudi.store.triggers import expected
from doudi.web.office.access import PAGES

DRAWN_SCHEME = "dibao_rural"
MADE = "<!-- Made by `make docs` from the code. Edit the code, not this page. -->\n"


def pages() -> dict[str, str]:
    """文件名 → 内容。"""
    return {
        **{f"procedure/{one.pack}.svg": svg(one.road) for one in procedures()},
        "data-model.md": MADE + "\n".join(data_model()),
        "procedure.md": MADE + "\n".join(procedure_page()),
        "authorisation.md": MADE + "\n".join(authorisation()),
    }


def record_models() -> list[type[Model]]:
    """各应用自己的表, 按程序先后。"""
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith(("doudi.records.", "doudi.store"))
        for model in config.get_models()
        if not model.__name__.startswith("Historical")
    ]


def data_model() -> Iterable[str]:
    """数据模型: 每张表、每一列、数据库看守的规矩。"""
    yield "# Data model\n\nApps in the order of the law's procedure; foreign keys point up the page.\n"
    guards: dict[str, list[str]] = {}
    for guard in expected():
        guards.setdefault(guard.table, []).append(f"{guard.event}: {guard.message}")
    app = ""
    for model in record_models():
        if model._meta.app_label != app:
            app = model._meta.app_label
            yield f"## {app} {model._meta.app_config.verbose_name}\n"
        yield from _table(model, guards.get(model._meta.db_table, []))


def _table(model: type[Model], guards: list[str]) -> Iterable[str]:
    summary = (model.__doc__ or "").strip().split("\n")[0]
    yield f"### {model.__name__} · {model._meta.verbose_name}\n\n{summary}\n"
    yield "| column | 名称 | kind |\n|---|---|---|"
    for field in model._meta.concrete_fields:
        if field.name != "id":
            yield f"| `{field.column}` | {field.verbose_name} | {_kind(field)} |"
    for constraint in model._meta.constraints:
        yield f"\nConstraint `{constraint.name}`."
    for guard in sorted(set(guards)):
        yield f"\nGuard {guard}."
    yield ""


def _kind(field: Field) -> str:
    if isinstance(field, ForeignKey):
        return f"→ {field.related_model.__name__}" + (" (or none)" if field.null else "")
    names = {FenField: "分", SealedField: "sealed", BlindIndexField: "blind index"}
    name = names.get(type(field), field.get_internal_type().removesuffix("Field").lower())
    choices = ", ".join(f"{value or '–'} {label}" for value, label in field.flatchoices)
    return name + (f": {choices}" if choices else "") + (" (or none)" if field.null else "")


def procedures() -> list[Drawn]:
    """农村低保在现行程序和各范例程序里的路, 按演示县的参数。"""
    known = shipped()
    return [drawn(known, pack, DRAWN_SCHEME, dt.date.max) for pack in names(known)]


def procedure_page() -> Iterable[str]:
    """程序: 几种程序的图、环节、路、岗位、必须由不同人办的职责。"""
    yield "# Procedure\n\n## Procedures\n"
    yield "One code walks them all: a road is a dated value of a pack, and a case keeps the road of the day it was"
    yield "accepted ([ADR 0008](adr/0008-procedure-as-data.md)). The pictures are drawn from the packs; `manage.py"
    yield "procedure --pack PACK --scheme SCHEME --format bpmn` writes the same road as BPMN 2.0.\n"
    for one in procedures():
        yield f"### {one.title} (`{one.pack}`)\n\n![{one.road.title}](procedure/{one.pack}.svg)\n"
    yield "## Stations\n\n| station | 名称 | duty | 依据 |\n|---|---|---|---|"
    for station in procedure.STATIONS.values():
        yield f"| `{station.code}` | {station.label} | {DUTIES.get(station.duty, '')} | {station.cite} |"
    yield "\n## Roads\n\n```mermaid\nstateDiagram-v2"
    roads = dict(_national_roads())
    yield from sorted({f"    {a} --> {b}" for road in roads.values() for a, b in _steps(road)})
    yield "    post --> survey: 异议成立\n    sign --> survey: 退回补正\n    confirm --> survey: 退回补正\n```\n"
    yield from (f"* `{name}`: {' → '.join(_labels(road))}" for name, road in roads.items())
    yield "\n## Roles\n\n| login | 岗位 | sees | duties |\n|---|---|---|---|"
    for role in ROLES.values():
        duties = "、".join(DUTIES[duty] for duty in sorted(role.duties))
        yield f"| `{role.code}` | {role.label} | {role.scope} | {duties} |"
    yield "\n## Duties that different persons must do on one case or run\n"
    for group in SEPARATED:
        yield "* " + "、".join(DUTIES[duty] for duty in sorted(group))
    yield ""


def _national_roads() -> Iterable[tuple[str, tuple[str, ...]]]:
    """The roads as the nation's packs give them on the last day anything about them changed."""
    rules = shipped().resolve(NATION, dt.date.max)
    yield from (
        (path.removeprefix("road."), leaf.value)
        for path, leaf in rules.leaves.items()
        if path.startswith("road.")
    )


def _steps(road: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    return pairwise(road)


def _labels(road: tuple[str, ...]) -> Iterable[str]:
    return (procedure.STATIONS[code].label for code in road)


def authorisation() -> Iterable[str]:
    """权限表: 每个办公地址、方法、可用的岗位。"""
    yield "# Who may open what\n\nOffice addresses; what is not listed does not exist.\n"
    yield "| page | methods | " + " | ".join(Role.values) + " |"
    yield "|---|---|" + "---|" * len(Role.values)
    for page in sorted(PAGES.values(), key=lambda page: page.name):
        marks = " | ".join("●" if role in page.roles else "" for role in Role.values)
        yield f"| `{page.name}` | {' '.join(page.methods)} | {marks} |"
    yield ""
