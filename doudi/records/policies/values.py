"""Every parameter as it stands somewhere on a day, with its history: read-only, for the page of standards.

The file that declares a parameter says which scheme it belongs to (its title) and what it stands among (its groups).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from doudi.law.exclusions import RULES, Exclusion
from doudi.law.library import BOOKS
from doudi.law.pack_files import STATUSES, Declaration, Leaf, PackDocument
from doudi.law.packs import Packs, scopes, stems
from doudi.law.schemes.holdings import OTHERS
from doudi.law.units import show
from doudi.records.policies.queries import catalogue, packs
from doudi.records.policies.rulebooks import list_names

SCOPES = {"000000": "全国"}
VERIFIED = ("read", "local")
TABLE = "exclusion."  # the exclusion table is read as a table, not as one list of codes a scheme
ENDING = "参数声明"


@dataclass(frozen=True)
class Value:
    """一项参数的一个取值, 已写成人看的话; 没有取值的 text 为空。book 是制度, group 是制度里的一组。"""

    path: str
    label: str
    book: str
    group: str
    text: str
    since: dt.date | None
    until: dt.date | None
    document: str
    article: str
    scope: str
    status: str
    is_verified: bool
    versions: int


@dataclass(frozen=True)
class Barred:
    """互斥表的一行, 已写成人看的话。"""

    first: str
    second: str
    rule: str
    article: str
    since: dt.date
    until: dt.date | None
    scope: str


@lru_cache(maxsize=2)
def _places(known: Packs) -> Mapping[str, tuple[str, str]]:
    """参数路径 → (制度, 组), 按声明文件的标题和分组。"""
    documents = {document.file: document for document in known.documents}
    return {
        path: _place(path, documents[one.file])
        for path, one in known.declared.items()
        if one.file in documents
    }


def _place(path: str, document: PackDocument) -> tuple[str, str]:
    groups = document.section("groups")
    found = [groups[stem].plain() for stem in (*stems(path), path) if stem in groups]
    return document.text("title", document.id).removesuffix(ENDING), found[-1] if found else ""


def books() -> list[str]:
    """各制度: 有规则书的按规则书的先后, 当地与程序的在最后。"""
    roots = [book.parameters or book.id for book in BOOKS.values()]
    ranks: dict[str, int] = {}
    for path, (book, _) in _places(packs()).items():
        root = path.split(".")[0]
        rank = roots.index(root) if root in roots else len(roots)
        ranks[book] = min(ranks.get(book, rank), rank)
    return sorted(ranks, key=lambda book: ranks[book])


def values(area_code: str, on: dt.date) -> list[Value]:
    """某地某日的全部参数, 按制度和组; 声明了而没有取值的也列出。互斥表另列。"""
    known = packs()
    found = known.resolve(area_code, on)
    rows = []
    for path, declared in known.declared.items():
        if not path.startswith(TABLE):
            leaf, count = found.leaves.get(path), len(known.timeline(area_code, path))
            rows.append(value_of(leaf, count) if leaf else _absent(declared, count))
    order = books()
    return sorted(rows, key=lambda one: order.index(one.book))


def barred(area_code: str, on: dt.date) -> list[Barred]:
    """某地某日适用的互斥表。"""
    return [_barred(row) for row in packs().exclusions if row.applies(scopes(area_code), on)]


def warnings() -> list[str]:
    """在用的政策包带的提醒。"""
    return [f"{title}: {text}" for title, text in packs().warnings]


def history(area_code: str, path: str) -> list[Value]:
    """一项参数在某地各级的全部取值, 新的在前。Empty for an unknown path."""
    leaves = packs().timeline(area_code, path)
    return [value_of(leaf, len(leaves)) for leaf in sorted(leaves, key=lambda one: one.since, reverse=True)]


def standing(area_code: str, path: str, on: dt.date) -> Value | None:
    """一项参数在某地某日有效的那个取值。"""
    known = packs()
    leaf = known.resolve(area_code, on).leaves.get(path)
    return value_of(leaf, len(known.timeline(area_code, path))) if leaf else None


def label_of(path: str) -> str:
    """参数的中文名; 没有声明过的为空。"""
    declared = packs().declared.get(path)
    return declared.label if declared else ""


def value_of(leaf: Leaf, versions: int) -> Value:
    """一个取值写给人看。"""
    book, group = _places(packs()).get(leaf.path, ("", ""))
    text = show(leaf.value, leaf.unit, leaf.names or list_names().get(leaf.path))
    return Value(
        path=leaf.path, label=leaf.label, book=book, group=group, text=text,
        since=leaf.since, until=leaf.until, document=leaf.document, article=leaf.article, scope=_scope(leaf.scope),
        status=STATUSES.get(leaf.status, "本单位签发"), is_verified=leaf.status in VERIFIED, versions=versions,
    )  # fmt: skip


def _absent(one: Declaration, versions: int) -> Value:
    book, group = _places(packs()).get(one.path, ("", ""))
    return Value(one.path, one.label, book, group, "", None, None, "", "", "", "没有取值", False, versions)


def _barred(row: Exclusion) -> Barred:
    names = {**OTHERS, **{scheme.id: scheme.name for scheme in catalogue().schemes.values()}}
    first, second = (names.get(one, one) for one in (row.first, row.second))
    return Barred(first, second, RULES[row.rule], row.article, row.since, row.until, _scope(row.scope))


def _scope(code: str) -> str:
    if code.endswith("0000"):
        return SCOPES.get(code, "省")
    return "市" if code.endswith("00") else "县"
