"""在 Spark 上跑规则书：Parquet 进，Parquet 出；这台机器或任何集群。要另装 Java 17 和 requirements-spark.lock。

Nothing here is imported with Doudi; pyspark is looked for when a session is wanted.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from os import environ
from pathlib import Path
from typing import Any

from doudi.engine.checks import check, check_types, scopes_of
from doudi.engine.duck import NullInResult
from doudi.engine.sources import FLAG, INTEGER, TEXT, Part, Relation, complete, inputs_of, parts, typed
from doudi.engine.sql import SPARK, plainly, select, with_ctes
from doudi.law.case import BadCase
from doudi.law.packs import Parameters
from doudi.law.rulebook import Rulebook

JAVA = 17
_KINDS = {
    "tinyint": INTEGER, "smallint": INTEGER, "int": INTEGER, "bigint": INTEGER, "boolean": FLAG, "string": TEXT,
}  # fmt: skip
# A run needs these whatever the cluster's own settings are; they hold for the run's session only.
_SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    # Only helps filters, of which there are none, and takes a while over many columns.
    "spark.sql.constraintPropagation.enabled": "false",
}
_PARTITIONS_PER_CORE = 4


class SparkMissing(RuntimeError):
    """这台机器上没有 pyspark 或合用的 Java；文本写明要装什么。"""


def session(*, cores: int = 0, memory: str = "4g") -> Any:
    """这台机器上的 Spark：`cores` 为 0 用全部核心，`memory` 是 Java 的内存。已经开着的直接用它。

    没有 pyspark 或 Java 17 抛 SparkMissing。集群上请自己建 SparkSession，传给 run_files。
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkMissing(
            "没有安装 Spark：请运行 sh scripts/install.sh requirements-spark.lock 后再试"
        ) from error
    _check_java()
    builder = SparkSession.builder.master(f"local[{cores or '*'}]").appName("doudi")
    for name, value in {
        "spark.driver.memory": memory,
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }.items():
        builder = builder.config(name, value)
    found = builder.getOrCreate()
    # A stopped run is told by the error it raises; Spark would print the same pages of Java a second time.
    found.sparkContext.setLogLevel("FATAL")
    return found


def run_files(
    book: Rulebook,
    inputs: Mapping[str, str | Path],
    parameters_by_scope: Mapping[str, Parameters],
    on: date,
    targets: Iterable[str] | None,
    out: str | Path,
    *,
    spark: Any = None,
) -> dict[str, str]:
    """跑一批：`inputs` 是实体名 → Parquet 文件或目录，结果写到 `out`/<实体名>，返回实体名 → 目录。

    顶层表须有 `scope` 列。`spark` 不给则用 session()。错误与 duck.run 相同；失败时 `out` 下什么也不留。
    """
    own = (spark or session()).newSession()
    for name, value in _settings(own).items():
        own.conf.set(name, value)
    with plainly():
        work = _Work(own, book, inputs, parameters_by_scope, on, targets)
        return work.written(str(out))


def _settings(spark: Any) -> dict[str, str]:
    partitions = max(spark.sparkContext.defaultParallelism * _PARTITIONS_PER_CORE, 1)
    return _SETTINGS | {"spark.sql.shuffle.partitions": str(partitions)}


def _check_java() -> None:
    home = environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    advice = f"Spark 要用 Java {JAVA} 或更新版本，请先安装，例如：apt-get install default-jre-headless"
    if java is None or not Path(java).exists():
        raise SparkMissing(f"没有找到 Java。{advice}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found.group(1)) < JAVA:
        raise SparkMissing(
            f"这台机器上的 Java 不合用（{said.splitlines()[0] if said else '没有回答'}）。{advice}"
        )


class _Work:
    """一次运行：读入、核对、按参数结构分段、写出结果。"""

    def __init__(
        self,
        spark: Any,
        book: Rulebook,
        inputs: Mapping[str, str | Path],
        parameters: Mapping[str, Parameters],
        on: date,
        targets: Iterable[str] | None,
    ) -> None:
        self.spark = spark
        edition = book.edition(on)
        wanted = inputs_of(book, edition)
        given = complete(wanted, {name: self._relation(name, str(path)) for name, path in inputs.items()})
        check_types(wanted, given)
        self.sources = typed(wanted, given, SPARK)
        check(wanted, given, self.ask, SPARK)
        scopes = scopes_of(edition.entities[0], self.ask, parameters)
        known = {scope: parameters[scope] for scope in scopes}
        self.parts = parts(book, known, on, targets, self.sources, SPARK)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """在录入之上问一句。"""
        return [tuple(row) for row in self.spark.sql(with_ctes(self.sources, sql)).collect()]

    def written(self, out: str) -> dict[str, str]:
        """算出并写下各实体的结果。先写在旁边，全都没有空值才改成正式的名字。"""
        entities = tuple(self.parts[0].compiled.plan.targets) if self.parts else ()
        found = {entity.name: f"{out}/{entity.name}" for entity in entities}
        for path in found.values():
            if self._exists(path):
                raise BadCase(f"结果目录 {path} 已经存在：请换一个目录，或先删除它")
        with self._aside(found) as doing:
            for part in self.parts:
                self._fill(part, doing)
            for name, path in doing.items():
                self._check_nulls(name, path)
            for name, path in doing.items():
                self._move(path, found[name])
        return found

    def _fill(self, part: Part, doing: Mapping[str, str]) -> None:
        ready = self._shared(part)
        for entity in part.compiled.plan.targets:
            self.spark.sql(part.sql(entity, ready)).write.mode("append").parquet(doing[entity.name])
        for name in ready:
            self.spark.catalog.dropTempView(name)

    def _shared(self, part: Part) -> frozenset[str]:
        """用到不止一次的层先算好。Spark 会把它们各抄一份：层层相抄，算式会成倍地长。"""
        plan, ready = part.compiled.plan, frozenset[str]()
        ends = [plan.levels[entity].cte for entity in plan.targets]
        needed = set[str]().union(*(plan.needed(end) for end in ends))
        uses = Counter([*ends, *(name for one in needed for name in plan.uses.get(one, ()))])
        for name in plan.ctes:
            if name in needed and uses[name] > 1:
                sql = with_ctes(plan.before(name, part.sources, ready), select(name, ["*"]))
                self.spark.sql(sql).localCheckpoint().createOrReplaceTempView(name)
                ready |= {name}
        return ready

    def _relation(self, name: str, path: str) -> Relation:
        from pyspark.errors import AnalysisException

        view = f"doudi_given_{name}"
        try:
            frame = self.spark.read.parquet(path)
        except AnalysisException as error:
            raise BadCase(f"读不了 {name} 的录入 {path}：{str(error).splitlines()[0]}") from error
        frame.createOrReplaceTempView(view)
        return Relation(view, {column: _KINDS.get(kind, kind) for column, kind in frame.dtypes})

    def _check_nulls(self, name: str, path: str) -> None:
        frame = self.spark.read.parquet(path)
        frame.createOrReplaceTempView("doudi_result")
        asked = [f"BOOL_OR({SPARK.identifier(column)} IS NULL)" for column in frame.columns]
        row = self.spark.sql(select("doudi_result", asked)).collect()[0]
        for column, null in zip(frame.columns, row, strict=True):
            if null:
                raise NullInResult(f"{name} 的“{column}”算出了空值，这一批没有采用，请报告维护人员")

    @contextmanager
    def _aside(self, found: Mapping[str, str]) -> Iterator[dict[str, str]]:
        doing = {name: f"{path}.doing" for name, path in found.items()}
        try:
            for path in doing.values():
                self._remove(path)
            yield doing
        except BaseException:
            for path in (*doing.values(), *found.values()):
                self._remove(path)
            raise

    # Spark's own file systems, so that a result moves into place on a cluster's storage as on a disk.

    def _path(self, path: str) -> tuple[Any, Any]:
        found = self.spark._jvm.org.apache.hadoop.fs.Path(path)
        return found.getFileSystem(self.spark._jsparkSession.sessionState().newHadoopConf()), found

    def _exists(self, path: str) -> bool:
        files, found = self._path(path)
        return bool(files.exists(found))

    def _remove(self, path: str) -> None:
        files, found = self._path(path)
        files.delete(found, True)

    def _move(self, path: str, target: str) -> None:
        files, found = self._path(path)
        if not files.rename(found, self._path(target)[1]):
            raise OSError(f"结果写好了，但不能改名为 {target}")
