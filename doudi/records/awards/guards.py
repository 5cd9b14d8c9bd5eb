"""Awards are written once; a holding can only be released; who stands on the roll follows from awards and decisions.

The tables of decisions stand to the right of this app: the rules name them in SQL, where no import is needed.
"""

from doudi.records.awards.models import Award, AwardPart, Holding, Standing
from doudi.store.triggers import append_only, follow, refuse, write_once

_TOLD = ("scheme", "klass", "household_id", "village_id", "persons", "amount_fen", "from_on")
_OPEN = "NOT EXISTS (SELECT 1 FROM decisions_closing c WHERE c.award_id = {row}.award_id)"


# ruff: noqa: S608  (names of this module only)
REVIEW = (
    "(SELECT d.next_review_on FROM decisions_decision d WHERE d.household_id = NEW.household_id "
    "AND d.scheme = NEW.scheme AND d.next_review_on IS NOT NULL ORDER BY d.decided_on DESC, d.id DESC LIMIT 1)"
)
_AS_AWARDED = " AND ".join(f"a.{column} = NEW.{column}" for column in _TOLD)
_UNLIKE = (
    f"NOT EXISTS (SELECT 1 FROM awards_award a WHERE a.id = NEW.award_id AND {_AS_AWARDED}) "
    f"OR NEW.review_on IS DISTINCT FROM {REVIEW}"
)
_NOT_FROM_AWARDS = "在享只随待遇和决定变动, 不能另行改写"

STANDS = (
    f"INSERT INTO awards_standing (award_id, {', '.join(_TOLD)}, review_on) "
    f"VALUES (NEW.id, {', '.join(f'NEW.{column}' for column in _TOLD)}, {REVIEW})"
)
ENDS = "DELETE FROM awards_standing WHERE award_id = NEW.award_id"
IS_PLANNED = (
    f"UPDATE awards_standing SET review_on = {REVIEW} "
    "WHERE household_id = NEW.household_id AND scheme = NEW.scheme"
)

GUARDS = [
    *append_only(Award),
    *append_only(AwardPart),
    *write_once(Holding, may_change=["released_on"]),
    follow("awards_award", "INSERT", "1=1", STANDS),
    follow("decisions_closing", "INSERT", "1=1", ENDS),
    follow("decisions_decision", "INSERT", "NEW.next_review_on IS NOT NULL", IS_PLANNED),
    refuse(
        Standing, "INSERT", f"NOT ({_OPEN.format(row='NEW')}) OR {_UNLIKE}", _NOT_FROM_AWARDS, name="insert"
    ),
    refuse(Standing, "UPDATE", f"NEW.award_id <> OLD.award_id OR {_UNLIKE}", _NOT_FROM_AWARDS),
    refuse(Standing, "DELETE", _OPEN.format(row="OLD"), _NOT_FROM_AWARDS),
]
