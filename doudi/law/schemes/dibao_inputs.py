"""低保规则书和它在家庭经济状况以外要的录入。"""

from __future__ import annotations

from doudi.law.entities import HOUSEHOLD
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.means import MEANS
from doudi.law.units import FEN_MONTH, FLAG

DIBAO = Rulebook("dibao", "最低生活保障", shares=("local", "exclusion"))
DIBAO.include(MEANS)
DIBAO.input(HOUSEHOLD, "income_stable", unit=FLAG, label="收入基本稳定", usual=True)
DIBAO.input(HOUSEHOLD, "gradual_exit", unit=FLAG, label="处于渐退期", usual=False)
DIBAO.input(HOUSEHOLD, "previous_amount", unit=FEN_MONTH, label="渐退前月保障金（不含增发）", usual=0)
