"""全部规则书，按编号取。方案文件的 rulebook 一项写的就是这里的编号。"""

from __future__ import annotations

from collections.abc import Mapping

from doudi.law.rulebook import Rulebook
from doudi.law.schemes.allowance import ALLOWANCE
from doudi.law.schemes.children import CHILDREN
from doudi.law.schemes.dibao import DIBAO
from doudi.law.schemes.disability import DISABILITY
from doudi.law.schemes.housing import HOUSING
from doudi.law.schemes.medical import MEDICAL
from doudi.law.schemes.tekun import TEKUN
from doudi.law.schemes.temporary import TEMPORARY

BOOKS: Mapping[str, Rulebook] = {
    book.id: book for book in (DIBAO, ALLOWANCE, DISABILITY, CHILDREN, MEDICAL, TEKUN, TEMPORARY, HOUSING)
}
