"""S3 on loopback: moto's server, which knows users, keys and their rights."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
import httpx
from moto.server import ThreadedMotoServer

from tests.integrations.connectors.files.harness import FIELDS, FilesHarness
from tests.integrations.contract import answers

WELL = "moto answers well; what s3fs does with bad answers is s3fs's, which tries again by itself"
REGION = "us-east-1"
# What the README asks for, and no more.
RIGHTS = ("ListBucket", "GetObject", "PutObject", "AbortMultipartUpload")
_buckets = itertools.count(1)


class S3:
    """A server with one user of ours and one of the tests, `admin`."""

    def __init__(self, url: str) -> None:
        self.url = url
        # All servers of a process share moto's state: begin as if there had been none before.
        httpx.post(f"{url}/moto-api/reset").raise_for_status()
        httpx.post(f"{url}/moto-api/reset-auth", content=b"1000000").raise_for_status()
        anybody = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        self._keys: Mapping[str, str] = anybody
        self.allow("admin", ("*",))
        self.allow("catalogue", RIGHTS)
        admin, self.ours = self._key_of("admin"), self._key_of("catalogue")
        self._keys = {"aws_access_key_id": admin[0], "aws_secret_access_key": admin[1]}
        # From now on moto asks for keys and looks up rights.
        httpx.post(f"{url}/moto-api/reset-auth", content=b"0").raise_for_status()
        self.files = self.client("s3")

    def client(self, service: str) -> Any:
        return boto3.client(service, endpoint_url=self.url, region_name=REGION, **self._keys)

    def allow(self, user: str, rights: tuple[str, ...]) -> None:
        """What a user may do from now on; users are made."""
        people = self.client("iam")
        if user not in [one["UserName"] for one in people.list_users()["Users"]]:
            people.create_user(UserName=user)
        allowed = [f"s3:{right}" for right in rights] + (["iam:*"] if user == "admin" else [])
        says = [{"Effect": "Allow", "Action": allowed, "Resource": "*"}] if rights else []
        document = {"Version": "2012-10-17", "Statement": says or [_NOTHING]}
        people.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=json.dumps(document))

    def _key_of(self, user: str) -> tuple[str, str]:
        made = self.client("iam").create_access_key(UserName=user)["AccessKey"]
        return made["AccessKeyId"], made["SecretAccessKey"]


_NOTHING = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}


@contextmanager
def running_s3() -> Iterator[S3]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield S3(f"http://{host}:{port}")
    finally:
        server.stop()


class S3Harness(FilesHarness):
    exempt = {
        **FilesHarness.exempt,
        **{scenario.__name__: WELL for scenario in answers.SCENARIOS},
        "a_check_writes_nothing": "tried in test_stores",
        "a_tool_that_does_not_answer_is_told": "tried in test_stores",
    }

    def __init__(self, s3: S3) -> None:
        self.s3 = s3
        self.bucket = f"bucket-{next(_buckets)}"
        s3.files.create_bucket(Bucket=self.bucket)

    @property
    def options(self) -> Mapping[str, Any]:
        key, secret = self.s3.ours
        return {
            "directory": f"s3://{self.bucket}/segments/daily",
            "endpoint": self.s3.url,
            "region": REGION,
            "access_key": key,
            "secret_key": secret,
            **FIELDS,
        }

    def wrong_credentials(self) -> Mapping[str, Any]:
        return {"secret_key": "not-the-one"}

    def refuse_rights(self) -> None:
        self.s3.allow("catalogue", ("ListBucket", "GetObject"))

    def _read(self, name: str) -> str:
        found = self.s3.files.get_object(Bucket=self.bucket, Key=f"segments/daily/{name}")
        return str(found["Body"].read().decode())

    def _write(self, name: str, text: str) -> None:
        self.s3.files.put_object(
            Bucket=self.bucket, Key=f"segments/daily/{name}", Body=text.encode()
        )

    def _remove(self, name: str) -> None:
        self.s3.files.delete_object(Bucket=self.bucket, Key=f"segments/daily/{name}")

    def _names(self) -> list[str]:
        found = self.s3.files.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return [one["Key"].rpartition("/")[2] for one in found]
