"""What gunicorn serves: the office or the public site, by DOUDI_SITE."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.settings.prod")
application = get_wsgi_application()
