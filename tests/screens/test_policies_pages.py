"""Standards on a page: what stands on a day, since when, by which document, whether it was checked."""

import datetime as dt
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from doudi.records.policies import queries
from doudi.records.policies.queries import packs
from doudi.records.policies.values import books, values
from doudi.records.staff.models import Role, User
from tests.screens.conftest import SignIn
from tests.screens.typed import text_of

pytestmark = pytest.mark.django_db


def forget() -> None:
    """The packs are read once a process."""
    queries.shipped.cache_clear()
    queries._with_office.cache_clear()


def words(sign_in: SignIn, url: str, login: str = "jingban") -> str:
    return text_of(sign_in(login).get(url).content.decode())


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_read_the_standards(role: str, sign_in: SignIn) -> None:
    assert sign_in(role).get(reverse("parameters")).status_code == 200


def test_a_value_stands_with_document_and_mark(staff: dict[str, User], sign_in: SignIn) -> None:
    page = words(sign_in, reverse("parameters"))
    assert "5,880.00 元/年" in page
    assert "民发〔2021〕57号 第三十一条" in page
    assert "演示值" in page
    assert "没有取值" in page


def test_each_scheme_has_its_tab_with_its_groups(staff: dict[str, User], sign_in: SignIn) -> None:
    first = words(sign_in, reverse("parameters"))
    for book in books():
        assert book in first
    assert "分类施保增发" in first
    medical = words(sign_in, reverse("parameters") + "?zhidu=医疗救助")
    assert "资助参保" in medical
    assert "农村低保年标准" not in medical
    everything = words(sign_in, reverse("parameters") + "?zhidu=quanbu")
    assert all(one.label in everything for one in values("410482", dt.date(2026, 9, 14)))


def test_every_parameter_is_under_a_scheme_and_a_group(staff: dict[str, User]) -> None:
    """A group named in a file names something declared there, and nothing declared is left over."""
    rows = values("410482", dt.date(2026, 9, 14))
    assert [one.path for one in rows if not one.book or not one.group] == []
    for document in packs().documents:
        stems = set(document.section("groups"))
        declared = set(document.section("declare"))
        assert [
            stem for stem in stems if not any(f"{path}.".startswith(f"{stem}.") for path in declared)
        ] == []


def test_codes_are_said_in_chinese(staff: dict[str, User]) -> None:
    rows = {one.path: one.text for one in values("410482", dt.date(2026, 9, 14))}
    assert "优待抚恤金" in rows["dibao.income.excluded"]
    bare = [path for path, text in rows.items() if re.fullmatch(r"[a-z_]{3,}(、[a-z_]+)*", text)]
    assert bare == []


def test_what_cannot_be_drawn_together_is_one_table(staff: dict[str, User], sign_in: SignIn) -> None:
    page = words(sign_in, reverse("parameters") + "?zhidu=huchi")
    assert "同一个人不能重复享受的待遇" in page
    assert "不能同时享受" in page


def test_a_search_looks_in_every_scheme(staff: dict[str, User], sign_in: SignIn) -> None:
    page = words(sign_in, reverse("parameters") + "?text=住房套数上限")
    assert "住房套数上限" in page
    assert "特困住房套数上限" in page
    unset = words(sign_in, reverse("parameters") + "?state=none")
    assert "没有取值" in unset
    assert "5,880.00" not in unset


def test_an_adopted_pack_of_former_practice_warns(
    staff: dict[str, User], sign_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    copied = tmp_path / "policies"
    shutil.copytree(settings.POLICIES, copied)
    adopted = 'pack: adopted\narea: "410482"\ntitle: 旧做法试用\nextends: legacy-1999-dibao\n'
    (copied / "counties" / "adopted.yaml").write_text(adopted, encoding="utf-8")
    assert "在用的政策包有提醒" not in words(sign_in, reverse("parameters"))
    settings.POLICIES = copied
    forget()
    try:
        page = words(sign_in, reverse("parameters"))
    finally:
        forget()
    assert "在用的政策包有提醒" in page
    assert "现行规定不允许" in page


def test_another_day_shows_what_stood_then(staff: dict[str, User], sign_in: SignIn) -> None:
    page = words(sign_in, reverse("parameters") + "?on=2025-06-01&text=低保年标准")
    assert "5,580.00 元/年" in page
    assert "5,880.00" not in page
    assert "没有符合条件的参数" in words(sign_in, reverse("parameters") + "?text=没有这个")


def test_the_history_of_one_value(staff: dict[str, User], sign_in: SignIn) -> None:
    page = words(sign_in, reverse("parameter", args=["dibao.standard.rural"]))
    assert page.index("5,880.00") < page.index("5,580.00")
    html = sign_in("jingban").get(reverse("parameter", args=["dibao.standard.rural"])).content.decode()
    assert [row.count("5,880.00") for row in re.findall(r'<tr [^>]*class="here".*?</tr>', html, re.S)] == [1]
    assert sign_in("jingban").get(reverse("parameter", args=["no.such.value"])).status_code == 404


def test_a_parameter_names_the_rules_that_use_it(staff: dict[str, User], sign_in: SignIn) -> None:
    url = reverse("parameter", args=["dibao.standard.rural"])
    html = sign_in("jingban").get(url).content.decode()
    assert f"{reverse('rulebook')}?book=dibao#v-standard_year" in html
    assert "提出改动" not in html
    assert "提出改动" in words(sign_in, url, "shenpi")
    assert "没有规则用它" in words(sign_in, reverse("parameter", args=["clock.posting"]))
