"""One form, one effect: a submission's key is written in the same transaction as what it does."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from doudi.store.models import Submission
from doudi.store.refusal import Refusal


class SubmissionChanged(Refusal):
    """同一张表单用不同的内容又交了一次。"""

    def __init__(self) -> None:
        super().__init__("这张表单已经提交过, 这次内容不同。请刷新页面看现在的情况, 再重新填写。")


def body_hash(body: Any) -> str:
    """内容的指纹: 键排序的 JSON 的 SHA-256。"""
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, ensure_ascii=False, default=str).encode()
    ).hexdigest()


def once(*, key: str, user_id: int, endpoint: str, body: Any, effect: Callable[[], Any]) -> Any:
    """同一个键只生效一次, 再来的得到同样的回答。

    `effect` runs inside the transaction and returns something JSON can hold. A failed effect leaves no key behind, so
    the form may be sent again. Raises SubmissionChanged where the key is known with another body or sender.
    """
    digest = body_hash(body)
    with transaction.atomic():
        row = _claim(key, user_id, endpoint, digest)
        if row is None:
            return _answer(key, user_id, endpoint, digest)
        row.outcome = effect()
        row.save(update_fields=["outcome"])
        return row.outcome


def _claim(key: str, user_id: int, endpoint: str, digest: str) -> Submission | None:
    try:
        with transaction.atomic():
            return Submission.objects.create(key=key, user_id=user_id, endpoint=endpoint, body_hash=digest)
    except IntegrityError:
        return None


def _answer(key: str, user_id: int, endpoint: str, digest: str) -> Any:
    row = Submission.objects.get(key=key)
    if (row.user_id, row.endpoint, row.body_hash) != (user_id, endpoint, digest):
        raise SubmissionChanged
    return row.outcome
