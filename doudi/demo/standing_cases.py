"""Cases that stand at every station of the road when the demo opens, each walked there by the office's own verbs."""

from doudi.records.staff.models import User


def make_standing_cases(staff: dict[str, User], county: str, *, scale: float, seed: int) -> int:
    """造在办案件。"""
    return 0
