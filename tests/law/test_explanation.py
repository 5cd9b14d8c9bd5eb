"""Every amount opens to inputs, parameter, article and arithmetic: the golden household, step by step."""

from copy import deepcopy
from datetime import date

import pytest

from doudi.law.case import BadCase
from doudi.law.evaluation import PayPart, evaluate
from doudi.law.packs import MissingParameter
from doudi.law.schemes.dibao import DIBAO
from tests.rules.situations import ROOT, read, shipped

GOLDEN = read(ROOT / "tests" / "golden" / "household.yaml", DIBAO)[0]


@pytest.mark.parametrize(
    ("name", "key", "text", "arithmetic"),
    [
        ("work_cost", 1, "1,940.00 元/年", "× 就业成本占工资比例 20%；当地年保障标准 5,880.00 元/年 × 就业成本上"),
        ("person_income", 1, "10,760.00 元/年", "7,760.00 元/年 + 经营净收入 2,400.00 元/年 + 财产净收入 600.00"),
        ("financial_cap", 1, "35,280.00 元", "× 金融资产上限的月标准倍数 24 个月 × 保障人口 3 人 ÷ 12"),
        ("income_below", 1, "是", "家庭年收入 10,760.00 元/年 < 当地年保障标准 5,880.00 元/年 × 保障人口 3 人"),
        ("yearly_gap", 1, "6,880.00 元/年", "× 保障人口 3 人 − 家庭年收入 10,760.00 元/年"),
        ("top_up", 1, "574.00 元/月", "年保障缺口 6,880.00 元/年 ÷ 12，见角进元"),
        ("supplement", 2, "147.00 元/月", "当地年保障标准 5,880.00 元/年 × 增发比例 30% ÷ 12"),
        ("supplements", 1, "245.00 元/月", "147.00 元/月 + 98.00 元/月"),
        ("monthly_total", 1, "819.00 元/月", "家庭月保障金 574.00 元/月 + 分类施保增发合计 245.00 元/月"),
    ],
)  # fmt: skip
def test_a_step_says_how_it_came_about(name: str, key: int, text: str, arithmetic: str) -> None:
    step = GOLDEN.outcome().step(name, key)
    assert step.text == text
    assert arithmetic in step.arithmetic
    assert step.cite


def test_a_step_names_the_parameter_with_document_and_date() -> None:
    used = GOLDEN.outcome().step("standard_year").parameters
    assert [(one.path, one.value, one.document, one.since, one.status) for one in used] == [
        ("dibao.standard.rural", 588_000, "演示值", date(2026, 1, 1), "demo")
    ]


def test_every_step_can_be_put_into_words() -> None:
    for step in GOLDEN.outcome().steps:
        assert step.arithmetic
        assert "‹" not in step.arithmetic


def test_what_is_paid() -> None:
    assert GOLDEN.outcome().pays == (
        PayPart("base_amount", "household", 1, 57400),
        PayPart("supplement", "person", 2, 14700),
        PayPart("supplement", "person", 3, 9800),
    )


def test_the_same_inputs_give_the_same_version_and_digest() -> None:
    one, two = GOLDEN.outcome(), GOLDEN.outcome()
    assert (one.version, one.digest, one.values) == (two.version, two.digest, two.values)


@pytest.mark.parametrize(
    ("entity", "change", "reason"),
    [
        ("person", {"age": None}, "成员缺少“周岁”"),
        ("person", {"age": 151}, "0 到 150"),
        ("person", {"age": True}, "应是整数"),
        ("person", {"relation": "cousin"}, "没有“cousin”"),
        ("income", {"gross": -1}, "年收入"),
        ("income", {"gross": 1.5}, "应是整数"),
        ("income", {"person_id": 99}, "找不到所属的成员"),
        ("person", {"person_id": 2}, "person_id 重复"),
    ],
)
def test_a_bad_case_is_refused_by_name(entity: str, change: dict[str, object], reason: str) -> None:
    case = deepcopy(GOLDEN.case)
    case[entity][0] |= change
    with pytest.raises(BadCase, match=reason):
        evaluate(DIBAO, case, GOLDEN.parameters, GOLDEN.on)


def test_a_missing_standard_stops_the_assessment() -> None:
    with pytest.raises(MissingParameter, match="城乡标准的选择"):
        evaluate(DIBAO, GOLDEN.case, shipped().resolve("110101", GOLDEN.on), GOLDEN.on)
