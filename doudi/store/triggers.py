"""Guards the database itself keeps: append-only tables and refused rows, the same on SQLite and PostgreSQL.

An app lists its guards in `guards.py` as GUARDS. They are written after every migration run and compared at start-up,
because SQLite drops triggers silently when a table is rebuilt and because somebody with the database password may
disable one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

EVENTS = ("INSERT", "UPDATE", "DELETE")


class GuardsMissing(RuntimeError):
    """数据库里的保护触发器缺失、停用或被改动, 系统拒绝启动。"""


@dataclass(frozen=True)
class Guard:
    """一条由数据库看守的规矩: `event` on `table` is refused with `message` while `when` holds.

    `when` is one SQL condition both engines understand; NEW and OLD are the row after and before. Where there is an
    `effect`, one SQL statement, nothing is refused: the statement follows the event, in the same transaction.
    `by_key` says that the condition looks single rows up and is asked for many: PostgreSQL then plans it once.
    """

    name: str
    table: str
    event: str
    when: str
    message: str = ""
    effect: str = ""
    by_key: bool = False

    @property
    def fingerprint(self) -> str:
        told = f"{self.table}|{self.event}|{self.when}|{self.message}{self.effect}"
        return hashlib.sha256(told.encode()).hexdigest()[:12]


def append_only(model: type[Model]) -> list[Guard]:
    """只增不改不删。"""
    return [
        refuse(model, event, "1=1", f"{model._meta.verbose_name}只增不改, 请另记一笔")
        for event in ("UPDATE", "DELETE")
    ]


def write_once(model: type[Model], may_change: Sequence[str]) -> list[Guard]:
    """写定之后只有列出的列可以变, 且不可删除。"""
    fixed = [f.column for f in model._meta.concrete_fields if f.name not in may_change]
    changed = " OR ".join(f'NEW."{c}" IS DISTINCT FROM OLD."{c}"' for c in fixed)
    title = model._meta.verbose_name
    return [
        refuse(model, "UPDATE", changed, f"{title}写定后不能改动"),
        refuse(model, "DELETE", "1=1", f"{title}不能删除"),
    ]


def refuse(
    model: type[Model], event: str, when: str, message: str, name: str = "", *, by_key: bool = False
) -> Guard:
    """拒绝满足条件的写入。"""
    table = model._meta.db_table
    return Guard(f"guard_{table}_{name or event.lower()}", table, event, when, str(message), by_key=by_key)


def follow(table: str, event: str, when: str, effect: str) -> Guard:
    """满足条件的写入之后, 由数据库接着做一句: 抄录的事实因此总与原件一致。"""
    return Guard(f"guard_{table}_{event.lower()}_followed", table, event, when, effect=effect)


def expected() -> list[Guard]:
    """各应用在 guards.py 里声明的全部保护。"""
    found: list[Guard] = []
    for config in apps.get_app_configs():
        if config.name.startswith("doudi.") and find_spec(f"{config.name}.guards"):
            found += import_module(f"{config.name}.guards").GUARDS
    return found


def said(error: Exception) -> str:
    """数据库拒绝时说的话: 保护自己的那一行, 不带数据库的行话。"""
    return str(error).splitlines()[0]


def _sqlite_sql(guard: Guard) -> list[str]:
    when = guard.when.replace("IS DISTINCT FROM", "IS NOT")
    moment, then = (
        ("AFTER", guard.effect) if guard.effect else ("BEFORE", f"SELECT RAISE(ABORT, '{guard.message}')")
    )
    return [
        f'DROP TRIGGER IF EXISTS "{guard.name}"',
        f'CREATE TRIGGER "{guard.name}" {moment} {guard.event} ON "{guard.table}" WHEN ({when}) BEGIN {then}; END',
    ]


def _postgres_sql(guard: Guard) -> list[str]:
    row, moment = "OLD" if guard.event == "DELETE" else "NEW", "AFTER" if guard.effect else "BEFORE"
    plan = "SET plan_cache_mode = force_generic_plan" if guard.by_key else ""
    refusal = f"RAISE EXCEPTION '{guard.message}' USING ERRCODE = 'integrity_constraint_violation'"
    statements = [
        f'CREATE OR REPLACE FUNCTION "{guard.name}"() RETURNS trigger LANGUAGE plpgsql {plan} AS $guard$ BEGIN '
        f"IF ({guard.when}) THEN {guard.effect or refusal}; END IF; "
        f"RETURN {row}; END $guard$ /* {guard.fingerprint} */",
        f'DROP TRIGGER IF EXISTS "{guard.name}" ON "{guard.table}"',
        f'CREATE TRIGGER "{guard.name}" {moment} {guard.event} ON "{guard.table}" FOR EACH ROW '
        f'EXECUTE FUNCTION "{guard.name}"()',
        f'COMMENT ON TRIGGER "{guard.name}" ON "{guard.table}" IS \'{guard.fingerprint}\'',
    ]
    if guard.event == "DELETE":
        statements += _postgres_truncate(guard)
    return statements


def _postgres_truncate(guard: Guard) -> list[str]:
    name = f"{guard.name}_truncate"
    return [
        f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN '
        f"RAISE EXCEPTION '{guard.message}'; END $guard$",
        f'DROP TRIGGER IF EXISTS "{name}" ON "{guard.table}"',
        f'CREATE TRIGGER "{name}" BEFORE TRUNCATE ON "{guard.table}" FOR EACH STATEMENT EXECUTE FUNCTION "{name}"()',
        f'COMMENT ON TRIGGER "{name}" ON "{guard.table}" IS \'{guard.fingerprint}\'',
    ]


def install() -> None:
    """把声明的保护写进数据库, 已有的换成现在的写法。"""
    writer = _sqlite_sql if connection.vendor == "sqlite" else _postgres_sql
    tables = set(connection.introspection.table_names())
    with transaction.atomic(), connection.cursor() as cursor:
        for guard in expected():
            if guard.table in tables:
                for statement in writer(guard):
                    cursor.execute(statement)


def remove() -> None:
    """撤下全部保护, 只供维护时用: 撤下期间系统拒绝启动。"""
    with transaction.atomic(), connection.cursor() as cursor:
        for guard in expected():
            on_table = "" if connection.vendor == "sqlite" else f' ON "{guard.table}"'
            for name in (guard.name, f"{guard.name}_truncate"):
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on_table}')


def step_aside(plan: Sequence[object] = (), **_: Any) -> None:
    """pre_migrate: SQLite rebuilds a table to alter it, and a trigger that names the table stops that.

    Where a migration dies half-way the guards stay away and the office refuses to start.
    """
    if plan and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')


def install_after_migrate(**_: Any) -> None:
    """post_migrate: the signal of the store app is sent once, after the last migration."""
    install()


def _present(wanted: dict[str, Guard]) -> set[str]:
    """Names of the wanted triggers that the database has, as written, and obeys."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return {
                name
                for name, sql in cursor.fetchall()
                if name in wanted and sql == _sqlite_sql(wanted[name])[1]
            }
        cursor.execute(
            "SELECT t.tgname, obj_description(t.oid, 'pg_trigger'), p.prosrc FROM pg_trigger t "
            "JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal AND t.tgenabled = 'O'"
        )
        return {name for name, mark, body in cursor.fetchall() if _as_written(wanted.get(name), mark, body)}


def _as_written(guard: Guard | None, mark: str | None, body: str) -> bool:
    return guard is not None and mark == guard.fingerprint and body.strip() in _postgres_sql(guard)[0]


def missing() -> list[Guard]:
    """数据库里缺失、停用或被改动的保护。"""
    wanted = {guard.name: guard for guard in expected()}
    present = _present(wanted)
    return [guard for name, guard in wanted.items() if name not in present]


def require() -> None:
    """启动前核对保护是否齐全。Raises GuardsMissing naming the first few."""
    absent = missing()
    if absent:
        names = "、".join(guard.name for guard in absent[:5])
        raise GuardsMissing(
            f"数据库缺少 {len(absent)} 条保护 ({names} …)。请先查明原因, 再运行 manage.py migrate 重新安装。"
        )
