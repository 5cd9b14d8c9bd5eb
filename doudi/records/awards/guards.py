"""Awards are written once; a holding can only be released."""

from doudi.records.awards.models import Award, AwardPart, Holding
from doudi.store.triggers import append_only, write_once

GUARDS = [*append_only(Award), *append_only(AwardPart), *write_once(Holding, may_change=["released_on"])]
