"""家庭人口、收入、财产的录入：每项的中文名、代码表和敏感级别。各方案的经济状况都从这里来。"""

from __future__ import annotations

from doudi.law.entities import ASSET, HOUSEHOLD, INCOME, OBLIGOR, OBLIGOR_MEMBER, PERSON
from doudi.law.rulebook import Rulebook
from doudi.law.units import AGE, CODE, FEN, FEN_YEAR, FLAG, GRADE, MONTHS, PERSONS, YEARS

LOCALITIES = {"rural": "农村", "urban": "城市"}
RELATIONS = {
    "head": "户主（申请人）", "spouse": "配偶", "child": "子女", "parent": "父母",
    "grandparent": "祖父母、外祖父母", "grandchild": "孙子女、外孙子女", "sibling": "兄弟姐妹", "other": "其他",
}  # fmt: skip
STUDENTS = {
    "none": "非在校", "school": "小学至高中、中职在校", "undergraduate": "全日制本科及以下高校在校",
    "postgraduate": "硕士、博士在读",
}  # fmt: skip
SERVINGS = {"none": "未服役", "conscript": "义务兵", "regular": "军官、军士"}
DETENTIONS = {"none": "无", "prison": "在监狱服刑", "detox": "强制隔离戒毒", "missing": "宣告失踪"}
OTHER_SUPPORTS = {"none": "无", "tekun": "已享受特困供养", "orphan": "已享受孤儿保障"}
DISABILITIES = {
    "none": "无", "visual": "视力", "hearing": "听力", "speech": "言语", "physical": "肢体",
    "intellectual": "智力", "mental": "精神", "multiple": "多重",
}  # fmt: skip
ILLNESSES = {"none": "无", "serious": "重病（目录内）", "chronic": "慢性病"}
WAGE_KINDS = {"wage": "工资、奖金、津贴", "odd_jobs": "打零工", "labour_dividend": "劳动分红"}
BUSINESS_KINDS = {
    "crops": "种植", "livestock": "养殖", "forestry": "林业", "fishery": "渔业", "business": "经商、加工、服务",
}  # fmt: skip
PROPERTY_KINDS = {
    "interest": "存款利息", "dividend": "股息红利", "rent": "房屋等出租", "land_lease": "土地流转",
    "other_property": "其他财产收入",
}  # fmt: skip
TRANSFER_KINDS = {
    "pension": "养老金、离退休金", "unemployment": "失业保险金", "survivor": "遗属补助", "compensation": "赔偿收入",
    "gift": "接受馈赠", "support_received": "赡养费、扶养费、抚养费", "other_transfer": "其他转移收入",
    "transfer_outgo": "缴纳税费、社会保险、对外赡养",
}  # fmt: skip
BASIC_PENSION = {"basic_pension": "城乡居民基础养老金（中央确定部分）"}
EXCLUDED_KINDS = {
    "preferential_pension": "优待抚恤金", "birth_award": "计划生育奖励与扶助", "scholarship": "奖学金、助学金",
    "bravery_award": "见义勇为等奖励", "social_assistance": "社会救助款物", "disability_subsidy": "残疾人两项补贴",
    "old_age_allowance": "高龄津贴",
}  # fmt: skip
INCOME_KINDS = {
    **WAGE_KINDS, **BUSINESS_KINDS, **PROPERTY_KINDS, **TRANSFER_KINDS, **BASIC_PENSION, **EXCLUDED_KINDS,
}  # fmt: skip
FINANCIAL_KINDS = {
    "cash": "现金", "deposit": "存款", "securities": "有价证券", "fund": "基金", "insurance": "商业保险",
    "claim": "债权", "internet_finance": "互联网金融资产",
}  # fmt: skip
ASSET_KINDS = {
    **FINANCIAL_KINDS, "vehicle": "机动车辆", "house": "住房", "company_share": "企业出资、股权",
    "other_asset": "其他财产",
}  # fmt: skip
SUPPORT_BASES = {"none": "没有裁判或协议", "court": "法院裁判", "agreement": "赡养、扶养或抚养协议"}


def _household(book: Rulebook) -> None:
    book.input(HOUSEHOLD, "locality", unit=CODE, label="城乡类别", domain=LOCALITIES, usual="rural")
    book.input(HOUSEHOLD, "hukou_differs", unit=FLAG, label="户籍城乡类别与居住地不同", usual=False)


def _person(book: Rulebook) -> None:
    book.input(PERSON, "relation", unit=CODE, label="与户主关系", domain=RELATIONS, usual="other")
    book.input(PERSON, "age", unit=AGE, label="周岁", domain=(0, 150))
    book.input(PERSON, "student", unit=CODE, label="在校情况", domain=STUDENTS, usual="none")
    book.input(PERSON, "dependent", unit=FLAG, label="成年但不能独立生活", usual=False, sensitivity="S2")
    book.input(
        PERSON, "custody_ended", unit=FLAG, label="抚养权已依法放弃或被剥夺", usual=False, sensitivity="S2"
    )
    book.input(PERSON, "legal_duty", unit=FLAG, label="有法定赡养抚养扶养关系", usual=True)
    book.input(PERSON, "months_together", unit=MONTHS, label="连续共同居住月数", domain=(0, 1800), usual=12)
    book.input(
        PERSON, "clergy_years", unit=YEARS, label="宗教教职人员脱离家庭年数", domain=(0, 150), usual=0,
        sensitivity="S2",
    )  # fmt: skip
    book.input(PERSON, "serving", unit=CODE, label="服役情况", domain=SERVINGS, usual="none")
    book.input(
        PERSON,
        "detained",
        unit=CODE,
        label="羁押、戒毒或失踪",
        domain=DETENTIONS,
        usual="none",
        sensitivity="S2",
    )
    book.input(
        PERSON, "other_support", unit=CODE, label="已享受其他供养", domain=OTHER_SUPPORTS, usual="none"
    )
    book.input(
        PERSON, "disability", unit=CODE, label="残疾类别", domain=DISABILITIES, usual="none", sensitivity="S2"
    )
    book.input(
        PERSON, "disability_grade", unit=GRADE, label="残疾等级", domain=(0, 4), usual=0, sensitivity="S2"
    )
    book.input(
        PERSON, "illness", unit=CODE, label="患病情况", domain=ILLNESSES, usual="none", sensitivity="S2"
    )
    book.input(PERSON, "able_to_work", unit=FLAG, label="有劳动能力", usual=False)
    book.input(
        PERSON,
        "new_job_months",
        unit=MONTHS,
        label="新就业第几个月（不在新就业期为 0）",
        domain=(0, 600),
        usual=0,
    )
    book.input(
        PERSON, "rigid_cost", unit=FEN_YEAR, label="因残疾、重病增加的刚性支出", usual=0, sensitivity="S2"
    )


def _income_and_asset(book: Rulebook) -> None:
    book.input(INCOME, "income_kind", unit=CODE, label="收入项目", domain=INCOME_KINDS, sensitivity="S2")
    book.input(INCOME, "gross", unit=FEN_YEAR, label="年收入", usual=0, sensitivity="S2")
    book.input(INCOME, "cost", unit=FEN_YEAR, label="年成本、税费或支出", usual=0, sensitivity="S2")
    book.input(ASSET, "asset_kind", unit=CODE, label="财产项目", domain=ASSET_KINDS, sensitivity="S2")
    book.input(ASSET, "amount", unit=FEN, label="财产价值", usual=0, sensitivity="S2")
    book.input(ASSET, "exempt", unit=FLAG, label="生产生活必需，予以豁免", usual=False)
    book.input(ASSET, "of_single", unit=FLAG, label="属于单独申请人本人", usual=False)


def _obligor(book: Rulebook) -> None:
    book.input(
        OBLIGOR,
        "support_basis",
        unit=CODE,
        label="赡养费依据",
        domain=SUPPORT_BASES,
        usual="none",
        sensitivity="S2",
    )
    book.input(
        OBLIGOR, "support_ordered", unit=FEN_YEAR, label="裁判或协议确定的年赡养费", usual=0, sensitivity="S2"
    )
    book.input(OBLIGOR, "support_paid", unit=FEN_YEAR, label="实际给付的年赡养费", usual=0, sensitivity="S2")
    book.input(OBLIGOR, "children", unit=PERSONS, label="被赡养人的子女数", domain=(0, 30), usual=1)
    book.input(OBLIGOR, "supported_persons", unit=PERSONS, label="被赡养人数", domain=(1, 30), usual=1)
    book.input(
        OBLIGOR, "supported_here", unit=PERSONS, label="被赡养人中计入本户人口的人数", domain=(1, 30), usual=1
    )
    book.input(
        OBLIGOR, "support_disregarded", unit=FLAG, label="无赡养能力，或依规定不计其赡养费", usual=False,
        sensitivity="S2",
    )  # fmt: skip
    book.input(OBLIGOR_MEMBER, "obligor_income", unit=FEN_YEAR, label="年收入", usual=0, sensitivity="S2")


MEANS = Rulebook("means", "家庭经济状况", parameters="dibao", shares=("local",))
_household(MEANS)
_person(MEANS)
_income_and_asset(MEANS)
_obligor(MEANS)
