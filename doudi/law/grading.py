"""一次申请、分类认定：特困、低保、低保边缘、刚性支出，取最先符合的一类，不重复要材料。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from doudi.law.case import Case, with_usual
from doudi.law.evaluation import Outcome, evaluate
from doudi.law.packs import Parameters
from doudi.law.schemes.border import GRADES as BELOW
from doudi.law.schemes.dibao import DIBAO
from doudi.law.schemes.tekun import TEKUN

GRADES: Mapping[str, str] = {"tekun": "特困人员救助供养", **BELOW}


@dataclass(frozen=True)
class Grading:
    """认定结果。`tekun_persons` 是单看本人符合特困条件的人，`single_persons` 是整户不符合低保而可以单人保的人。

    `tekun`、`dibao` 是两次测算，各带每一步。
    """

    grade: str
    tekun_persons: tuple[Any, ...]
    single_persons: tuple[Any, ...]
    tekun: Outcome
    dibao: Outcome

    @property
    def label(self) -> str:
        """结果的中文名。"""
        return GRADES[self.grade]

    @property
    def apart(self) -> tuple[Any, ...]:
        """全家不按特困认定、而单看本人符合特困条件的人：同住的人对他没有法定义务的，另立一户申请特困。"""
        return () if self.grade == "tekun" else self.tekun_persons


def graded(case: Case, params: Parameters, on: date) -> Grading:
    """按同一份录入认定一户属于哪一类。

    特困要求保障人口人人符合或已在特困：同住的人互为法定义务人，有一人不符合就有人可以赡养，全家往下按低保看。
    整户不符合低保而有人提出并符合单人保的，仍属低保，先于低保边缘。
    录入不合要求抛 BadCase；参数缺失抛 MissingParameter。
    依据：民发〔2021〕43号 第四条；民发〔2021〕57号；民发〔2024〕57号；民发〔2022〕83号。
    """
    tekun = evaluate(TEKUN, with_usual(TEKUN, case), params, on)
    dibao = evaluate(DIBAO, with_usual(DIBAO, case), params, on)
    found = tuple(row["person_id"] for row in tekun.values["person"] if row["eligible"])
    already = {row["person_id"] for row in dibao.values["person"] if row["other_support"] == "tekun"}
    people = {row["person_id"] for row in dibao.values["person"] if row["counted"]} | already
    everyone = bool(people) and people <= already | set(found)
    home = dibao.values["household"][0]
    singles = tuple(row["person_id"] for row in dibao.values["person"] if row["single_eligible"])
    below = "dibao" if singles else home["grade"]
    grade = "tekun" if everyone else below
    return Grading(grade, found, () if home["eligible"] else singles, tekun, dibao)
