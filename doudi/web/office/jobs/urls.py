"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.web.office.access import CASEWORK, page
from doudi.web.office.jobs import views

urlpatterns: list[URLPattern] = [
    page("renwu/<int:pk>/", views.job, name="job", roles=CASEWORK),
    page("renwu/<int:pk>/jindu/", views.progress, name="job_progress", roles=CASEWORK),
    page("renwu/<int:pk>/wenjian/", views.file, name="job_file", roles=CASEWORK),
]
