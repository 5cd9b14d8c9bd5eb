"""Every part draws from its record alone, says what it must say, and its figures agree with their table."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import HttpResponse
from django.template import engines
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from doudi.law import money as law_money
from doudi.web.ui import charts, views
from doudi.web.ui import components as ui
from doudi.web.ui.tables import Column, Row, Table
from doudi.web.ui.templatetags import doudi as words
from tests.screens import ui_gallery as gallery

PUBLIC_SITE = pytest.mark.usefixtures("public_site")


@pytest.fixture
def public_site(settings: Any) -> None:
    """The site of the public: its addresses and its frame."""
    settings.SITE = "public"
    settings.ROOT_URLCONF = "doudi.web.public.urls"


def draw(source: str, **more: Any) -> str:
    return str(engines["django"].from_string(source).render({**gallery.context(), "csrf_token": "t", **more}))


def part(name: str, **context: Any) -> str:
    return str(engines["django"].get_template(f"ui/parts/{name}.html").render(context))


@pytest.mark.parametrize("name", gallery.PAGES)
def test_a_page_of_the_gallery_draws_without_missing_variables(name: str) -> None:
    page = draw(gallery.PAGES[name])
    assert '<html lang="zh-CN">' in page
    assert page.count('aria-current="page"') >= 1


@PUBLIC_SITE
def test_the_public_frame_works_without_scripts_and_names_its_size() -> None:
    page = draw(gallery.PUBLIC_HOME, frame=gallery.PUBLIC, doors=gallery.DOORS)
    assert "<script" not in page
    assert 'data-size="16"' in page
    assert "演示网站" in page


@pytest.mark.parametrize(
    ("left", "unit", "said", "tone"),
    [
        (3, "working", "还剩 3 个工作日", "soon"),
        (4, "working", "还剩 4 个工作日", "calm"),
        (2, "calendar", "还剩 2 天", "soon"),
        (0, "working", "今天到期", "soon"),
        (-2, "working", "已超 2 日", "over"),
        (None, "working", "--", "none"),
    ],
)
def test_deadlines_speak_in_words(left: int | None, unit: ui.DayUnit, said: str, tone: str) -> None:
    deadline = ui.Deadline(left, unit=unit)
    assert (deadline.words, deadline.tone) == (said, tone)
    assert words.deadline_words(left, unit) == said


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_money_reads_back_to_the_same_fen(fen: int) -> None:
    shown = words.money(fen)
    assert round(float(shown.replace(",", "")) * 100) == fen or abs(fen) > 2**50
    assert shown.rsplit(".")[1].isdigit()
    assert words.signed_money(fen).lstrip("▲▼ ") == words.money(abs(fen))


def test_nothing_is_written_as_two_dashes() -> None:
    assert {
        words.money(None),
        words.day(None),
        words.percent(None),
        words.count(None),
        words.masked("", "name"),
    } == {"--"}


def test_other_words() -> None:
    assert words.cn_upper(81900) == "人民币" + law_money.upper_yuan(81900) == "人民币捌佰壹拾玖元整"
    assert words.percent(1234) == "12.34%"
    assert words.percent(-5) == "-0.05%"
    assert words.day(datetime(2026, 1, 30, 17, 0, tzinfo=UTC)) == "2026-01-31"
    assert words.minute(datetime(2026, 1, 30, 17, 5, tzinfo=UTC)) == "2026-01-31 01:05"
    assert words.masked("410482198001011234", "identity").endswith("34")
    assert words.signed(-3) == "▼ 3"


def test_a_cell_escapes_what_people_typed() -> None:
    table = Table([Column("姓名"), Column("每月", "money")], [Row(["<b>陈</b>", None])], key="x")
    page = part("table", table=table)
    assert "&lt;b&gt;" in page
    assert "<b>陈" not in page
    assert "--" in page


def test_a_row_with_the_wrong_number_of_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        _ = Table([Column("姓名")], [Row(["陈", "多"])]).pairs


def test_a_locked_row_cannot_be_ticked() -> None:
    page = part("table", table=gallery.worklist())
    assert page.count('name="row"') == len(gallery._PEOPLE) - 1
    assert "有红旗, 要单独办理" in page


def test_the_primary_button_is_off_while_anything_blocks_it() -> None:
    blocked = draw('{% include "ui/parts/next.html" %}')
    assert "暂不能继续" in blocked
    assert blocked.index("暂不能继续") < blocked.index("送县级确认</button>")
    assert "disabled" in blocked
    free = draw(
        '{% include "ui/parts/next.html" %}', next_step=ui.NextStep("送出", ui.Action("送出", "/", post=True))
    )
    assert "disabled" not in free


def test_a_task_that_cannot_start_has_no_link() -> None:
    page = part("tasks", tasks=[ui.Task("提交公示", "wait", "/x")])
    assert "href" not in page
    assert "暂不能开始" in page


def test_every_step_of_why_shows_its_article_and_date() -> None:
    page = part("why", why=gallery.WHY)
    for step in gallery.WHY.steps:
        assert step.label in page
        assert step.article in page
    assert "2026-01-01 起" in page
    assert "819.00" in page


def test_a_difference_that_does_not_balance_says_so() -> None:
    assert gallery.DIFFERENCE.balanced
    wrong = ui.Difference(gallery.DIFFERENCE.before, gallery.DIFFERENCE.changes[1:], gallery.DIFFERENCE.after)
    assert "不平, 不能锁定" in part("difference", difference=wrong)
    assert "相平" in part("difference", difference=gallery.DIFFERENCE)


def test_a_job_polls_only_while_it_runs() -> None:
    running, done = (part("job", job=job) for job in gallery.JOBS)
    assert "hx-trigger" in running
    assert "3,214/8,870" in running
    assert "hx-trigger" not in done


def test_a_job_of_unknown_length_still_draws() -> None:
    assert 'max="0"' not in part("job", job=ui.JobProgress("导入", 0, 0, "waiting"))


@pytest.mark.parametrize("empty", gallery.EMPTIES, ids=lambda e: e.kind)
def test_an_empty_list_says_what_is_and_what_to_do(empty: ui.Empty) -> None:
    page = part("empty", empty=empty)
    assert empty.title in page
    assert ("href" in page) == (empty.action is not None)


def test_the_error_summary_counts_and_leads_to_each_field() -> None:
    page = draw('{% include "ui/parts/errors.html" %}')
    assert "有 2 处需要修改" in page
    assert 'href="#id_name"' in page


def test_a_field_ties_its_hint_and_its_error_to_the_input() -> None:
    page = draw('{% include "ui/parts/field.html" with field=form.name %}')
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_helptext"' in page
    assert 'id="id_name_error"' in page


@pytest.mark.parametrize("chart", gallery.sample_charts(), ids=lambda c: c.key)
def test_a_chart_is_plain_data_with_a_table_twin(chart: charts.Chart) -> None:
    assert json.loads(json.dumps(chart.option)) == chart.option
    assert chart.option["tooltip"]["renderMode"] == "richText"
    page = part("chart", chart=chart)
    assert chart.title in page
    assert page.count("<tr data-row") == len(chart.table.rows) > 0


def test_bars_start_at_zero() -> None:
    for chart in gallery.sample_charts():
        axes = [a for a in (chart.option["xAxis"], chart.option["yAxis"]) if isinstance(a, dict)]
        values = [a for a in axes if a["type"] == "value"]
        assert all(a["min"] in (0, None) for a in values), chart.key


def test_shares_of_a_bar_make_a_whole() -> None:
    chart = next(c for c in gallery.sample_charts() if c.key == "classes")
    for index in range(5):
        assert sum(s["data"][index]["value"] for s in chart.option["series"]) == pytest.approx(100, abs=0.2)


def test_movements_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="不能作图"):
        charts.movements(
            "m", "", "", charts.Point("上月", 100), [charts.Point("新增", 5)], charts.Point("本月", 104)
        )


def test_a_share_of_nothing_draws_no_bar() -> None:
    chart = charts.shares("s", "", "", ["空"], [charts.Series("A", [0])], dimension="乡镇")
    assert chart.option["series"][0]["data"][0]["value"] == 0


@pytest.mark.parametrize(
    "name", ["403.html", "404.html", "409.html", "500.html", "403_csrf.html", "ui/locked_out.html"]
)
def test_error_pages_draw_without_a_request_and_end_politely(name: str) -> None:
    context = {"frame": gallery.FRAME, "who": "李", "when": "09:05", "url": "/", "exception": ""}
    page = str(engines["django"].get_template(name).render({} if name == "500.html" else context))
    assert "<h1>" in page
    assert "!" not in page.lower().replace("<!doctype", "")
    assert "！" not in page


def test_our_login_pages_come_before_the_packages_own() -> None:
    for name in ("account/login.html", "account/logout.html", "allauth/layouts/base.html"):
        assert "doudi" in str(engines["django"].get_template(name).origin.name)


def test_a_conflict_names_who_and_when(db: None) -> None:
    request = RequestFactory().get("/")
    response: HttpResponse = views.conflict(request, who="周文静", when="09:05", url="/case/1")
    assert response.status_code == 409
    assert "周文静 在 09:05 保存了新的内容" in response.content.decode()


@PUBLIC_SITE
def test_the_text_size_is_kept_and_leads_back(db: None, client: Client) -> None:
    response = client.get("/ui/zihao/24/?next=/jindu/")
    assert (response.status_code, response["Location"]) == (302, "/jindu/")
    assert response.cookies["doudi_size"].value == "24"


@PUBLIC_SITE
@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example/x"])
def test_the_text_size_never_leads_elsewhere(db: None, client: Client, target: str) -> None:
    assert client.get("/ui/zihao/20/", {"next": target})["Location"] == "/"


@PUBLIC_SITE
def test_an_unknown_text_size_is_no_page(db: None, client: Client) -> None:
    assert client.get("/ui/zihao/99/").status_code == 404


def test_month_and_day_of_a_clock_are_shown() -> None:
    assert words.month(date(2026, 11, 1)) == "2026 年 11 月"
    assert 'title="2026-09-25 到期"' in words.clock(ui.Deadline(1, date(2026, 9, 25)))
