from django.urls import path

from doudi.web.ui import views

app_name = "ui"
urlpatterns = [path("zihao/<str:size>/", views.text_size, name="text_size")]
