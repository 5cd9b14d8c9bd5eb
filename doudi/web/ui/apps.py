from django.apps import AppConfig


class UiConfig(AppConfig):
    """界面部件: 样式、版框、图表、打印样张, 不含任何业务数据。"""

    name = "doudi.web.ui"
    label = "ui"
    verbose_name = "界面"
