"""App registration: the demo county."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "doudi.demo"
    label = "demo"
    verbose_name = "演示县"
