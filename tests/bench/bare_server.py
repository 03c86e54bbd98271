"""A bare counting HTTP server in a process of its own: as little work as possible for each request."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request


class Counter(asyncio.Protocol):
    """Answers any request with 201; `GET /arrivals` gives the seconds (epoch) at which the others came."""

    arrivals: list[tuple[float, str]] = []
    delay = 0.0
    # Sent to everybody instead of an id.
    answer = b""

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while True:
            head, found, rest = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return
            length = 0
            for line in head.split(b"\r\n")[1:]:
                if line[:15].lower() == b"content-length:":
                    length = int(line[15:])
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            self.take(head, rest[:length])

    def take(self, head, body):
        if head.startswith(b"GET /arrivals"):
            answer = json.dumps(Counter.arrivals).encode()
            Counter.arrivals.clear()
            return self.reply(answer)
        Counter.arrivals.append((time.time(), body.decode(errors="replace")))
        answer = Counter.answer or b'{"id": "%d"}' % len(Counter.arrivals)
        if Counter.delay:
            return asyncio.get_running_loop().call_later(Counter.delay, self.reply, answer)
        return self.reply(answer)

    def reply(self, answer):
        self.transport.write(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))


async def serve(delay, answer):
    Counter.delay, Counter.answer = delay, answer.encode()
    server = await asyncio.get_running_loop().create_server(Counter, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class BareServer:
    """The server as a subprocess; `delay` is seconds before each answer, `answer` one that all get."""

    def __init__(self, delay=0.0, answer=""):
        command = [sys.executable, __file__, str(delay), answer]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def arrivals(self):
        """All requests since the last look: (time, body) in the order of their coming."""
        with urllib.request.urlopen(f"{self.url}/arrivals") as answer:
            return json.load(answer)

    def stop(self):
        self.process.terminate()
        self.process.wait()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), sys.argv[2]))
