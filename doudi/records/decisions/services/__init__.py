"""The verbs of deciding, by what they do: sign and confirm, open what was granted, stop it, tell the family."""

from doudi.records.decisions.services.appealing import (
    AppealAnswered,
    AppealIncomplete,
    AppealOpen,
    answer,
    appeal,
)
from doudi.records.decisions.services.changing import (
    NotAnApplication,
    NothingPaid,
    ReasonsDoNotAdd,
    open_change,
    propose_reasons,
)
from doudi.records.decisions.services.correcting import DecidedBefore, NothingToCorrect, reopen
from doudi.records.decisions.services.deciding import (
    ReasonMissing,
    confirm,
    intend,
    leave_out,
    refuse,
    send_back,
    sign,
)
from doudi.records.decisions.services.delivering import DeliveredTooEarly, PictureRefused, deliver
from doudi.records.decisions.services.ending import OnlyApplicationsEnd, end_causes, terminate
from doudi.records.decisions.services.granting import AlreadyReceives
from doudi.records.decisions.services.sampling import NothingToDraw, assign_visitors, draw, verified
from doudi.records.decisions.services.stopping import AlreadyClosed, stop, stop_all
from doudi.records.decisions.services.suspending import (
    AlreadySuspended,
    NotSuspended,
    SuspensionNotBegun,
    resume,
    standing_still,
    suspend,
)
from doudi.records.decisions.services.unrecognising import RecognitionOver, end_recognition
from doudi.records.decisions.services.visiting import NotSampled, OneVisitor, county_visit

__all__ = [
    "AlreadyClosed",
    "AlreadyReceives",
    "AlreadySuspended",
    "AppealAnswered",
    "AppealIncomplete",
    "AppealOpen",
    "DecidedBefore",
    "DeliveredTooEarly",
    "NotAnApplication",
    "NotSampled",
    "NotSuspended",
    "NothingPaid",
    "NothingToCorrect",
    "NothingToDraw",
    "OneVisitor",
    "OnlyApplicationsEnd",
    "PictureRefused",
    "ReasonMissing",
    "ReasonsDoNotAdd",
    "RecognitionOver",
    "SuspensionNotBegun",
    "answer",
    "appeal",
    "assign_visitors",
    "confirm",
    "county_visit",
    "deliver",
    "draw",
    "end_causes",
    "end_recognition",
    "intend",
    "leave_out",
    "open_change",
    "propose_reasons",
    "refuse",
    "reopen",
    "resume",
    "send_back",
    "sign",
    "standing_still",
    "stop",
    "stop_all",
    "suspend",
    "terminate",
    "verified",
]
