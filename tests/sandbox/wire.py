"""Talking to the sandbox by hand: what a library would hide is what these tests are about."""

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlencode, urlsplit

from lxml import etree

CLIENT_ID = "00000000-0000-4000-8000-000000000001"
NATIVE_SECRET = "5a4db0c5a4db0c5a4db0c5a4db0c5a4d"
FORM = "application/x-www-form-urlencoded"
ROW = {
    "freelancer": "1",
    "amount": "2000",
    "currency": "USD",
    "url": "https://example.org/a",
    "title": "A story",
}


class Wire:
    """Sends requests on connections of their own; `token` goes along when there is one."""

    def __init__(self, url: str, timeout: float = 10) -> None:
        self.url = url
        self.timeout = timeout
        self.token = ""

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    def head(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        lines = {"Host": urlsplit(self.url).netloc, "Content-Length": str(len(body)), "Connection": "close"}
        if self.token:
            lines["Authorization"] = f"Bearer {self.token}"
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode()

    def open(self, data: bytes) -> socket.socket:
        """A connection on which `data` has been sent."""
        connection = socket.create_connection(self.address, self.timeout)
        connection.sendall(data)
        return connection

    def exchange(self, data: bytes) -> bytes:
        """Everything that comes back until the sandbox closes the connection."""
        with self.open(data) as connection:
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def raw(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        return self.exchange(self.head(method, path, body, **headers) + body)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        """Status and text of an answer that is whole; raises http.client's errors for any other."""
        connection = http.client.HTTPConnection(*self.address, timeout=self.timeout)
        lines = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, lines)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def control(self, name: str, payload: Any) -> tuple[int, Any]:
        """Status and document of the control interface's answer."""
        body = json.dumps(payload).encode()
        status, text = self.ask("POST", f"/_sandbox/{name}", body, Content_Type="application/json")
        return status, json.loads(text)


class OutVoiceWire(Wire):
    """The calls of OutVoice's sheet."""

    def grant(self, **fields: str) -> tuple[int, dict[str, Any]]:
        body = urlencode({"client_id": CLIENT_ID, **fields}).encode()
        status, text = self.ask("POST", "/outvoice/oauth/token", body, Content_Type=FORM)
        return status, json.loads(text)

    def sign_in(self) -> dict[str, Any]:
        status, pair = self.grant(grant_type="password", username="editor@example.org", password="sandbox")
        assert status == 200, pair
        self.token = pair["access_token"]
        return pair

    def refresh(self, refresh_token: str) -> tuple[int, dict[str, Any]]:
        return self.grant(grant_type="refresh_token", refresh_token=refresh_token)

    def auth_check(self) -> tuple[int, str]:
        return self.ask("GET", "/outvoice/api/v1.0/auth-check")

    def list_freelancers(self) -> tuple[int, str]:
        return self.ask("GET", "/outvoice/api/v1.0/list-freelancers")

    def pay(self, *rows: Any) -> tuple[int, str]:
        return self.send(json.dumps(rows))

    def send(self, text: str | bytes) -> tuple[int, str]:
        body = text.encode() if isinstance(text, str) else text
        return self.ask("POST", "/outvoice/api/v1.0/transaction", body, Content_Type="application/json")


class OurvoiceWire(Wire):
    """The calls of Ourvoice's sheet: JSON in, JSON asked for."""

    def __init__(self, url: str, timeout: float = 10) -> None:
        super().__init__(url, timeout)
        self.token = "sandbox|ourvoice"

    def call(self, method: str, path: str, values: Any = None, **headers: str) -> tuple[int, Any]:
        """Status and document of an answer; the bare text when it is no JSON."""
        body = b"" if values is None else json.dumps(values).encode()
        lines = {"Accept": "application/json", "Content_Type": "application/json", **headers}
        status, text = self.ask(method, f"/ourvoice/v1/{path}", body, **lines)
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text


class ApidazeWire(Wire):
    """The calls of KPN's sheet: forms in, JSON out."""

    def grant(self, query: str = "grant_type=client_credentials", **fields: str) -> tuple[int, Any]:
        path = f"/apidaze/oauth/client_credential/accesstoken?{query}"
        body = {"client_id": "sandbox", "client_secret": "sandbox"} | fields
        status, text = self.ask("POST", path, urlencode(body).encode(), Content_Type=FORM)
        return status, json.loads(text)

    def sign_in(self) -> dict[str, Any]:
        status, token = self.grant()
        assert status == 200, token
        self.token = token["access_token"]
        return dict(token)

    def call(self, method: str, path: str, **fields: str) -> tuple[int, Any]:
        """Status and document of the gateway's answer; the bare text when it is no JSON."""
        return self.send(method, f"/apidaze/communication/apidaze/cpaas/{path}", fields)

    def native(self, method: str, path: str, secret: str = NATIVE_SECRET, **fields: str) -> tuple[int, Any]:
        """The same of the native door, with the secret in the address."""
        return self.send(method, f"/apidaze/native/sandbox1/{path}?api_secret={secret}", fields)

    def send(self, method: str, path: str, fields: dict[str, str]) -> tuple[int, Any]:
        status, text = self.ask(method, path, urlencode(fields).encode(), Content_Type=FORM)
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text


class VoitexWire(Wire):
    """The calls of Voitex's sheet: multipart forms in, JSON out."""

    def __init__(self, url: str, timeout: float = 10) -> None:
        super().__init__(url, timeout)
        self.key = "sandbox-voitex"
        self.header = "auth_key"

    def send(self, path: str, fields: dict[str, str]) -> tuple[int, Any]:
        return self.upload(path, fields, None)

    def upload(self, path: str, fields: dict[str, str], file: bytes | None) -> tuple[int, Any]:
        """Status and document of an answer; the bare text when it is no JSON."""
        return self.raw_form(path, self.in_parts(fields, file))

    def cut(self, path: str, fields: dict[str, str], file: bytes) -> None:
        """The same, but the connection breaks off before its last byte."""
        body = self.in_parts(fields, file)
        lines = {self.header.replace("_", "-"): self.key, "Content-Type": "multipart/form-data; boundary=x"}
        with self.open(self.head("POST", f"/voitex/{path}", body, **lines) + body[:-1]) as connection:
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b""

    @staticmethod
    def in_parts(fields: dict[str, str], file: bytes | None) -> bytes:
        head = 'Content-Disposition: form-data; name="{}"'
        parts = [(head.format(name), value.encode()) for name, value in fields.items()]
        if file is not None:
            parts.append((f'{head.format("upload_file")}; filename="a.wav"', file))
        body = b"".join(b"--x\r\n" + one.encode() + b"\r\n\r\n" + content + b"\r\n" for one, content in parts)
        return body + b"--x--\r\n"

    def raw_form(self, path: str, body: bytes) -> tuple[int, Any]:
        # A library would change the underscore of the name.
        connection = http.client.HTTPConnection(*self.address, timeout=self.timeout)
        headers = {self.header: self.key, "Content-Type": "multipart/form-data; boundary=x"}
        connection.request("POST", f"/voitex/{path}", body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text


class VoiceShotWire(Wire):
    """Posts of XML to VoiceShot's one address."""

    def post(self, xml: str | bytes) -> str:
        """The text of an answer, which comes with 200 whatever is wrong."""
        body = xml.encode() if isinstance(xml, str) else xml
        status, text = self.ask("POST", "/voiceshot/ivrapi.asp", body, Content_Type="text/xml")
        assert status == 200, text
        return text

    def errorid(self, xml: str | bytes) -> int:
        return int(etree.fromstring(self.post(xml).encode()).get("errorid", "-1"))

    def send(self, *phones: tuple[str, str], menuid: str = "1-1234", tts: str = "Hello", **attributes: str) -> int:
        """The errorid of a post that calls these: callid and number each."""
        campaign = etree.Element("campaign", menuid=menuid, action="0", callerid="8185550199")
        prompts = etree.SubElement(campaign, "prompts")
        etree.SubElement(prompts, "prompt", promptid="1", tts=tts)
        block = etree.SubElement(campaign, "phonenumbers")
        for callid, number in phones:
            etree.SubElement(block, "phonenumber", attributes, number=number, callid=callid)
        return self.errorid(etree.tostring(campaign))

    def act(self, action: str, *callids: str, menuid: str = "1-1234") -> str:
        campaign = etree.Element("campaign", menuid=menuid, action=action)
        block = etree.SubElement(campaign, "phonenumbers")
        for callid in callids:
            etree.SubElement(block, "phonenumber", callid=callid)
        return self.post(etree.tostring(campaign))
