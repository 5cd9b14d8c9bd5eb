"""A private PostgreSQL for tests and the bench: its own data folder, a unix socket only, gone when they end.

`initdb` refuses root, so a run as root hands the cluster to an unprivileged user. The server gets SIGINT when the
process that started it dies, so a killed run leaves no server behind.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

OWNER = "doudi"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_checkpoints": "off",
}
START_SECONDS = 30.0
STOP_SECONDS = 20.0
LONGEST_SOCKET_FOLDER = 80  # a socket path must stay under 108 bytes


class PostgresMissing(RuntimeError):
    """这台机器上没有 PostgreSQL 的服务器程序。"""


class PostgresDidNotStart(RuntimeError):
    """私有 PostgreSQL 没有在限定时间内启动; 文本带有服务器日志的末尾。"""


def server_folder() -> Path:
    """PostgreSQL 服务器程序所在的目录, 取最新的一版。"""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not versions:
        raise PostgresMissing("没有找到 initdb。请安装 postgresql 后再运行, 例如: apt-get install postgresql")
    return versions[-1].parent


def unprivileged_user() -> pwd.struct_passwd | None:
    """以 root 运行时替 root 当家的普通用户; 不是 root 则为空。"""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresMissing("以 root 运行时需要一个普通用户 (postgres 或 nobody) 来启动 PostgreSQL")


class PrivateCluster:
    """一个只属于本次测试或测量的 PostgreSQL: start、stop、kill, 数据在 stop 之后仍在, 直到 remove。

    >>> with PrivateCluster() as cluster:      # doctest: +SKIP
    ...     cluster.create("figures")
    ...     psycopg.connect(cluster.url("figures"))
    """

    def __init__(self, **settings: str) -> None:
        self.settings = SETTINGS | settings
        self.user = unprivileged_user()
        self.programs = server_folder()
        self.home = self._new_home()
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "PrivateCluster":
        self.start()
        return self

    def __exit__(self, *reason: object) -> None:
        self.stop()
        self.remove()

    def start(self) -> None:
        """启动; 第一次启动时建立数据目录。可在 stop 或 kill 之后再次调用。"""
        if not self.data.exists():
            self._initialise()
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.programs / "postgres"), "-D", str(self.data), "-k", str(self.home), *options]
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                self._as_user(command, "--pdeathsig=INT"), cwd=self.home, stdout=log, stderr=log
            )
        self._wait_until_ready()

    def stop(self) -> None:
        """正常关闭: 断开连接, 写完检查点。"""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """像断电一样结束: 主进程收到 SIGKILL, 其余进程随之退出。"""
        if self.server is None:
            return
        self.server.kill()
        self.server.wait()
        self.server = None
        self._wait_until_gone()

    def remove(self) -> None:
        """删除数据目录。"""
        shutil.rmtree(self.home, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        """DOUDI_DATABASE_URL 用的地址。"""
        return f"postgresql://{OWNER}@/{database}?host={quote(str(self.home))}"

    def create(self, database: str, template: str = "template1") -> str:
        """建一个库, 返回它的地址; `template` 是照着抄的库, 不写则是空的。Nobody may be connected to the template."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(database), sql.Identifier(template)
        )
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement)
        return self.url(database)

    def drop(self, database: str) -> None:
        """删一个库。"""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(database)))

    def _new_home(self) -> Path:
        folder = tempfile.gettempdir()
        if len(folder) > LONGEST_SOCKET_FOLDER:
            folder = "/tmp"  # noqa: S108  (mkdtemp makes a private folder there)
        home = Path(tempfile.mkdtemp(prefix="doudi-pg-", dir=folder))
        if self.user is not None:
            os.chown(home, self.user.pw_uid, self.user.pw_gid)
        return home

    def _as_user(self, command: list[str], *options: str) -> list[str]:
        """The command with `setpriv` in front: it becomes the user, then the program, in one process."""
        if self.user is not None:
            options = (
                f"--reuid={self.user.pw_uid}",
                f"--regid={self.user.pw_gid}",
                "--clear-groups",
                *options,
            )
        return ["setpriv", *options, *command] if options else command

    def _initialise(self) -> None:
        command = [str(self.programs / "initdb"), "-D", str(self.data), "-U", OWNER, "-A", "trust"]
        # The folder is private, so trust is safe; C collation sorts as SQLite does.
        command += ["--encoding=UTF8", "--no-locale", "--no-sync"]
        done = subprocess.run(
            self._as_user(command), cwd=self.home, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise PostgresDidNotStart(f"initdb 未成功:\n{done.stderr[-2000:]}")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.server is None or self.server.poll() is not None:
                break
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        log = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        self._end(signal.SIGQUIT)
        raise PostgresDidNotStart(f"PostgreSQL 没有启动, 日志末尾:\n{log}")

    def _wait_until_gone(self) -> None:
        """After a kill the children notice by themselves; a new start must not meet them."""
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline and _processes_in(self.data):
            time.sleep(0.05)

    def _end(self, how: signal.Signals) -> None:
        if self.server is None:
            return
        self.server.send_signal(how)
        try:
            self.server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(STOP_SECONDS)
        self.server = None


def _processes_in(folder: Path) -> list[int]:
    """Processes whose working folder is `folder`; a PostgreSQL process always works in its data folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder:
                found.append(int(entry.name))
    return found
