"""儿童福利规则书和它的录入：孤儿、事实无人抚养儿童、困境儿童。不看家庭收入，所以不收经济状况。"""

from __future__ import annotations

from doudi.law.entities import PERSON
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.holdings import add_holdings
from doudi.law.schemes.means_inputs import MEANS
from doudi.law.units import CODE, FLAG, MONTHS

PARENT_STATES = {
    "able": "能履行抚养责任", "dead": "死亡或者宣告死亡", "missing": "宣告失踪", "not_found": "查找不到",
    "severe_disability": "重度残疾", "serious_illness": "重病", "prison": "服刑在押", "detox": "强制隔离戒毒",
    "other_custody": "被执行其他限制人身自由的措施", "lost_contact": "失联", "custody_revoked": "被撤销监护资格",
    "deported": "被遣送（驱逐）出境",
}  # fmt: skip
CARE_FORMS = {"scattered": "社会散居", "institution": "机构养育"}
NEED_CLASSES = {"none": "未认定", "first": "一类", "second": "二类", "third": "三类", "fourth": "四类"}
KINDS = {"none": "不属于", "orphan": "孤儿", "unattended": "事实无人抚养儿童", "in_need": "困境儿童"}


def _parent(book: Rulebook, name: str, label: str) -> None:
    book.input(
        PERSON, name, unit=CODE, label=f"{label}情况", domain=PARENT_STATES, usual="able", sensitivity="S2"
    )
    book.input(
        PERSON, f"{name}_months", unit=MONTHS, label=f"{label}这种情况已有或者将持续的月数", domain=(0, 1800),
        usual=0, sensitivity="S2",
    )  # fmt: skip


CHILDREN = Rulebook("children", "孤儿、事实无人抚养儿童、困境儿童", shares=("exclusion",))
for _shared in ("age", "student"):
    CHILDREN.inputs[_shared] = MEANS.inputs[_shared]
_parent(CHILDREN, "father", "父亲")
_parent(CHILDREN, "mother", "母亲")
CHILDREN.input(
    PERSON, "recognised_as_minor", unit=FLAG, label="未满十八周岁时已认定", usual=False, sensitivity="S2"
)
CHILDREN.input(PERSON, "care_form", unit=CODE, label="养育方式", domain=CARE_FORMS, usual="scattered")
CHILDREN.input(
    PERSON, "need_class", unit=CODE, label="困境儿童类别（认定结论）", domain=NEED_CLASSES, usual="none",
    sensitivity="S2",
)  # fmt: skip
add_holdings(CHILDREN)
