"""What happened to a record, who looked at it, and whether the trail is whole."""

import json
from typing import Any

from django.db.models import QuerySet

from doudi.records.audit.chain import SEAL_SUBJECT
from doudi.records.audit.models import Anchor, Event, Look
from doudi.records.audit.verification import Fault, Verification, behind_anchor, verify

__all__ = [
    "Fault",
    "Verification",
    "behind_anchor",
    "epoch",
    "events_of",
    "last_seal",
    "looks_of",
    "verify",
]


def events_of(subject: str) -> QuerySet[Event]:
    """某对象上发生过的事, 由旧到新。"""
    return Event.objects.filter(subject=subject).order_by("seq")


def looks_of(subject: str) -> QuerySet[Look]:
    """谁看过某对象, 由旧到新。"""
    return Look.objects.filter(subject=subject).order_by("id")


def last_seal() -> dict[str, Any]:
    """最近一次封存查看的内容; 还没有封存过则为空。"""
    event = events_of(SEAL_SUBJECT).last()
    return json.loads(event.body) if event else {}


def epoch() -> int:
    """库的代次: 最近一个锚的代次, 起始为 1。"""
    newest = Anchor.objects.order_by("last_seq").last()
    return newest.epoch if newest else 1
