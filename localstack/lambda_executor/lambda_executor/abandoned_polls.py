"""Repair: a message is not given to a long poll whose client has gone.

LocalStack does not check whether the client is still connected. The long poll of a worker that has stopped goes on and
takes the next messages out of the queue, and no worker gets them until their visibility timeout is over.
"""

from typing import Any

from localstack.runtime import hooks

_GONE = "lockstep.client_is_gone"


@hooks.on_infra_start()
def return_messages_of_abandoned_polls() -> None:
    from localstack.aws import handlers  # noqa: PLC0415
    from localstack.aws.connect import connect_to  # noqa: PLC0415
    from rolo.serving import twisted  # noqa: PLC0415

    original = twisted.update_wsgi_environment

    def with_the_connection(environ: dict[str, Any], request: Any) -> None:
        original(environ, request)
        environ[_GONE] = lambda: request._disconnected  # noqa: SLF001 - twisted has no public way to read it

    def give_back(_chain: Any, context: Any, _response: Any) -> None:
        received = context.operation is not None and context.operation.name == "ReceiveMessage"
        messages = (context.service_response or {}).get("Messages") if received else None
        if not messages or not context.request.environ.get(_GONE, bool)():
            return
        connect_to(
            region_name=context.region, aws_access_key_id=context.account_id
        ).sqs.change_message_visibility_batch(
            QueueUrl=context.service_request["QueueUrl"],
            Entries=[
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 0}
                for number, message in enumerate(messages)
            ],
        )

    twisted.update_wsgi_environment = with_the_connection
    handlers.run_custom_response_handlers.append(give_back)
