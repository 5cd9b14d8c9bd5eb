"""The two commands: what they say, what they refuse, what an unfinished load becomes."""

import datetime as dt
import socket
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from doudi.demo import loading
from doudi.demo.serving import HOST, PortTaken, Sites
from doudi.records.areas.services import load_county
from doudi.records.audit.models import Event
from doudi.store.today import today
from tests.demo.conftest import SCALE, TwoLoads


@pytest.mark.django_db
def test_today_moves_the_office_s_date_and_says_so() -> None:
    told = StringIO()
    call_command("today", "2026-11-13", stdout=told)
    assert today() == dt.date(2026, 11, 13)
    assert told.getvalue().strip() == "2026-11-13"
    assert Event.objects.filter(action="demo.today").count() == 1


@pytest.mark.django_db
def test_today_without_a_date_only_tells() -> None:
    call_command("today", "2026-11-20", stdout=StringIO())
    told = StringIO()
    call_command("today", stdout=told)
    assert told.getvalue().strip() == "2026-11-20"


@pytest.mark.parametrize("text", ["13.11.2026", "2026-13-01", "明天"])
def test_today_refuses_what_is_no_date(text: str) -> None:
    with pytest.raises(CommandError, match="不是日期"):
        call_command("today", text)


@pytest.mark.django_db
def test_today_refuses_outside_the_demo(settings: pytest.FixtureRequest) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="只有演示环境") as refused:
        call_command("today", "2026-11-13")
    assert refused.value.returncode == 1


@pytest.mark.django_db
def test_a_database_with_other_records_is_left_alone() -> None:
    load_county("410482")
    assert loading.state() == "foreign"
    with pytest.raises(CommandError, match="不是演示县的记录") as refused:
        call_command("demo", "--no-serve", "--fresh")
    assert refused.value.returncode == 1


@pytest.mark.parametrize("scale", ["0", "-1"])
def test_a_county_without_people_is_wrong_usage(scale: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("demo", "--no-serve", "--scale", scale)
    assert refused.value.returncode == 2


@pytest.mark.slow
@pytest.mark.django_db
def test_a_second_run_finds_the_county_there(county: TwoLoads) -> None:
    told = StringIO()
    call_command("demo", "--no-serve", "--scale", str(SCALE), stdout=told)
    assert "已经装好" in told.getvalue()
    assert "大小与这次要的不同" not in told.getvalue()


def test_a_taken_port_is_refused_before_anything_starts() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        sites = Sites(taken.getsockname()[1])
        with pytest.raises(PortTaken):
            sites.start()
        assert sites.children == {}
