"""What a web server runs. It refuses to start when the settings would be unsafe."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voicehub.settings")
application = get_wsgi_application()

from voicehub.checks import insist_on_safety  # noqa: E402

insist_on_safety()
