"""Keys in files outside the database and the repository, readable by their owner only."""

import os
import secrets as random_source
from pathlib import Path

from doudi.store.failpoints import point


def secret(folder: Path, name: str) -> str:
    """一把密钥一个文件: 没有就生成, 权限 0600。

    Returns 64 hex digits. Raises PermissionError where the file is open to others.
    """
    path = Path(folder) / f"{name}.key"
    if not path.exists():
        _create(path)
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"密钥文件 {path.name} 的权限过宽, 请执行 chmod 600")
    return path.read_text(encoding="ascii").strip()


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(f".{os.getpid()}.new")
    with os.fdopen(
        os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(random_source.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    point("key.written")
    try:
        os.link(temporary, path)  # two processes at first start: one wins, both read the winner's key
        point("key.linked")
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
