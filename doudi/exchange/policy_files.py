"""读政策包：把 policies/ 下的 YAML 读成带行号的普通字典，交给 law 校验。"""

from __future__ import annotations

from pathlib import Path

import yaml

from doudi.law.catalogue import Catalogue, read_catalogue
from doudi.law.pack_files import Marked, PackDocument, PackError
from doudi.law.packs import Packs


def read_packs(folder: Path) -> Packs:
    """读整个政策包目录（*.yaml，含下级目录），校验后返回；出错抛 PackError（文件、行、原因）。"""
    return Packs(read_documents(folder))


def read_scheme_catalogue(folder: Path) -> Catalogue:
    """读同一目录里的方案、路和互斥对；出错抛 PackError（文件、行、原因）。"""
    return read_catalogue(read_documents(folder))


def read_documents(folder: Path) -> list[PackDocument]:
    """读目录下全部政策包文件，按相对路径排序；文件名写成相对路径。"""
    files = sorted(folder.rglob("*.yaml"))
    return [parse_document(file.read_text("utf-8"), str(file.relative_to(folder))) for file in files]


def parse_document(text: str, file: str) -> PackDocument:
    """把一份 YAML 文字读成带行号的文件；值一律留作原文，不经浮点。"""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise PackError(
            file, line, f"YAML 写法不对（{getattr(error, 'problem', None) or '含有不能用的字符'}）"
        ) from None
    if node is None:
        raise PackError(file, 1, "文件是空的")
    return PackDocument(file, _marked(node, file))


def _marked(node: yaml.Node, file: str) -> Marked:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        return Marked(str(node.value), line)
    if isinstance(node, yaml.SequenceNode):
        return Marked([_marked(child, file) for child in node.value], line)
    children: dict[str, Marked] = {}
    for key, value in node.value:
        name = _key(key, file)
        if name in children:
            raise PackError(file, key.start_mark.line + 1, f"“{name}”写了两次")
        child = _marked(value, file)
        children[name] = Marked(child.value, key.start_mark.line + 1)
    return Marked(children, line)


def _key(node: yaml.Node, file: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise PackError(file, node.start_mark.line + 1, "键应是一个词")
    return str(node.value)
