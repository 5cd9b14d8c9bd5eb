"""What was weighed and what is proposed: lists for the pages, nothing here writes."""

from django.db.models import Case, IntegerField, QuerySet, Value, When

from doudi.records.policies.models import PolicyProposal, Scenario

State = PolicyProposal.State


def scenarios() -> QuerySet[Scenario]:
    """存下的方案, 新的在前。"""
    return Scenario.objects.order_by("-pk")


def proposals() -> QuerySet[PolicyProposal]:
    """参数改动, 待签发的在前, 其余新的在前。"""
    waiting = Case(When(state=State.PENDING, then=Value(0)), default=Value(1), output_field=IntegerField())
    return PolicyProposal.objects.prefetch_related("items").order_by(waiting, "-pk")


def open_proposal_of(scenario: Scenario) -> PolicyProposal | None:
    """由这个方案提出、待签发或已签发的改动。"""
    rows = PolicyProposal.objects.filter(scenario=scenario, state__in=(State.PENDING, State.SIGNED))
    return rows.order_by("-pk").first()


def waiting_count() -> int:
    """待签发的有几件。"""
    return PolicyProposal.objects.filter(state=State.PENDING).count()
