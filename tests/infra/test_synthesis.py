"""The stacks as templates: the same for both targets, least privilege, no reference between storage and the rest."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from control_plane.governance.retention.leftovers import LEFT_AFTER
from foundation.cloud.objects.keys import INCOMING
from infra import names as of_infra
from infra.app import build
from supervisor.clouds.cloud import Cloud
from supervisor.settings import Settings

Templates = dict[str, dict[str, Any]]


def synthesized(place: Path, **context: Any) -> Templates:
    assembly = build(cdk.App(outdir=str(place), context=context)).synth()
    return {stack.stack_name: stack.template for stack in assembly.stacks}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    surroundings = {
        "LOCKSTEP_STEPS_QUEUE_URL": "http://127.0.0.1:4566/queue/us-east-1/000000000000/lockstep-local-steps"
    }
    return synthesized(tmp_path_factory.mktemp("local"), target="local", lambda_environment=surroundings)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    packages = tmp_path_factory.mktemp("packages")
    (packages / "python").mkdir()
    (packages / "python" / "package.py").touch()
    return synthesized(
        tmp_path_factory.mktemp("aws"), target="aws", env="dev", account="123456789012", region="eu-west-1",
        lambda_packages=str(packages),
    )  # fmt: skip


def resources(templates: Templates) -> dict[tuple[str, str], str]:
    return {
        (stack, name): resource["Type"]
        for stack, template in templates.items()
        for name, resource in template.get("Resources", {}).items()
        if resource["Type"] != "AWS::CDK::Metadata"
    }


def of_type(templates: Templates, kind: str) -> list[dict[str, Any]]:
    return [
        resource["Properties"]
        for template in templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == kind
    ]


def test_every_local_resource_has_the_same_name_and_type_in_aws(local: Templates, aws: Templates) -> None:
    in_aws = resources(aws)
    assert resources(local)
    assert {key: in_aws.get(key) for key in resources(local)} == resources(local)


@pytest.mark.parametrize("target", ["local", "aws"])
def test_no_stack_refers_to_another_one(target: str, request: pytest.FixtureRequest) -> None:
    templates: Templates = request.getfixturevalue(target)
    for template in templates.values():
        assert "Fn::ImportValue" not in json.dumps(template)
        assert not [one for one in template.get("Outputs", {}).values() if "Export" in one]


def test_the_supervisor_says_the_names_that_the_stacks_make(local: Templates) -> None:
    names = Cloud(Settings()).names()
    queues = {one["QueueName"] for one in of_type(local, "AWS::SQS::Queue")}
    assert {
        names["LOCKSTEP_STEPS_QUEUE_URL"].rpartition("/")[2],
        names["LOCKSTEP_STEPS_DLQ_URL"].rpartition("/")[2],
        "lockstep-local-firings",
        "lockstep-local-firings-dead",
    } == queues
    machine = of_type(local, "AWS::StepFunctions::StateMachine")[0]["StateMachineName"]
    assert names["LOCKSTEP_STATE_MACHINE_ARN"].rpartition(":")[2] == machine
    assert names["LOCKSTEP_ARTIFACTS_BUCKET"] == of_type(local, "AWS::S3::Bucket")[0]["BucketName"]


def test_artifacts_are_versioned_encrypted_and_private(aws: Templates) -> None:
    bucket, _ = of_type(aws, "AWS::S3::Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}


def test_what_forms_have_written_is_removed_and_nothing_else_of_the_bucket(aws: Templates) -> None:
    bucket, _ = of_type(aws, "AWS::S3::Bucket")
    expiring = [rule for rule in bucket["LifecycleConfiguration"]["Rules"] if "ExpirationInDays" in rule]
    assert [(rule["Prefix"], rule["Status"]) for rule in expiring] == [(INCOMING, "Enabled")]
    # The control plane comes first: it also finds what was copied and never recorded.
    assert timedelta(days=expiring[0]["ExpirationInDays"]) > 2 * LEFT_AFTER
    assert of_infra.INCOMING == INCOMING


def test_the_steps_queue_gives_up_a_message_after_twenty_receives(aws: Templates) -> None:
    steps = next(one for one in of_type(aws, "AWS::SQS::Queue") if one["QueueName"].endswith("-steps"))
    assert steps["RedrivePolicy"]["maxReceiveCount"] == 20
    assert (steps["VisibilityTimeout"], steps["ReceiveMessageWaitTimeSeconds"]) == (60, 20)
    assert steps["MessageRetentionPeriod"] == 4 * 24 * 3600
    assert steps["SqsManagedSseEnabled"] is True


def test_no_role_may_do_everything(aws: Templates) -> None:
    """`*` as a resource stands only where the service knows no narrower one: log delivery and tracing."""
    open_actions = {
        action
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        for policy in of_type(aws, kind)
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Resource"] == "*"
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert {action.partition(":")[0] for action in open_actions} <= {"logs", "xray"}
    assert not any(action.endswith("*") for action in open_actions)


def test_only_the_run_machine_ending_wakes_the_reconciler(aws: Templates) -> None:
    (rule,) = of_type(aws, "AWS::Events::Rule")
    arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:lockstep-dev-run"
    assert rule["EventPattern"]["detail"]["stateMachineArn"] == [arn]
    assert rule["EventPattern"]["detail-type"] == ["Step Functions Execution Status Change"]


def test_only_the_scheduler_of_this_account_sends_firings_and_only_to_their_queues(aws: Templates) -> None:
    (group,) = of_type(aws, "AWS::Scheduler::ScheduleGroup")
    assert group["Name"] == "lockstep-dev-schedules"
    (role,) = [
        one
        for one in of_type(aws, "AWS::IAM::Role")
        if one["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "scheduler.amazonaws.com"}
    ]
    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert condition == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    (keeper,) = of_type(aws, "AWS::IAM::ManagedPolicy")
    keeps, hands_on, _ = keeper["PolicyDocument"]["Statement"]
    assert keeps["Resource"] == "arn:aws:scheduler:*:*:schedule/lockstep-dev-schedules/*"
    assert hands_on["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    firings = next(one for one in of_type(aws, "AWS::SQS::Queue") if one["QueueName"] == "lockstep-dev-firings")
    assert firings["RedrivePolicy"]["maxReceiveCount"] == 5


def test_no_password_stands_in_an_aws_template(aws: Templates) -> None:
    for function in of_type(aws, "AWS::Lambda::Function"):
        url = function["Environment"]["Variables"]["LOCKSTEP_DATABASE_URL"]
        assert url == "{{resolve:secretsmanager:lockstep/database/lambdas}}"


def test_secrets_start_as_marked_placeholders(aws: Templates) -> None:
    secrets = of_type(aws, "AWS::SecretsManager::Secret")
    assert {one["Name"] for one in secrets} == {
        "lockstep/service-signing-key",
        "lockstep/service-public-keys",
        "lockstep/egress-signing-key",
        "lockstep/egress-public-keys",
        "lockstep/tenant-secret-keys",
        "lockstep/tenant-secret-public-keys",
        "lockstep/webhook-key",
        "lockstep/user-signing-key",
        "lockstep/replay-key",
        "lockstep/api-key-peppers",
    }
    assert {one["GenerateSecretString"]["SecretStringTemplate"] for one in secrets} == {'{"placeholder":true}'}


def test_people_s_tokens_name_their_tenant_before_they_are_made(aws: Templates, local: Templates) -> None:
    [pool] = of_type(aws, "AWS::Cognito::UserPool")
    assert pool["LambdaConfig"]["PreTokenGenerationConfig"]["LambdaVersion"] == "V2_0"
    assert (pool["UserPoolTier"], pool["AdminCreateUserConfig"]) == ("ESSENTIALS", {"AllowAdminCreateUserOnly": True})
    [client] = of_type(aws, "AWS::Cognito::UserPoolClient")
    assert (client["AllowedOAuthFlows"], client["GenerateSecret"]) == (["code"], False)
    assert [one["GroupName"] for one in of_type(aws, "AWS::Cognito::UserPoolGroup")] == ["operator"]
    handlers = [one["Handler"] for one in of_type(aws, "AWS::Lambda::Function")]
    assert "lambdas.pre_token_generation.handler" in handlers
    assert of_type(local, "AWS::Cognito::UserPool") == []
    assert set(aws["LockstepIdentity"]["Outputs"]) == {"Issuer", "JwksUrl", "Audience"}


def test_what_anchors_audits_is_locked_for_years_in_aws_and_not_here(aws: Templates, local: Templates) -> None:
    _, anchors = of_type(aws, "AWS::S3::Bucket")
    assert anchors["ObjectLockEnabled"] is True
    assert anchors["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {"Days": 3650, "Mode": "COMPLIANCE"}
    _, here = of_type(local, "AWS::S3::Bucket")
    assert "ObjectLockConfiguration" not in here
