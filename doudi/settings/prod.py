"""A county's own server: TLS in front, keys outside the database, no demo."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from doudi.settings.base import *  # noqa: F403
from doudi.settings.base import ALLOWED_HOSTS, DEMO, SECRET_KEY

if DEMO:
    raise ImproperlyConfigured("生产设置不能打开演示方式, 请去掉 DOUDI_DEMO")
if "DOUDI_FAILPOINT" in os.environ:
    raise ImproperlyConfigured("DOUDI_FAILPOINT 只供测试中断用, 生产环境请去掉")
if not SECRET_KEY:
    raise ImproperlyConfigured("请设置 DOUDI_SECRET_KEY (至少 50 个字符)")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("请设置 DOUDI_HOSTS, 写明本系统的域名, 多个用逗号隔开")

REQUIRE_MFA = True
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000
# Subdomains and preload: one system must not decide for the county's whole domain.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
STATIC_ROOT = Path(os.environ.get("DOUDI_STATIC", STATIC_ROOT))  # noqa: F405
