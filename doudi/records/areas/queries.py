"""Where a place is and what lies in it."""

from django.conf import settings
from django.db.models import QuerySet

from doudi.records.areas.models import Area
from doudi.store.areas import LEVEL_DIGITS, code_range, level_of


def county() -> Area:
    """本系统所在的县。Raises Area.DoesNotExist before the divisions are loaded."""
    return Area.objects.get(code=settings.COUNTY.ljust(12, "0"))


def children(code: str) -> QuerySet[Area]:
    """直接下级, 按代码排。"""
    return Area.objects.filter(parent=code).order_by("code")


def townships(county_code: str) -> QuerySet[Area]:
    """一个县的乡镇 (街道)。"""
    return _within(county_code, Area.Level.TOWNSHIP)


def villages(code: str) -> QuerySet[Area]:
    """县或乡镇之内的村 (社区)。"""
    return _within(code, Area.Level.VILLAGE)


def codes_above(code: str) -> list[str]:
    """由省到本级的各级代码, 含自身。"""
    depth = LEVEL_DIGITS[level_of(code)]
    return [code[:digits].ljust(12, "0") for digits in LEVEL_DIGITS.values() if digits <= depth]


def path_names(code: str) -> list[str]:
    """由省到本级的名称; 名录里没有的一级 (省直辖县的市) 略过。"""
    names = dict(Area.objects.filter(code__in=codes_above(code)).values_list("code", "name"))
    return [names[above] for above in codes_above(code) if above in names]


def full_name(code: str) -> str:
    """县以下的全名, 如 汝州市小屯镇X村民委员会; 县以上的从省写起。"""
    names = path_names(code)
    return "".join(names[2:] if LEVEL_DIGITS[level_of(code)] > LEVEL_DIGITS["county"] else names)


def full_names(codes: list[str]) -> dict[str, str]:
    """一批代码的全名, 一次查询, 供清册和榜单。"""
    wanted = {above for code in codes for above in codes_above(code)[2:]}
    names = dict(Area.objects.filter(code__in=wanted).values_list("code", "name"))
    return {code: "".join(names.get(above, "") for above in codes_above(code)[2:]) for code in codes}


def _within(code: str, level: Area.Level) -> QuerySet[Area]:
    low, high = code_range(code)
    return Area.objects.filter(code__gte=low, code__lte=high, level=level).order_by("code")
