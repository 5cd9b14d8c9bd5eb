"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.web.office.access import EVERYBODY, page
from doudi.web.office.policies import rules, views

urlpatterns: list[URLPattern] = [
    page("canshu/", views.parameters, name="parameters", roles=EVERYBODY),
    page("canshu/guize/", rules.rulebook, name="rulebook", roles=EVERYBODY),
    page("canshu/<str:path>/", views.parameter, name="parameter", roles=EVERYBODY),
]
