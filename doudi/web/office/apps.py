"""App registration: the office site."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "doudi.web.office"
    label = "office"
    verbose_name = "办公端"
