"""Google Cloud Storage's JSON API, as far as files need it, and Google's way to prove who we are.

https://docs.cloud.google.com/storage/docs/json_api/v1
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from tests.fakes.vendor import Answer, Asked, FakeVendor

ACCOUNT = "catalogue@project.iam.gserviceaccount.example"
BUCKET = "our-bucket"
TOKEN = "ya29.a-token-for-an-hour"
ALL_RIGHTS = frozenset(f"storage.objects.{one}" for one in ("create", "delete", "get", "list"))


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


class GoogleFake(FakeVendor):
    """One bucket. `state` is {"objects": {name: bytes}, "rights": set of permissions}."""

    def __init__(self) -> None:
        super().__init__()
        self.state = {"objects": {}, "rights": set(ALL_RIGHTS)}

    def service_account(self, key: rsa.RSAPrivateKey | None = None) -> str:
        """The JSON that Google gives for a key."""
        pem = (key or private_key()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        about = {
            "type": "service_account",
            "client_email": ACCOUNT,
            "private_key": pem.decode(),
            "token_uri": f"{self.url}/token",
        }
        return json.dumps(about)

    def is_write(self, asked: Asked) -> bool:
        return asked.path.startswith("/upload/")

    def members(self, audience: str) -> set[str]:
        return ids(self.state["objects"].get(f"segments/daily/{audience}.csv", b""))

    def answer(self, asked: Asked) -> Answer:
        if (asked.method, asked.path) == ("POST", "/token"):
            return self._token(asked)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, "Invalid Credentials")
        bucket = f"/b/{BUCKET}"
        for method, pattern, action in (
            ("GET", f"/storage/v1{bucket}/iam/testPermissions", self._permissions),
            ("GET", f"/storage/v1{bucket}/o", self._list),
            ("GET", f"/storage/v1{bucket}/o/(.+)", self._metadata),
            ("GET", f"/download/storage/v1{bucket}/o/(.+)", self._download),
            ("POST", f"/upload/storage/v1{bucket}/o", self._upload),
        ):
            found = re.fullmatch(pattern, asked.path)
            if asked.method == method and found:
                return action(asked, *found.groups())
        return _error(404, "The specified bucket does not exist.")

    def put(self, name: str, data: bytes) -> None:
        """Put an object in place of what was there."""
        before, now = ids(self.state["objects"].get(name, b"")), ids(data)
        self.state["objects"][name] = data
        if name.endswith(".csv"):
            audience = name.rpartition("/")[2].removesuffix(".csv")
            for identity in sorted(before ^ now):
                self.changed(audience, identity, is_added=identity in now)

    def _token(self, asked: Asked) -> Answer:
        form = asked.form()
        jwt = form.get("grant_type") == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        if not jwt or not _is_signed(form["assertion"][0]):
            return Answer(status=400, content={"error": "invalid_grant"})
        said = {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
        return Answer(content=said)

    def _permissions(self, asked: Asked) -> Answer:
        return Answer(content={"permissions": sorted(self.state["rights"])})

    def _list(self, asked: Asked) -> Answer:
        if "storage.objects.list" not in self.state["rights"]:
            return _error(403, "lacks storage.objects.list")
        prefix = asked.query.get("prefix", "")
        names = [name for name in sorted(self.state["objects"]) if name.startswith(prefix)]
        return Answer(content={"items": [self._about(name) for name in names]})

    def _metadata(self, asked: Asked, name: str) -> Answer:
        if name not in self.state["objects"]:
            return _error(404, f"No such object: {name}")
        return Answer(content=self._about(name))

    def _download(self, asked: Asked, name: str) -> Answer:
        if name not in self.state["objects"]:
            return _error(404, f"No such object: {name}")
        return Answer(content=self.state["objects"][name])

    def _upload(self, asked: Asked) -> Answer:
        if "storage.objects.create" not in self.state["rights"]:
            return _error(403, f"{ACCOUNT} does not have storage.objects.create access")
        if asked.query.get("uploadType") != "multipart":
            return _error(400, "this fake takes uploads in one request only")
        about, data = _parts(asked)
        self.put(about["name"], data)
        return Answer(content=self._about(about["name"]))

    def _about(self, name: str) -> dict[str, Any]:
        data = self.state["objects"][name]
        md5 = hashlib.md5(data, usedforsecurity=False).digest()
        return {
            "kind": "storage#object",
            "bucket": BUCKET,
            "name": name,
            "size": str(len(data)),
            "md5Hash": base64.b64encode(md5).decode(),
        }


def ids(data: bytes) -> set[str]:
    """The first column of a CSV file, without its header."""
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    return {row[0] for row in rows[1:]}


def _is_signed(assertion: str) -> bool:
    said, _, signature = assertion.rpartition(".")
    padded = signature + "=" * (-len(signature) % 4)
    try:
        private_key().public_key().verify(
            base64.urlsafe_b64decode(padded), said.encode(), padding.PKCS1v15(), SHA256()
        )
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not the account's
        return False
    return True


def _parts(asked: Asked) -> tuple[dict[str, Any], bytes]:
    """The object's metadata and its bytes, out of a multipart/related body."""
    boundary = asked.headers["content-type"].split("boundary=")[1].strip('"').encode()
    _, about, data, _ = asked.body.split(b"--" + boundary, 3)
    body = data.partition(b"\n\n")[2].removesuffix(b"\n")
    return json.loads(about.partition(b"\n\n")[2]), body


def _error(status: int, message: str) -> Answer:
    return Answer(status=status, content={"error": {"code": status, "message": message}})
