"""`docs/rules.md`: article → parameter → rule → situation, for every rulebook; `--check` only compares.

Situations are tests, so this page is made beside the tests and not by the product.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from doudi.law.formula import formula  # noqa: E402  (the repository's own code, from any directory)
from doudi.law.library import BOOKS  # noqa: E402
from doudi.law.pack_files import STATUSES, Leaf  # noqa: E402
from doudi.law.rulebook import Rulebook  # noqa: E402
from doudi.law.rules import Lift, Rule  # noqa: E402
from doudi.law.units import BY_NAME, show  # noqa: E402
from tests.rules import coverage  # noqa: E402
from tests.rules.coverage import Entry  # noqa: E402
from tests.rules.situations import Situation, shipped  # noqa: E402

PAGE = ROOT / "docs" / "rules.md"
MADE = "<!-- Made by `make docs` from the rulebooks, the packs and the situations. Edit those, not this page. -->\n"
NAMED = 6  # situations named beside a rule; the rest are counted
UNITS = {unit: name for name, unit in BY_NAME.items()}
SCOPES = {"000000": "全国"}


def page() -> str:
    """The whole page."""
    return MADE + "\n".join([*_head(), *(line for book in BOOKS.values() for line in _book(book))])


def _head() -> Iterator[str]:
    entries, declared = coverage.entries(), coverage.declared()
    rules = sum(isinstance(entry.item, Rule) for entry in entries)
    used = [path for path in declared if path in coverage.users()]
    yield "# 规则：依据、参数、规则、情形\n"
    yield "每条规则写一次，一户逐条算、全县一句 SQL 算，都是它；被几本规则书共用的规则只在第一本里列出。"
    yield "“情形”是测试：一户人家、用的参数、应得的数，都在 `tests/rules/` 里，出处编号见各表。\n"
    yield "| 规则书 | 规则 | 汇总 | 依据的条款 | 用到的参数 | 情形 |\n|---|--:|--:|--:|--:|--:|"
    for book in BOOKS.values():
        mine = _of(book)
        paths = {path for entry in mine for path in entry.paths}
        plain = sum(isinstance(entry.item, Rule) for entry in mine)
        cited = {entry.item.cite for entry in mine}
        known = sum(situation.book is book for situation in coverage.situations())
        yield f"| [{book.title}](#{book.id}) | {plain} | {len(mine) - plain} | {len(cited)} | {len(paths)} | {known} |"
    cites = {entry.item.cite for entry in entries}
    bare = sum(not entry.item.cite or not entry.situations for entry in entries)
    yield (
        f"| **合计** | **{rules}** | **{len(entries) - rules}** | **{len(cites)}** | **{len(used)}** | "
        f"**{len(coverage.situations())}** |\n"
    )
    yield f"没有依据或没有情形的规则、汇总：**{bare}** 条。"
    yield f"规则不用、由时限、程序、统计等读取的参数另有 {len(declared) - len(used)} 项。\n"


def _of(book: Rulebook) -> list[Entry]:
    return [entry for entry in coverage.entries() if entry.book is book]


def _book(book: Rulebook) -> Iterator[str]:
    mine = _of(book)
    yield f'## <a id="{book.id}"></a>{book.title} `{book.id}`\n'
    paid = "、".join(f"{_label(book, pay.name)}（{pay.entity.label}）" for pay in book.payable)
    yield f"支付：{paid or '不直接支付'}。\n"
    yield "### 依据和规则\n"
    yield "| 依据 | 规则 | 怎么算 | 参数 | 自 | 情形 |\n|---|---|---|---|---|---|"
    for cite in dict.fromkeys(entry.item.cite for entry in mine):
        yield from (_rule(entry) for entry in mine if entry.item.cite == cite)
    yield "\n### 参数\n"
    yield from _parameters(mine)
    yield "\n### 情形\n"
    yield "| 编号 | 日期 | 情形 | 说到的值 |\n|---|---|---|---|"
    yield from (_situation(one) for one in coverage.situations() if one.book is book)
    yield ""


def _label(book: Rulebook, name: str) -> str:
    return book.edition(book.starts[-1]).told[name].label


def _rule(entry: Entry) -> str:
    item = entry.item
    kind = f"{item.entity.label} · 汇总" if isinstance(item, Lift) else item.entity.label
    told = f"{item.title}<br>`{item.name}` {kind}"
    since = item.since.isoformat() if isinstance(item, Rule) else ""
    paths = "<br>".join(f"`{path}`" for path in entry.paths)
    how = formula(item, entry.edition.told, shipped().declared)
    return _row(item.cite, told, how, paths, since, _ids(entry.situations))


def _ids(found: Iterable[Situation]) -> str:
    ids = list(dict.fromkeys(situation.id for situation in found))
    more = f" 等 {len(ids)} 例" if len(ids) > NAMED else ""
    return "、".join(ids[:NAMED]) + more


def _parameters(mine: list[Entry]) -> Iterator[str]:
    """Each parameter the book's rules use, with its values anywhere."""
    declared = coverage.declared()
    paths = sorted({path for entry in mine for path in entry.paths if path in declared})
    yield "| 参数 | 路径 | 单位 | 取值（范围，自，文号） | 用它的规则 |\n|---|---|---|---|---|"
    for path in paths:
        known = declared[path]
        values = "<br>".join(_value(leaf) for leaf in _leaves(path))
        users = "、".join(dict.fromkeys(entry.item.title.split("：")[0] for entry in coverage.users()[path]))
        yield _row(known.label, f"`{path}`", UNITS.get(known.unit, ""), values or "没有取值", users)


def _leaves(path: str) -> list[Leaf]:
    """The values of a parameter in the packs in force, from the nation down, the newest first."""
    areas = sorted({document.area for document in shipped().documents})
    found = {(leaf.scope, leaf.since): leaf for area in areas for leaf in shipped().timeline(area, path)}
    return sorted(found.values(), key=lambda leaf: (leaf.scope, -leaf.since.toordinal()))


def _value(leaf: Leaf) -> str:
    document = " ".join(part for part in (leaf.document, leaf.article) if part)
    until = f" 至 {leaf.until.isoformat()} 前" if leaf.until else ""
    status = "" if leaf.status == "read" else f"，{STATUSES.get(leaf.status, leaf.status)}"
    shown = show(leaf.value, leaf.unit, leaf.names or coverage.list_names().get(leaf.path)) or "没有"
    where = SCOPES.get(leaf.scope, leaf.scope)
    return f"{shown}（{where}，{leaf.since.isoformat()} 起{until}，{document}{status}）"


def _situation(one: Situation) -> str:
    told = one.book.edition(one.on).told
    names = "、".join(told[name].label for name in sorted(one.names) if name in told)
    return _row(one.id, one.on.isoformat(), one.title, names)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def main() -> int:
    """Exit code 1 when `--check` finds the page behind."""
    text = page()
    stands = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if "--check" in sys.argv[1:]:
        if stands != text:
            print("docs/rules.md 与规则书、政策包或情形不一致, 请运行 make docs")
            return 1
        return 0
    if stands != text:
        PAGE.write_text(text, encoding="utf-8")
        print("docs/rules.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
