"""上传关口：打开文件之前先看它会不会伤人，不合规矩的整份不收。

Order matters: nothing is unpacked before the cheap checks of the zip directory have passed,
and nothing is handed to a spreadsheet parser before every XML part has been streamed once.
依据：OWASP ASVS 5.0 V5.2（大小、类型、展开后的大小）。
"""

from __future__ import annotations

import io
import unicodedata
import zipfile
import zlib
from pathlib import PurePosixPath
from xml.parsers import expat

from doudi.exchange.sheets.scan import PartScan, PartStopped

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 80 * 1024 * 1024
MAX_RATIO = 200
MAX_MEMBERS = 200
MAX_ROWS = 60_000
MAX_COLUMNS = 100
MAX_CELLS = 1_500_000
SMALL = 1024 * 1024
CHUNK = 64 * 1024
WORKBOOK_PART = "xl/workbook.xml"
TEXT_SUFFIXES = (".csv", ".txt")
MACRO_SUFFIXES = (".xlsm", ".xlam", ".xltm", ".xlsb", ".docm")

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
FOREIGN_MAGIC = {
    b"MZ": "一个可执行程序",
    b"\x7fELF": "一个可执行程序",
    b"%PDF": "一份 PDF 文件",
    b"\x89PNG": "一张图片",
    b"\xff\xd8\xff": "一张图片",
    b"Rar!": "一个压缩包",
    b"7z\xbc\xaf": "一个压缩包",
    b"\x1f\x8b": "一个压缩包",
}
FORBIDDEN_PARTS = {
    "vbaproject.bin": ("macro", "文件里带有宏程序，不能接收。请另存为不带宏的 xlsx 后再上传。"),
    "macrosheets/": ("macro", "文件里带有宏表，不能接收。请另存为不带宏的 xlsx 后再上传。"),
    "activex/": ("macro", "文件里带有控件，不能接收。请删除控件后另存为 xlsx 再上传。"),
    "externallinks/": (
        "external",
        "文件里有指向别的文件的链接。请在“数据—编辑链接”里断开链接，保存后再上传。",
    ),
    "embeddings/": ("embedded", "文件里嵌有别的文件。请删除嵌入的对象，保存后再上传。"),
    "xl/workbook.bin": ("type", "这是二进制工作簿（xlsb），系统不读。请另存为 xlsx 后再上传。"),
}


class UploadRefused(Exception):
    """整份文件不收：code 是原因代号，text 是给经办人看的话。"""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text

    def __str__(self) -> str:
        return self.text


def shown_name(filename: str) -> str:
    """显示用的文件名：去掉目录和控制字符，最长 80 字；存盘另取随机名。"""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(ch for ch in last if unicodedata.category(ch)[0] != "C").strip(". ")
    return kept[-80:] or "未命名文件"


def file_kind(data: bytes, filename: str) -> str:
    """看大小、扩展名与文件头，返回 "xlsx" 或 "text"; 对不上就拒收。"""
    if not data:
        raise UploadRefused("empty", "文件是空的（0 字节）。请检查后重新上传。")
    if len(data) > MAX_BYTES:
        raise UploadRefused("size", f"文件超过 {MAX_BYTES // 1024 // 1024} MB。请按乡镇分成几份上传。")
    suffix = PurePosixPath(shown_name(filename)).suffix.lower()
    if suffix in MACRO_SUFFIXES:
        raise UploadRefused("macro", f"不接收 {suffix} 文件，里面可能带有宏程序。请另存为 xlsx 后再上传。")
    _refuse_foreign(data)
    if suffix == ".xlsx":
        return _sheet_kind(data)
    if suffix in TEXT_SUFFIXES:
        return _text_kind(data)
    raise UploadRefused("type", "只接收 xlsx 和 csv 文件。旧版 xls 请在表格软件里另存为 xlsx。")


def _refuse_foreign(data: bytes) -> None:
    for magic, words in FOREIGN_MAGIC.items():
        if data.startswith(magic):
            raise UploadRefused("magic", f"文件内容其实是{words}，与扩展名不符，不能接收。")
    if data.startswith(OLE_MAGIC):
        raise UploadRefused("old_format", "文件是旧版格式或设了打开密码。请去掉密码并另存为 xlsx 后再上传。")


def _sheet_kind(data: bytes) -> str:
    if not data.startswith(ZIP_MAGIC):
        raise UploadRefused(
            "magic", "扩展名是 xlsx，内容却不是表格（可能是文本改了名）。请用原来的扩展名上传。"
        )
    return "xlsx"


def _text_kind(data: bytes) -> str:
    if data.startswith(ZIP_MAGIC):
        raise UploadRefused(
            "magic", "扩展名是文本，内容却是压缩格式（可能是 xlsx 改了名）。请用原来的扩展名上传。"
        )
    if b"\x00" in data:
        raise UploadRefused(
            "encoding", "文本里有空字节，可能是 UTF-16 编码。请另存为 UTF-8 的 csv 后再上传。"
        )
    return "text"


def inspect_package(data: bytes) -> dict[str, PartScan]:
    """逐个部件查一遍 xlsx：目录、大小、DTD、范围；返回各工作表部件里公式格与错误格的位置。

    Raises UploadRefused. Memory stays constant apart from the marks: parts are streamed.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_directory(package.infolist(), len(data))
            return _scan_parts(package)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        ValueError,
        LookupError,
        OSError,
    ) as error:
        raise UploadRefused("damaged", "文件不完整或已损坏。请重新导出后再上传。") from error


def _check_directory(members: list[zipfile.ZipInfo], packed: int) -> None:
    if len(members) > MAX_MEMBERS:
        raise UploadRefused("members", f"文件里的部件超过 {MAX_MEMBERS} 个，不像一份名册。")
    names = [member.filename for member in members]
    if len({name.lower() for name in names}) != len(names):
        raise UploadRefused("path", "文件里有重名的部件，不能接收。请在表格软件里另存一次再上传。")
    for member in members:
        _check_member(member)
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED:
        raise UploadRefused("size", f"文件展开后超过 {MAX_UNPACKED // 1024 // 1024} MB，不能接收。")
    if unpacked > SMALL and unpacked > MAX_RATIO * packed:
        raise UploadRefused("ratio", "文件压缩得异常厉害，像是压缩炸弹，不能接收。")
    if WORKBOOK_PART not in names:
        raise UploadRefused("type", "这个文件不是 xlsx 工作簿。请用表格软件另存为 xlsx 后再上传。")


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\x00" in name:
        raise UploadRefused("path", "文件里的部件路径不正常，不能接收。")
    if member.flag_bits & 0x1:
        raise UploadRefused("password", "文件设了密码。请去掉密码后再上传。")
    for mark, (code, text) in FORBIDDEN_PARTS.items():
        if mark in name.lower():
            raise UploadRefused(code, text)


def _scan_parts(package: zipfile.ZipFile) -> dict[str, PartScan]:
    scans: dict[str, PartScan] = {}
    cells = 0
    for name in package.namelist():
        if not name.lower().endswith((".xml", ".rels")):
            continue
        scan = _scan_part(package, name)
        cells += scan.cells
        if cells > MAX_CELLS:
            raise UploadRefused(
                "cells", f"表格里有内容的格子超过 {MAX_CELLS // 10_000} 万个。请分成几份上传。"
            )
        if scan.is_sheet:
            scans[name] = scan
    return scans


def _scan_part(package: zipfile.ZipFile, name: str) -> PartScan:
    scan = PartScan(MAX_ROWS, MAX_COLUMNS, MAX_CELLS)
    try:
        with package.open(name) as part:
            while chunk := part.read(CHUNK):
                scan.feed(chunk)
        scan.finish()
    except PartStopped as stop:
        raise UploadRefused(stop.code, _stop_text(stop.code)) from stop
    except expat.ExpatError as error:
        raise UploadRefused(
            "damaged", "文件内部的格式有错，不能读取。请在表格软件里另存一次再上传。"
        ) from error
    return scan


def _stop_text(code: str) -> str:
    return {
        "dtd": "文件里含有文档类型定义（DTD），正常的表格不会有，不能接收。",
        "rows": f"表格超过 {MAX_ROWS} 行。请按乡镇分成几份上传。",
        "extent": f"表格的范围太大（最多 {MAX_ROWS} 行、{MAX_COLUMNS} 列），"
        "可能在很远的地方误填了内容。请删除多余的行列后再上传。",
        "cells": f"表格里有内容的格子超过 {MAX_CELLS // 10_000} 万个。请分成几份上传。",
        "reference": "文件里的格子编号不正常，不能读取。请在表格软件里另存一次再上传。",
    }[code]
