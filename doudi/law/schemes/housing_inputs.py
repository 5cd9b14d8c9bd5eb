"""住房租赁补贴规则书和它在家庭经济状况以外要的录入。"""

from __future__ import annotations

from doudi.law.entities import HOUSEHOLD
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.means import MEANS
from doudi.law.units import CODE, FEN_MONTH, FLAG, Unit

CATEGORIES = {
    "dibao": "低保家庭", "tekun": "分散供养特困", "bianyuan": "低保边缘家庭", "low_income": "低收入住房困难家庭",
    "other": "其他中等偏下收入家庭",
}  # fmt: skip
ZONES = {"inner": "市内各区", "ring": "环城和新区", "outer": "远郊区县"}

# A flat is measured to the hundredth of a square metre, which is a square decimetre: areas stay whole numbers.
AREA = Unit("count", "平方分米")
_LARGEST = 1_000_000

HOUSING = Rulebook("housing", "住房租赁补贴", shares=("local",))
HOUSING.include(MEANS)
HOUSING.input(HOUSEHOLD, "housing_category", unit=CODE, label="住房保障对象类别", domain=CATEGORIES)
HOUSING.input(
    HOUSEHOLD,
    "own_area",
    unit=AREA,
    label="自有住房面积",
    domain=(0, _LARGEST),
    usual=0,
)
HOUSING.input(HOUSEHOLD, "zone", unit=CODE, label="租房所在片区", domain=ZONES, usual="inner")
HOUSING.input(HOUSEHOLD, "monthly_rent", unit=FEN_MONTH, label="实际月租金")
HOUSING.input(HOUSEHOLD, "in_public_housing", unit=FLAG, label="已承租公租房（实物配租）", usual=False)
