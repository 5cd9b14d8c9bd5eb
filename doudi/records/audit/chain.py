"""How an event or a look becomes a fingerprint: canonical JSON, a version tag, no field able to run into the next.

Nothing here reads the database, so another program can check a chain with these rules alone.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

EVENT_FORMAT = "doudi-event-1"
LOOK_FORMAT = "doudi-look-1"
START = "0" * 64
SEAL = "looks.sealed"
SEAL_SUBJECT = "looks"

Range = tuple[int, int]


def canonical(value: Any) -> str:
    """规范写法: 键排序、无空白、UTF-8 的 JSON; 数只收整数。Raises TypeError for what has no exact text (a float)."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    raise TypeError(f"审计内容只收文字、整数、日期及其组合, 收到 {type(value).__name__}")


def event_hash(seq: int, prev: str, at: dt.datetime, actor: str, action: str, subject: str, body: str) -> str:
    """一件事的指纹: SHA-256 (版本, 序号, 前一件的指纹, 时间, 操作人, 动作, 对象, 内容), 64 hex digits."""
    return _sha256([EVENT_FORMAT, seq, prev, instant(at), actor, action, subject, body])


def look_hash(number: int, at: dt.datetime, actor: str, action: str, subject: str, purpose: str) -> str:
    """一次查看的指纹。"""
    return _sha256([LOOK_FORMAT, number, instant(at), actor, action, subject, purpose])


def digest_of(hashes: Iterable[str]) -> str:
    """一批指纹的指纹, 与次序有关。"""
    whole = hashlib.sha256()
    for one in hashes:
        whole.update(one.encode())
    return whole.hexdigest()


def instant(at: Any) -> str:
    """世界时, 精确到微秒。What is not an instant (a row edited by hand) becomes text that matches nothing."""
    if not isinstance(at, dt.datetime):
        return f"?{at!r}"
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")


def _sha256(parts: list[Any]) -> str:
    # A JSON list keeps its parts apart whatever they hold; repr is for bytes only a raw edit can leave in a column.
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def ranges_of(numbers: Iterable[int]) -> list[Range]:
    """升序的号码并成首尾 (含) 的段: 1 2 3 7 → (1,3) (7,7)。"""
    found: list[Range] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def numbers_in(ranges: Iterable[Iterable[int]]) -> Iterator[int]:
    """段里的每个号码。"""
    for first, last in ranges:
        yield from range(first, last + 1)
