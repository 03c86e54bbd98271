"""What a web server runs. It refuses to start when the settings would be unsafe."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voicehub.settings")
application = get_wsgi_application()

# A thread that computes gives way to one that only has to answer after this time, not after Python's 5 ms: callers
# of a hook wait for it several times a request.
sys.setswitchinterval(0.0005)

from voicehub.checks import insist_on_safety  # noqa: E402

insist_on_safety()
