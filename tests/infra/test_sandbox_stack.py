"""Where jobs run in AWS, as templates: a task that can do little, in a network that leads to three places."""

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from foundation.cloud.objects.keys import INCOMING
from infra.app import build
from infra.capabilities.sandbox.runner_tasks import TMPFS_MIB
from infra.environments import from_context
from infra.sandbox_inputs import SandboxInputs
from infra.stacks.sandbox import SandboxStack
from tool_runtime.runner.settings import RunnerSettings
from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.sandbox.walls.task_checks import CAPABILITIES

MIB = 1 << 20
CONTEXT = {"target": "aws", "env": "dev", "account": "123456789012", "region": "eu-west-1"}
DIGEST = f"sha256:{'0a' * 32}"
INPUTS = {
    "runner_image": f"lockstep/runner@{DIGEST}",
    "egress_image": f"lockstep/tool-runtime@{DIGEST}",
    "launcher_url": "http://launcher.lockstep.internal:8082",
    "s3_prefix_list": "pl-6da54004",
}
DOCKERS = {
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW"),
    *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
}
Resources = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Resources:
    app = cdk.App(outdir=str(tmp_path_factory.mktemp("sandbox")), context={**CONTEXT, "sandbox": INPUTS})
    told = from_context(app.node)
    assert told.sandbox is not None
    SandboxStack(app, "LockstepSandbox", names=told.names, inputs=told.sandbox, **told.stack_options())
    return dict(app.synth().get_stack_by_name("LockstepSandbox").template["Resources"])


def of_type(resources: Resources, kind: str) -> Resources:
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def the(resources: Resources, kind: str, **wanted: str) -> tuple[str, dict[str, Any]]:
    """The one of this kind with such members."""
    [found] = [one for one in of_type(resources, kind).items() if wanted.items() <= one[1].items()]
    return found


def group(resources: Resources, name: str) -> str:
    return the(resources, "AWS::EC2::SecurityGroup", GroupName=f"lockstep-dev-{name}")[0]


def rules(resources: Resources, of: str, direction: str) -> list[tuple[str, int, int]]:
    """Where the rules of a group lead, or come from, with their ports; the groups by their names."""
    names = {key: one["GroupName"] for key, one in of_type(resources, "AWS::EC2::SecurityGroup").items()}
    own = group(resources, of)
    inline = of_type(resources, "AWS::EC2::SecurityGroup")[own].get(f"SecurityGroup{direction}", [])
    apart = [
        one
        for one in of_type(resources, f"AWS::EC2::SecurityGroup{direction}").values()
        if one["GroupId"] == {"Fn::GetAtt": [own, "GroupId"]}
    ]
    found = []
    for rule in [*inline, *apart]:
        place = next(rule[key] for key in rule if key.startswith(("Cidr", "Source", "Destination")))
        if isinstance(place, dict):
            place = names[place["Fn::GetAtt"][0]]
        found.append((place.removeprefix("lockstep-dev-"), rule.get("FromPort", -1), rule.get("ToPort", -1)))
    return sorted(found)


def test_a_task_has_no_role_and_keeps_what_makes_it_another_user_than_its_job(resources: Resources) -> None:
    _, task = the(resources, "AWS::ECS::TaskDefinition", Family="lockstep-dev-runner")
    assert "TaskRoleArn" not in task
    assert (task["Cpu"], task["Memory"], task["NetworkMode"]) == ("1024", "2048", "awsvpc")
    [container] = task["ContainerDefinitions"]
    assert (container["User"], container["ReadonlyRootFilesystem"], container["Privileged"]) == ("0", True, False)
    limits = container["LinuxParameters"]
    assert limits["InitProcessEnabled"] is True
    assert DOCKERS - set(limits["Capabilities"]["Drop"]) == set(CAPABILITIES)
    assert "Add" not in limits["Capabilities"]
    assert container["Image"]["Fn::Join"][1][-1].endswith(f"/lockstep/runner@{DIGEST}")


def test_what_is_writable_in_a_task_is_as_small_as_every_kind_of_sandbox_asks(resources: Resources) -> None:
    _, task = the(resources, "AWS::ECS::TaskDefinition", Family="lockstep-dev-runner")
    mounts = task["ContainerDefinitions"][0]["LinuxParameters"]["Tmpfs"]
    sized = {mount["ContainerPath"]: mount["Size"] * MIB for mount in mounts}
    assert sized == {path: size * MIB for path, size in TMPFS_MIB.items()}
    for profile in PROFILES.values():
        assert sized.keys() == profile.tmpfs.keys()
        assert all(sized[path] <= most for path, most in profile.tmpfs.items())
    assert all({"exec", "nosuid", "nodev"} <= set(mount["MountOptions"]) for mount in mounts)


def test_a_task_is_told_what_its_runner_reads(resources: Resources) -> None:
    _, task = the(resources, "AWS::ECS::TaskDefinition", Family="lockstep-dev-runner")
    told = {one["Name"]: one["Value"] for one in task["ContainerDefinitions"][0]["Environment"]}
    assert told == {"LOCKSTEP_RUNNER_BACKEND": "task", "LOCKSTEP_RUNNER_EGRESS": "service"}
    read = {f"LOCKSTEP_RUNNER_{name.upper()}" for name in RunnerSettings.model_fields}
    assert told.keys() <= read
    assert "Secrets" not in task["ContainerDefinitions"][0]


def test_the_subnets_of_tasks_lead_to_the_platforms_two_and_nowhere_else(resources: Resources) -> None:
    tools, _ = next(one for one in of_type(resources, "AWS::EC2::VPC").items() if one[1]["CidrBlock"] == "10.64.0.0/16")
    subnets = [one for one in of_type(resources, "AWS::EC2::Subnet").values() if one["VpcId"] == {"Ref": tools}]
    assert len(subnets) == 2
    assert not any(one["MapPublicIpOnLaunch"] for one in subnets)
    attached = of_type(resources, "AWS::EC2::VPCGatewayAttachment").values()
    assert [one["VpcId"] for one in attached if one["VpcId"] == {"Ref": tools}] == []
    tables = {
        name for name, one in of_type(resources, "AWS::EC2::RouteTable").items() if one["VpcId"] == {"Ref": tools}
    }
    routes = [one for one in of_type(resources, "AWS::EC2::Route").values() if one["RouteTableId"].get("Ref") in tables]
    assert {tuple(sorted(one.keys() - {"RouteTableId"})) for one in routes} == {
        ("DestinationCidrBlock", "VpcPeeringConnectionId")
    }
    assert "0.0.0.0/0" not in {one["DestinationCidrBlock"] for one in routes}
    assert len(routes) == 8


def test_a_task_reaches_the_launcher_the_egress_service_and_artifacts_and_is_reached_by_nobody(
    resources: Resources,
) -> None:
    assert rules(resources, "tools", "Egress") == [
        ("egress", 8443, 8443),
        ("launcher", 8082, 8082),
        ("pl-6da54004", 443, 443),
        ("tool-endpoints", 443, 443),
    ]
    assert rules(resources, "tools", "Ingress") == []
    assert rules(resources, "egress", "Ingress") == [("tools", 8443, 8443)]
    assert rules(resources, "launcher", "Ingress") == [("egress", 8082, 8082), ("tools", 8082, 8082)]
    assert rules(resources, "tool-endpoints", "Ingress") == [("tools", 443, 443)]


def test_only_the_egress_service_has_a_rule_to_the_world_and_that_for_two_ports(resources: Resources) -> None:
    assert rules(resources, "egress", "Egress") == [
        ("0.0.0.0/0", 80, 80),
        ("0.0.0.0/0", 443, 443),
        ("gateway", 8081, 8081),
        ("launcher", 8082, 8082),
    ]
    for name in ("tools", "tool-endpoints", "launcher", "gateway"):
        assert "0.0.0.0/0" not in {place for place, _, _ in rules(resources, name, "Egress")}, name


def test_no_packet_of_the_egress_service_goes_to_a_private_network_but_to_the_ports_it_asks(
    resources: Resources,
) -> None:
    entries = [one for one in of_type(resources, "AWS::EC2::NetworkAclEntry").values() if one["Egress"]]
    entries.sort(key=lambda one: one["RuleNumber"])
    read = [
        (one["CidrBlock"], one["RuleAction"], one.get("PortRange", {}).get("From"), one.get("PortRange", {}).get("To"))
        for one in entries
    ]
    refused = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "198.18.0.0/15"]
    assert read == [
        ("10.65.0.0/16", "allow", 8081, 8081),
        ("10.65.0.0/16", "allow", 8082, 8082),
        ("10.64.0.0/16", "allow", 1024, 65535),
        *((cidr, "deny", None, None) for cidr in refused),
        ("0.0.0.0/0", "allow", 80, 80),
        ("0.0.0.0/0", "allow", 443, 443),
    ]
    associated = of_type(resources, "AWS::EC2::SubnetNetworkAclAssociation")
    assert len(associated) == 2


def test_names_that_are_not_listed_are_not_resolved_in_the_network_of_tasks(resources: Resources) -> None:
    lists = of_type(resources, "AWS::Route53Resolver::FirewallDomainList")
    domains = {name: one["Domains"] for name, one in lists.items()}
    [firewall] = of_type(resources, "AWS::Route53Resolver::FirewallRuleGroup").values()
    first, last = sorted(firewall["FirewallRules"], key=lambda rule: rule["Priority"])
    allowed = domains[first["FirewallDomainListId"]["Fn::GetAtt"][0]]
    assert (first["Action"], allowed) == (
        "ALLOW",
        [
            "launcher.lockstep.internal",
            "s3.eu-west-1.amazonaws.com",
            "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com",
            "api.ecr.eu-west-1.amazonaws.com",
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
            "logs.eu-west-1.amazonaws.com",
        ],
    )
    assert (last["Action"], last["BlockResponse"]) == ("BLOCK", "NODATA")
    assert domains[last["FirewallDomainListId"]["Fn::GetAtt"][0]] == ["*"]
    tools = next(
        name for name, one in of_type(resources, "AWS::EC2::VPC").items() if one["CidrBlock"] == "10.64.0.0/16"
    )
    [association] = of_type(resources, "AWS::Route53Resolver::FirewallRuleGroupAssociation").values()
    assert (association["VpcId"], association["MutationProtection"]) == ({"Ref": tools}, "ENABLED")


def test_endpoints_lead_to_our_bucket_image_and_log_alone(resources: Resources) -> None:
    bucket = "arn:aws:s3:::lockstep-dev-artifacts-123456789012"
    found = {}
    for one in of_type(resources, "AWS::EC2::VPCEndpoint").values():
        service = json.dumps(one["ServiceName"])
        name = next(word for word in ("s3", "ecr.api", "ecr.dkr", "logs") if f".{word}" in service)
        found[name] = one["PolicyDocument"]["Statement"]
    assert found.keys() == {"s3", "ecr.api", "ecr.dkr", "logs"}
    assert [(one["Action"], one["Resource"]) for one in found["s3"]] == [
        ("s3:GetObject", f"{bucket}/*"),
        ("s3:PutObject", f"{bucket}/{INCOMING}*"),
        ("s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"),
    ]
    for name in ("ecr.api", "ecr.dkr", "logs"):
        for statement in found[name]:
            assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
    assert {one["Resource"] for one in found["ecr.dkr"]} == {
        "arn:aws:ecr:eu-west-1:123456789012:repository/lockstep/runner"
    }


def test_the_egress_service_holds_one_key_and_no_right(resources: Resources) -> None:
    _, task = the(resources, "AWS::ECS::TaskDefinition", Family="lockstep-dev-egress")
    [container] = task["ContainerDefinitions"]
    assert (container["User"], container["ReadonlyRootFilesystem"]) == ("65534", True)
    assert container["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    [secret] = container["Secrets"]
    assert secret["Name"] == "LOCKSTEP_EGRESS_SIGNING_KEY"
    assert "lockstep/egress-signing-key" in json.dumps(secret)
    role = task["TaskRoleArn"]["Fn::GetAtt"][0]
    assert [one for one in of_type(resources, "AWS::IAM::Policy").values() if {"Ref": role} in one["Roles"]] == []
    [service] = of_type(resources, "AWS::ECS::Service").values()
    assert service["EnableExecuteCommand"] is False
    network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert network["SecurityGroups"] == [{"Fn::GetAtt": [group(resources, "egress"), "GroupId"]}]


def test_what_is_said_of_groups_and_rules_is_written_as_ec2_takes_it(resources: Resources) -> None:
    """It refuses other characters, apostrophes among them, when it is deployed."""
    said = re.findall(r'"(?:Group)?Description": "([^"]*)"', json.dumps(_networks(resources)))
    assert len(said) > 10
    assert [text for text in said if not re.fullmatch(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}", text)] == []


def _networks(resources: Resources) -> Resources:
    return {name: one for name, one in resources.items() if one["Type"].startswith("AWS::EC2::SecurityGroup")}


def test_everything_is_a_resource_where_the_service_knows_no_narrower_one_alone(resources: Resources) -> None:
    opened = {
        action
        for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        for policy in of_type(resources, kind).values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Resource"] == "*"
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert opened == {"ecr:GetAuthorizationToken", "ecs:ListTasks", "ecs:DescribeTaskDefinition"}
    _, starts = the(resources, "AWS::IAM::ManagedPolicy", ManagedPolicyName="lockstep-dev-starts-runners")
    passing = starts["PolicyDocument"]["Statement"][-1]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"runner_image": "lockstep/runner:latest"}, "a tag may come to mean another image"),
        ({"egress_image": None}, "missing or unknown"),
        ({"nat": True}, "missing or unknown"),
        ({"launcher_url": "http://launcher.example.com:8082"}, "launcher_url is"),
        ({"s3_prefix_list": "0.0.0.0/0"}, "s3_prefix_list is an id"),
    ],
)
def test_inputs_of_another_form_are_refused(changed: dict[str, Any], why: str) -> None:
    given = {name: value for name, value in {**INPUTS, **changed}.items() if value is not None}
    with pytest.raises(ValueError, match=why):
        SandboxInputs.of(given)


def test_the_stack_is_made_where_its_inputs_are_told(tmp_path: Path) -> None:
    for told, made in (({}, False), ({"sandbox": INPUTS}, True)):
        app = build(cdk.App(outdir=str(tmp_path), context={**CONTEXT, **told}))
        assert (app.node.try_find_child("LockstepSandbox") is not None) is made
