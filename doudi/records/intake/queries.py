"""What the window knows of a case."""

from doudi.law.blocks import CaseFacts
from doudi.records.cases.models import Case
from doudi.records.intake.models import Paper
from doudi.records.people.queries import relatives_of
from doudi.records.policies.queries import paper_label


def missing_papers(case: Case) -> tuple[str, ...]:
    """还缺的材料的名称。"""
    kinds = (
        Paper.objects.filter(case=case, status=Paper.Status.MISSING)
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    return tuple(paper_label(case.scheme, kind) for kind in kinds)


def is_relative_known(case: Case) -> bool:
    """家里有没有工作人员的近亲属备案, 立案之后才备案的也算。依据: 民发〔2021〕57号 第十一条"""
    return relatives_of(case.household_id).exists()


def facts(case: Case) -> CaseFacts:
    """受理环节知道的事实。"""
    return CaseFacts(
        station=case.station,
        papers_missing=missing_papers(case),
        authorised=case.application.authorised_on is not None,
        near_relative=case.is_relative_filed or is_relative_known(case),
    )
