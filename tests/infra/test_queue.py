"""The queue gives a message to those who are still there."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from fixtures.waiting import until
from supervisor.clouds.cloud import Cloud

pytestmark = pytest.mark.stack

AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0"


def leave_a_poll_behind(queue_url: str) -> None:
    """A worker that begins to wait for messages and is killed."""
    address, body = urlsplit(queue_url), json.dumps({"QueueUrl": queue_url, "WaitTimeSeconds": 20}).encode()
    head = (
        "POST / HTTP/1.1",
        f"Host: {address.netloc}",
        "X-Amz-Target: AmazonSQS.ReceiveMessage",
        "Content-Type: application/x-amz-json-1.0",
        f"Authorization: {AUTHORIZATION}",
        f"Content-Length: {len(body)}",
    )
    with socket.create_connection((str(address.hostname), int(address.port or 80))) as connection:
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        connection.settimeout(0.5)
        with pytest.raises(TimeoutError):
            connection.recv(1)


def test_a_message_is_not_lost_to_a_poll_whose_client_has_gone(workflow: Callable[[str], Any], a_queue: str) -> None:
    sqs = workflow("sqs")
    sqs.set_queue_attributes(QueueUrl=a_queue, Attributes={"VisibilityTimeout": "600"})
    leave_a_poll_behind(a_queue)
    sqs.send_message(QueueUrl=a_queue, MessageBody="for somebody who is there")
    received = until(
        lambda: sqs.receive_message(QueueUrl=a_queue, WaitTimeSeconds=1).get("Messages"), "the message", seconds=30
    )
    assert received[0]["Body"] == "for somebody who is there"


@pytest.mark.full
def test_a_connection_may_be_idle_for_longer_than_a_minute(cloud: Cloud) -> None:
    """Time itself is the subject: the server used to close it after 60 s, sometimes just when it was used again."""
    address = ("127.0.0.1", cloud.settings.port_workflow)
    with contextlib.closing(http.client.HTTPConnection(*address, timeout=10)) as connection:
        connection.request("GET", "/_localstack/health")
        assert connection.getresponse().read()
        same = connection.sock
        time.sleep(65)
        connection.request("GET", "/_localstack/health")
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)
        assert connection.sock is same
