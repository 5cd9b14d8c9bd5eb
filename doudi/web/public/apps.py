"""App registration: the public site."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    name = "doudi.web.public"
    label = "public"
    verbose_name = "公众端"
