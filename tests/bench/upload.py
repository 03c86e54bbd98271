"""A recording of 200 MB goes up: what it adds to the memory of web and worker, and how fast beside a bare upload.

The web part is gunicorn as bin/up runs it, with the file sent as a browser sends it. The worker's part is its client,
in a process of its own. Both are streamed to a server that keeps nothing; the bare upload is requests alone.
"""

import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import requests

from tests.bench.hooks import server
from tests.bench.sync import installation

MEGABYTE = 1_000_000
# The most that may be added at the peak, in megabytes.
LIMITS = {"web_mb": 10.0, "worker_mb": 10.0}
OURS = ("voicehub.wsgi:application", "tests.bench.settings")
PAGE = "/admin/telephony/recording/upload/"


class Sink(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        left = int(self.headers["Content-Length"])
        while left > 0 and (piece := self.rfile.read(min(left, 1 << 16))):
            left -= len(piece)
        body = b'{"status":"success","data":"1","errors":[]}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@contextmanager
def sink():
    bare = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    Thread(target=bare.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{bare.server_port}/"
    finally:
        bare.shutdown()


def make_wav(path, megabytes):
    """Silence of that size."""
    data = megabytes * MEGABYTE
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    head = struct.pack("<4sI4s", b"RIFF", 36 + data, b"WAVE") + form + struct.pack("<4sI", b"data", data)
    with path.open("wb") as file:
        file.write(head)
        for _piece in range(megabytes):
            file.write(bytes(MEGABYTE))


def peak_mb(pid="self"):
    """The largest memory that a process has had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def pids_on(port):
    """The processes of the web server on that port."""
    commands = {folder.name: folder / "cmdline" for folder in Path("/proc").iterdir() if folder.name.isdigit()}
    return [pid for pid, command in commands.items() if f"127.0.0.1:{port}".encode() in command.read_bytes()]


def signed_in(base):
    """A session of an admin that has seen the page."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.create_superuser("bench"))
    session = requests.Session()
    name = settings.SESSION_COOKIE_NAME
    session.cookies.set(name, client.cookies[name].value)
    session.get(base + PAGE).raise_for_status()
    return session


def web_upload(base, session, path, sort):
    from voicehub.remote.multipart import FilePart, MultipartBody

    token = session.cookies.get("csrftoken")
    with path.open("rb") as file:
        sound = FilePart("a.wav", file, path.stat().st_size, "audio/wav")
        fields = {"album": "1", "sort": str(sort), "name": "", "csrfmiddlewaretoken": token, "sounds": sound}
        body = MultipartBody(fields)
        headers = {"Content-Type": body.content_type, "Accept": "application/json", "Referer": base}
        session.post(base + PAGE, data=body, headers=headers).raise_for_status()


def bare_upload(url, path):
    with path.open("rb") as file:
        requests.post(url, data=file, timeout=120).raise_for_status()


def seconds_of(send, *arguments):
    begin = time.monotonic()
    send(*arguments)
    return time.monotonic() - begin


def client_alone(path):
    """What the worker does with one recording; prints what that has added to this process, and the seconds."""
    import django

    django.setup()
    from telephony.sync.voitex import voitex_settings
    from telephony.voitex import VoitexClient

    class Sound:
        name, size = "a.wav", path.stat().st_size

        def open(self):
            return path.open("rb")

    client = VoitexClient(voitex_settings(), lambda exchange: None)
    before = peak_mb()
    took = seconds_of(lambda: client.upload_recording(album="1", sort="1", name="", file=Sound()))
    print(json.dumps({"mb": peak_mb() - before, "seconds": took}))


def worker_part(path):
    command = [sys.executable, "-m", "tests.bench.upload", "--client", str(path)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(said.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--client", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        return client_alone(options.client)
    with ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "a.wav"
        make_wav(path, options.megabytes)
        url = stack.enter_context(sink())
        os.environ |= {"VOITEX_UPLOAD_URL": url, "VOITEX_MAX_UPLOAD_BYTES": str(2 * options.megabytes * MEGABYTE)}
        stack.enter_context(installation())
        port = stack.enter_context(server(*OURS))
        base = f"http://127.0.0.1:{port}"
        session = signed_in(base)
        before = max(map(peak_mb, pids_on(port)))
        web, worker, bare = [], [], []
        for sort in range(1, options.repeat + 1):
            bare.append(seconds_of(bare_upload, url, path))
            web.append(seconds_of(web_upload, base, session, path, sort))
            worker.append(worker_part(path))
        alone, seconds = statistics.median(bare), [one["seconds"] for one in worker]
        result = {
            "megabytes": options.megabytes,
            "web_mb": round(max(map(peak_mb, pids_on(port))) - before, 1),
            "worker_mb": round(max(one["mb"] for one in worker), 1),
            "web_beside_bare": round(alone / statistics.median(web), 2),
            "worker_beside_bare": round(alone / statistics.median(seconds), 2),
        }
    kept = all(result[name] <= most for name, most in LIMITS.items())
    print(json.dumps(result | {"limits": LIMITS, "kept": kept}))
    return None


if __name__ == "__main__":
    main()
