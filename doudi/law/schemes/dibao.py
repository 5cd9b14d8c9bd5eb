"""最低生活保障规则书：家庭经济状况、保障金、增发、边缘与刚性支出、单人保合成一本。"""

from __future__ import annotations

from doudi.law.schemes import border, dibao_supplements, single  # noqa: F401  (each registers its rules)
from doudi.law.schemes.dibao_amount import CLASSES
from doudi.law.schemes.dibao_inputs import DIBAO

DIBAO.seal()

__all__ = ["CLASSES", "DIBAO"]
