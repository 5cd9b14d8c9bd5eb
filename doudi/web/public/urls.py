"""Addresses of the public site: no login, no office page, every page a plain form or a plain read."""

from django.urls import URLPattern, URLResolver, include, path

from doudi.web.public import boards, pages, progress, selftest, verify

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="public_home"),
    path("ui/", include("doudi.web.ui.urls")),
    path("zhinan/", pages.guide, name="public_guide"),
    path("dianhua/", pages.phone, name="public_phone"),
    path("suanyisuan/", selftest.self_test, name="public_self_test"),
    path("jindu/", progress.ask, name="public_progress"),
    path("jindu/wode/", progress.mine, name="public_mine"),
    path("jindu/wode/faqian/", progress.money, name="public_money"),
    path("jindu/likai/", progress.leave, name="public_leave"),
    path("yanzheng/<str:token>/", verify.verify, name="public_verify"),
    path("bufu/", pages.appeal, name="public_appeal"),
    path("gongshi/", boards.county_boards, name="public_boards"),
    path("gongshi/<str:code>/", boards.area_boards, name="public_area_boards"),
    path("gongshi/<str:code>/<int:pk>/yijian/", boards.object_to, name="public_object"),
    path("gongshi/<str:code>/changqi/", boards.published_list, name="public_published"),
    path("gongshi/<str:code>/changqi/<int:pk>/fanying/", boards.report, name="public_report"),
    path("yijian/<str:token>/", boards.receipt, name="public_receipt"),
]

handler404 = "doudi.web.public.pages.not_found"
