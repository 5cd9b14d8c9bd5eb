"""What gunicorn serves: the office or the public site, by DOUDI_SITE.

Nothing is served on a database that lost a guard or is behind its anchor.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.settings.prod")
django_application = get_wsgi_application()

from doudi.records.audit.startup import require_sound_database  # noqa: E402  (needs the apps)
from doudi.web.whole import WholeBody  # noqa: E402

require_sound_database()
application = WholeBody(django_application)
