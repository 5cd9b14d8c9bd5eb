"""The shipped packs with a county that has taken up one of the example procedures: a pack of its own extends it."""

from functools import cache

from doudi.exchange.policy_files import assembled, parse_document, read_documents
from doudi.law.packs import Packs
from tests.rules.situations import ROOT

COUNTY = "410482"
CURRENT = "current"
PROCEDURES = (CURRENT, "procedure-three-postings", "procedure-delegated", "procedure-2012", "procedure-1999")


@cache
def packs_of(example: str) -> Packs:
    """The shipped packs, the golden county's procedure being the example."""
    if example == CURRENT:
        return assembled(read_documents(ROOT / "policies"))
    return packs_with(f'pack: own-procedure\narea: "{COUNTY}"\ntitle: 测试县的程序\nextends: {example}\n')


def packs_with(own: str) -> Packs:
    """The shipped packs and one more file, as its text."""
    return assembled([*read_documents(ROOT / "policies"), parse_document(own, "own-procedure.yaml")])
