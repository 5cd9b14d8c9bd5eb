"""What was posted stays as it was posted; what was said against it is answered by two, and stays as it was said."""

from doudi.records.postings.models import BoardPhoto, BoxOpening, Conclusion, Handler, Objection, Posting
from doudi.store.triggers import append_only, refuse, write_once

ANSWERED = ("outcome", "remedy", "answered_on", "answer", "answered_by")
_CHANGED = " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in ANSWERED)
_ALONE = (
    "OLD.outcome = '' AND NEW.outcome <> '' AND NOT EXISTS (SELECT 1 FROM postings_conclusion c "
    "WHERE c.objection_id = NEW.id AND c.answer = 'agreed' AND c.outcome = NEW.outcome)"
)
_WRITER = (
    "EXISTS (SELECT 1 FROM postings_handler h WHERE h.objection_id = NEW.objection_id "
    "AND h.user_id = NEW.written_by_id AND h.until_on IS NULL)"
)
_SIGNER = (
    "NEW.checked_by_id <> NEW.written_by_id AND EXISTS (SELECT 1 FROM postings_handler h "
    "WHERE h.objection_id = NEW.objection_id AND h.user_id = NEW.checked_by_id AND h.until_on IS NULL)"
)
_NOT_BOTH = f"NEW.answer = 'agreed' AND (NEW.checked_by_id IS NULL OR NOT ({_WRITER}) OR NOT ({_SIGNER}))"

GUARDS = [
    *write_once(Posting, may_change=["withdrawn_on"]),
    *append_only(BoardPhoto),
    *append_only(BoxOpening),
    *write_once(Objection, may_change=[*ANSWERED, "replied_on"]),
    refuse(Objection, "UPDATE", _ALONE, "异议的结论要由两名承办人一写一签", name="by_two"),
    refuse(
        Objection, "UPDATE", f"OLD.outcome <> '' AND ({_CHANGED})", "已经处理的异议不能改动", name="answered"
    ),
    *write_once(Handler, may_change=["until_on"]),
    *write_once(Conclusion, may_change=["answer", "checked_by", "checked_on", "words"]),
    refuse(Conclusion, "INSERT", f"NOT {_WRITER}", "异议的结论由承办人写", name="handler"),
    refuse(Conclusion, "INSERT", "NEW.answer <> ''", "异议的结论先写后签", name="unsigned"),
    refuse(Conclusion, "UPDATE", _NOT_BOTH, "会签的应是另一名承办人", name="other_handler"),
    refuse(Conclusion, "UPDATE", "OLD.answer <> ''", "会签过的结论不能改动", name="checked"),
]
