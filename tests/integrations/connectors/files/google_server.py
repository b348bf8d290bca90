"""Google Cloud Storage on loopback, with all that can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from tests.integrations.connectors.files.fake import BUCKET, GoogleFake
from tests.integrations.connectors.files.harness import FIELDS, FilesHarness
from tests.integrations.contract import answers

BACKS_OFF = "Google names no time to wait but asks for exponential back-off, as gcsfs does"
WHOLE = "a file is put in one request, whatever it holds"


class GoogleHarness(FilesHarness):
    exempt = {
        **FilesHarness.exempt,
        answers.a_wish_to_wait_in_seconds_is_honoured.__name__: BACKS_OFF,
        answers.a_wish_to_wait_until_a_date_is_honoured.__name__: BACKS_OFF,
        answers.a_wish_to_wait_without_a_time_is_a_wish_to_wait.__name__: BACKS_OFF,
        answers.absurd_times_to_wait_are_not_believed.__name__: BACKS_OFF,
        answers.a_tool_that_is_down_for_maintenance_is_left_alone.__name__: BACKS_OFF,
        answers.one_record_that_spoils_a_request_is_found_and_the_others_are_sent.__name__: WHOLE,
        answers.no_request_holds_more_than_the_tool_takes.__name__: WHOLE,
        answers.a_redirect_is_not_followed.__name__: "gcsfs follows them, without our token"
        " elsewhere, and only to addresses that are allowed: test_stores",
        answers.every_request_is_written_down_without_an_address.__name__: "what is written down"
        " is each file's reading or writing, for which gcsfs may ask more than once",
    }

    def __init__(self, fake: GoogleFake) -> None:
        self.fake: GoogleFake = fake

    @property
    def options(self) -> Mapping[str, Any]:
        return {
            "directory": f"gs://{BUCKET}/segments/daily",
            "endpoint": self.fake.url,
            "service_account": self.fake.service_account(),
            # gcsfs tries again until this is over.
            "timeout": "1.5",
            **FIELDS,
        }

    def wrong_credentials(self) -> Mapping[str, Any]:
        other = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        return {"service_account": self.fake.service_account(other)}

    def refuse_rights(self) -> None:
        with self.fake.by_hand():
            self.fake.state["rights"] -= {"storage.objects.create"}

    def _read(self, name: str) -> str:
        return str(self.fake.state["objects"][f"segments/daily/{name}"].decode())

    def _write(self, name: str, text: str) -> None:
        with self.fake.by_hand():
            self.fake.put(f"segments/daily/{name}", text.encode())

    def _remove(self, name: str) -> None:
        with self.fake.by_hand():
            del self.fake.state["objects"][f"segments/daily/{name}"]

    def _names(self) -> list[str]:
        return [name.rpartition("/")[2] for name in self.fake.state["objects"]]
