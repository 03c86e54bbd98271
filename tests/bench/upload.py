"""A recording of 200 MB goes up: what it adds to the memory of web and worker, and how fast beside a bare upload.

The web part is gunicorn as bin/up runs it, with the file sent as a browser sends it. The worker's part is its drain,
in a process of its own, which sends what the page has kept to a server that keeps nothing. The bare upload is
requests alone, to that server.
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


def drain_when_told():
    """What a worker does, at each line that comes in; prints its peak memory, seconds, and how many are in step."""
    import django

    django.setup()
    from telephony.models import Recording
    from voicehub.sync.engine import drain_inline

    for _line in sys.stdin:
        took = seconds_of(drain_inline)
        done = Recording.objects.filter(state=Recording.State.DONE).count()
        print(json.dumps({"mb": peak_mb(), "seconds": took, "done": done}), flush=True)


@contextmanager
def worker():
    """A function that has a worker carry out what waits."""
    command = [sys.executable, "-m", "tests.bench.upload", "--drain"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def drain():
        process.stdin.write("\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    try:
        yield drain
    finally:
        process.stdin.close()
        process.wait(30)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--drain", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.drain:
        return drain_when_told()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        small, path = folder / "small.wav", folder / "a.wav"
        make_wav(small, 1)
        make_wav(path, options.megabytes)
        url = stack.enter_context(sink())
        os.environ |= {"VOITEX_UPLOAD_URL": url, "VOITEX_MAX_UPLOAD_BYTES": str(2 * options.megabytes * MEGABYTE)}
        stack.enter_context(installation())
        port = stack.enter_context(server(*OURS))
        drain = stack.enter_context(worker())
        base = f"http://127.0.0.1:{port}"
        session = signed_in(base)
        web_upload(base, session, small, options.repeat + 1)
        at_first = drain()["mb"]
        before = max(map(peak_mb, pids_on(port)))
        web, drained, bare = [], [], []
        for sort in range(1, options.repeat + 1):
            bare.append(seconds_of(bare_upload, url, path))
            web.append(seconds_of(web_upload, base, session, path, sort))
            drained.append(drain())
        alone, seconds = statistics.median(bare), [one["seconds"] for one in drained]
        result = {
            "megabytes": options.megabytes,
            "in_step": drained[-1]["done"] - 1,
            "web_mb": round(max(map(peak_mb, pids_on(port))) - before, 1),
            "worker_mb": round(drained[-1]["mb"] - at_first, 1),
            "web_mb_a_second": round(options.megabytes / statistics.median(web)),
            "web_beside_bare": round(alone / statistics.median(web), 2),
            "worker_beside_bare": round(alone / statistics.median(seconds), 2),
        }
    kept = result["in_step"] == options.repeat and all(result[name] <= most for name, most in LIMITS.items())
    print(json.dumps(result | {"limits": LIMITS, "kept": kept}))
    return None


if __name__ == "__main__":
    main()
