"""App registration: 区划。"""

from django.apps import AppConfig


class AreasConfig(AppConfig):
    name = "doudi.records.areas"
    label = "areas"
    verbose_name = "区划"
