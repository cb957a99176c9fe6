"""The publisher repeats itself harmlessly and believes only what was really made."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from supervisor.clouds.publisher import publish
from supervisor.errors import DeployFailed

pytestmark = pytest.mark.stack

QUEUE = {"Type": "AWS::SQS::Queue"}
CLUSTER = {"Type": "AWS::ECS::Cluster"}

Publish = Callable[[dict[str, Any]], dict[str, str]]


@pytest.fixture
def publish_resources(workflow: Callable[[str], Any], a_name: str, tmp_path: Path) -> Iterator[Publish]:
    def do(resources: dict[str, Any]) -> dict[str, str]:
        template = {"Resources": resources, "Outputs": {"Name": {"Value": a_name}}}
        (tmp_path / f"{a_name}.template.json").write_text(json.dumps(template))
        (tmp_path / f"{a_name}.assets.json").write_text('{"files": {}}')
        return publish(a_name, tmp_path, workflow)

    yield do
    workflow("cloudformation").delete_stack(StackName=a_name)


def change_sets_executed(workflow: Callable[[str], Any], stack: str) -> int:
    events = workflow("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    ended = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    return sum(1 for one in events if one["LogicalResourceId"] == stack and one["ResourceStatus"] in ended)


def test_a_stack_is_made_once_and_repeating_changes_nothing(
    publish_resources: Publish, workflow: Callable[[str], Any], a_name: str
) -> None:
    assert publish_resources({"Q": QUEUE}) == {"Name": a_name}
    assert publish_resources({"Q": QUEUE}) == {"Name": a_name}
    assert change_sets_executed(workflow, a_name) == 1


def test_a_changed_template_updates_the_stack(
    publish_resources: Publish, workflow: Callable[[str], Any], a_name: str
) -> None:
    publish_resources({"Q": QUEUE})
    publish_resources({"Q": QUEUE, "R": QUEUE})
    made = workflow("cloudformation").list_stack_resources(StackName=a_name)["StackResourceSummaries"]
    assert {one["LogicalResourceId"] for one in made} == {"Q", "R"}


def test_a_resource_that_is_only_pretended_fails_the_deployment(publish_resources: Publish) -> None:
    with pytest.raises(DeployFailed, match=r"only pretends to make Cluster \(AWS::ECS::Cluster\)"):
        publish_resources({"Q": QUEUE, "Cluster": CLUSTER})


def test_a_pretended_resource_is_refused_again_when_the_deployment_is_repeated(publish_resources: Publish) -> None:
    for _ in range(2):
        with pytest.raises(DeployFailed, match="only pretends"):
            publish_resources({"Q": QUEUE, "Cluster": CLUSTER})


def test_a_pretended_resource_that_is_taken_out_no_longer_counts(publish_resources: Publish, a_name: str) -> None:
    with pytest.raises(DeployFailed, match="only pretends"):
        publish_resources({"Q": QUEUE, "Cluster": CLUSTER})
    assert publish_resources({"Q": QUEUE}) == {"Name": a_name}


def test_a_failed_stack_says_why_and_the_next_one_takes_its_place(
    publish_resources: Publish, workflow: Callable[[str], Any], a_name: str
) -> None:
    broken = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"FunctionName": "none", "EventSourceArn": "arn:aws:sqs:us-east-1:000000000000:none"},
    }
    with pytest.raises(DeployFailed, match="Broken"):
        publish_resources({"Broken": broken})
    assert publish_resources({"Q": QUEUE}) == {"Name": a_name}


def test_assets_are_uploaded_before_the_stack(workflow: Callable[[str], Any], a_name: str, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "main.py").write_text("x = 1")
    destination = {"bucketName": a_name, "objectKey": "code.zip"}
    assets = {
        "files": {
            "code": {"source": {"path": "code", "packaging": "zip"}, "destinations": {"here": destination}},
        }
    }
    (tmp_path / f"{a_name}.assets.json").write_text(json.dumps(assets))
    (tmp_path / f"{a_name}.template.json").write_text(json.dumps({"Resources": {"Q": QUEUE}}))
    publish(a_name, tmp_path, workflow)
    first = workflow("s3").get_object(Bucket=a_name, Key="code.zip")["Body"].read()
    publish(a_name, tmp_path, workflow)
    assert workflow("s3").get_object(Bucket=a_name, Key="code.zip")["Body"].read() == first
    workflow("cloudformation").delete_stack(StackName=a_name)


def test_the_stacks_of_the_project_are_deployed(workflow: Callable[[str], Any], objects: Callable[[str], Any]) -> None:
    for client, stack in (
        (workflow, "LockstepMessaging"),
        (workflow, "LockstepWorkflow"),
        (objects, "LockstepStorage"),
    ):
        found = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        assert found["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    with pytest.raises(ClientError, match="does not exist"):
        objects("cloudformation").describe_stacks(StackName="LockstepWorkflow")
