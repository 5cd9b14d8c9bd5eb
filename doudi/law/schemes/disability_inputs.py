"""残疾人两项补贴的录入：残疾、照护需要、已享受的待遇。"""

from __future__ import annotations

from doudi.law.entities import HELD, PERSON
from doudi.law.rulebook import Rulebook
from doudi.law.schemes.holdings import add_holdings
from doudi.law.schemes.means_inputs import MEANS
from doudi.law.units import FLAG, MONTHS

DISABILITY = Rulebook("disability", "残疾人两项补贴", shares=("exclusion",))

for _shared in ("disability", "disability_grade"):
    DISABILITY.inputs[_shared] = MEANS.inputs[_shared]
DISABILITY.input(PERSON, "certificate_valid", unit=FLAG, label="残疾人证在有效期内", usual=True)
DISABILITY.input(
    PERSON, "long_term_care", unit=FLAG, label="因残疾需要长期照护", usual=False, sensitivity="S2"
)
DISABILITY.input(
    PERSON, "months_since_claim", unit=MONTHS, label="自申请当月起至本次发放的月数", domain=(0, 120), usual=1
)
add_holdings(DISABILITY)
DISABILITY.input(HELD, "held_in_full", unit=FLAG, label="该项按全额享受（未扣减差额）", usual=True)
