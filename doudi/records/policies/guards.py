"""A signed value is never edited: a change is a new dated value. What was weighed and proposed stays as it was."""

from doudi.records.policies.models import PolicyProposal, PolicyValue, ProposedValue, Scenario
from doudi.store.triggers import append_only, refuse, write_once

DECIDING = ["state", "decided_by", "decided_on", "answer"]
GUARDS = [
    *append_only(PolicyValue),
    *append_only(Scenario),
    *append_only(ProposedValue),
    *write_once(PolicyProposal, may_change=DECIDING),
    refuse(
        PolicyProposal,
        "UPDATE",
        "OLD.\"state\" <> 'pending'",
        "参数改动已经签发或退回, 不能再动",
        name="decided",
    ),
    refuse(
        ProposedValue,
        "INSERT",
        'NOT EXISTS (SELECT 1 FROM "policies_policyproposal" p WHERE p.id = NEW."proposal_id"'
        " AND p.\"state\" = 'pending')",
        "参数改动已经签发或退回, 不能再加",
    ),
]
