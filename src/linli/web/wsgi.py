"""The site as a WSGI application, what granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from linli.web.upkeep.serving import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.web.settings")
end_with_parent()
application = get_wsgi_application()
