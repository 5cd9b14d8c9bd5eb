"""Put up, take down what is said against it, look into it, answer it by two, send up."""

from doudi.records.postings.services.answering import (
    AlreadyAnswered,
    FreshEyesFirst,
    NotAnsweredYet,
    NotConcluded,
    NotCountersigned,
    NotYourObjection,
    OwnConclusion,
    RemedyMissing,
    TwoHandlers,
    WordsMissing,
    assign,
    conclude,
    countersign,
    hand_back,
    open_contact,
    reply,
)
from doudi.records.postings.services.boxes import OpenedAlone, open_box, set_hotline
from doudi.records.postings.services.objecting import object_to, report
from doudi.records.postings.services.photographing import PhotoTooEarly, PhotoUnusable, send_photo
from doudi.records.postings.services.publishing import AlreadyPosted, NeverPosted, publish, put_up, send_up

__all__ = [
    "AlreadyAnswered",
    "AlreadyPosted",
    "FreshEyesFirst",
    "NeverPosted",
    "NotAnsweredYet",
    "NotConcluded",
    "NotCountersigned",
    "NotYourObjection",
    "OpenedAlone",
    "OwnConclusion",
    "PhotoTooEarly",
    "PhotoUnusable",
    "RemedyMissing",
    "TwoHandlers",
    "WordsMissing",
    "assign",
    "conclude",
    "countersign",
    "hand_back",
    "object_to",
    "open_box",
    "open_contact",
    "publish",
    "put_up",
    "reply",
    "report",
    "send_photo",
    "send_up",
    "set_hotline",
]
