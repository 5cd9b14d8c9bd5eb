"""Sealing: personal numbers are stored as ciphertext, found again through a keyed index."""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from doudi.store.secrets import secret

KEY_VERSION = b"\x01"
NONCE_BYTES = 12


class Unreadable(ValueError):
    """密文打不开: 密钥不对, 或者内容被改动过。"""


@lru_cache(maxsize=8)
def _cipher(folder: str) -> AESGCM:
    return AESGCM(bytes.fromhex(secret(settings.KEYS, "seal")))


@lru_cache(maxsize=64)
def _index_key(folder: str, column: str) -> bytes:
    master = bytes.fromhex(secret(settings.KEYS, "index"))
    return hmac.digest(master, column.encode(), hashlib.sha256)


def seal(text: str, column: str) -> bytes:
    """把敏感文字封成密文 (AES-256-GCM), 绑定在它的列上。Layout: key version, nonce, ciphertext with tag."""
    nonce = os.urandom(NONCE_BYTES)
    return KEY_VERSION + nonce + _cipher(str(settings.KEYS)).encrypt(nonce, text.encode(), column.encode())


def unseal(sealed: bytes, column: str) -> str:
    """打开密文。Raises Unreadable where key, column or bytes do not fit together."""
    if sealed[:1] != KEY_VERSION:
        raise Unreadable("密文的密钥版本不认识, 请检查密钥文件")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return _cipher(str(settings.KEYS)).decrypt(nonce, body, column.encode()).decode()
    except InvalidTag:
        raise Unreadable("密文打不开: 密钥不对, 或者内容被改动过") from None


def blind(text: str, column: str) -> bytes:
    """查找用的盲索引: 同一列同一文字得同一个值, 没有密钥不能反推 (HMAC-SHA256, 每列一把派生密钥)。"""
    return hmac.digest(_index_key(str(settings.KEYS), column), text.encode(), hashlib.sha256)
