"""The network of the tasks that run jobs: without a gateway to anywhere, with names that may be resolved.

It is a VPC of its own, because a firewall for DNS is of a whole VPC, and the egress service has to resolve every name.
"""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_route53resolver as resolver
from constructs import Construct

from infra.names import INCOMING, Names

CIDR = "10.64.0.0/16"
ZONES = 2
HTTPS = 443


class ToolNetwork(Construct):
    """Isolated subnets, a group for tasks that allows nothing by itself, and the endpoints that starting one needs."""

    def __init__(self, scope: Construct, construct_id: str, *, names: Names, repository: str, logs: str) -> None:
        """`repository` is where the runner's image lies in ECR, `logs` the name of the group that tasks write to."""
        super().__init__(scope, construct_id)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            vpc_name=names.of("tools"),
            ip_addresses=ec2.IpAddresses.cidr(CIDR),
            max_azs=ZONES,
            nat_gateways=0,
            create_internet_gateway=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="tools", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=20)
            ],
        )
        self.tasks = ec2.SecurityGroup(
            self,
            "Tasks",
            vpc=self.vpc,
            security_group_name=names.of("tools"),
            description="Tasks that run jobs. Each place that they reach has a rule, and nothing reaches them.",
            allow_all_outbound=False,
        )
        self._artifacts(names)
        self._starting(names, repository, logs)

    def allow(self, peer: ec2.IPeer, port: int, why: str) -> None:
        """Let tasks open connections to one place."""
        self.tasks.add_egress_rule(peer, ec2.Port.tcp(port), why)

    def allow_names(self, names: Names, hosts: Sequence[str]) -> None:
        """These names are resolved and no others: a query that cannot be judged is not answered either.

        That it fails closed is the service's usual setting (`FirewallFailOpen` is DISABLED), for which CloudFormation
        has no resource.
        """
        group = resolver.CfnFirewallRuleGroup(
            self,
            "Names",
            name=names.of("tool-names"),
            firewall_rules=[
                # Names of AWS lead on by others of AWS's own, which nobody has to list.
                self._rule(1, "ALLOW", self._domains("Allowed", hosts), redirection="TRUST_REDIRECTION_DOMAIN"),
                self._rule(2, "BLOCK", self._domains("Everything", ["*"]), block_response="NODATA"),
            ],
        )
        resolver.CfnFirewallRuleGroupAssociation(
            self,
            "NamesOfTheNetwork",
            name=names.of("tool-names"),
            firewall_rule_group_id=group.attr_id,
            vpc_id=self.vpc.vpc_id,
            priority=101,
            mutation_protection="ENABLED",
        )

    def _artifacts(self, names: Names) -> None:
        """By the VPC's gateway for S3: files are read from the bucket of artifacts, and written where forms write."""
        gateway = self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        bucket = f"arn:aws:s3:::{names.artifacts_bucket}"
        gateway.add_to_policy(_anybody(["s3:GetObject"], [f"{bucket}/*"]))
        gateway.add_to_policy(_anybody(["s3:PutObject"], [f"{bucket}/{INCOMING}*"]))
        layers = f"arn:aws:s3:::prod-{names.region}-starport-layer-bucket/*"
        gateway.add_to_policy(_anybody(["s3:GetObject"], [layers]))

    def _starting(self, names: Names, repository: str, logs: str) -> None:
        """What the platform's own agent asks when it starts a task; it has credentials, which the container has not."""
        group = ec2.SecurityGroup(
            self,
            "Endpoints",
            vpc=self.vpc,
            security_group_name=names.of("tool-endpoints"),
            description="What starts a task asks for its image and writes its log here.",
            allow_all_outbound=False,
        )
        group.add_ingress_rule(self.tasks, ec2.Port.tcp(HTTPS), "from tasks")
        self.allow(group, HTTPS, "the image and the log, when a task starts")
        image = f"arn:aws:ecr:{names.region}:{names.account}:repository/{repository}"
        read = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        log_group = f"arn:aws:logs:{names.region}:{names.account}:log-group:{logs}:*"
        services = ec2.InterfaceVpcEndpointAwsService
        allowed = {
            "EcrApi": (services.ECR, [_own(names, ["ecr:GetAuthorizationToken"], ["*"]), _own(names, read, [image])]),
            "EcrImages": (services.ECR_DOCKER, [_own(names, read, [image])]),
            "Logs": (
                services.CLOUDWATCH_LOGS,
                [_own(names, ["logs:CreateLogStream", "logs:PutLogEvents"], [log_group])],
            ),
        }
        for name, (service, statements) in allowed.items():
            endpoint = self.vpc.add_interface_endpoint(
                name, service=service, security_groups=[group], open=False, private_dns_enabled=True
            )
            for statement in statements:
                endpoint.add_to_policy(statement)

    def _domains(self, name: str, hosts: Sequence[str]) -> str:
        return resolver.CfnFirewallDomainList(self, f"{name}Names", domains=list(hosts)).attr_id

    def _rule(
        self,
        priority: int,
        action: str,
        domains: str,
        *,
        redirection: str | None = None,
        block_response: str | None = None,
    ) -> resolver.CfnFirewallRuleGroup.FirewallRuleProperty:
        return resolver.CfnFirewallRuleGroup.FirewallRuleProperty(
            action=action,
            priority=priority,
            firewall_domain_list_id=domains,
            firewall_domain_redirection_action=redirection,
            block_response=block_response,
        )


def _anybody(actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    """For requests that were presigned by somebody who may: the endpoint asks what they lead to, not who signed."""
    return iam.PolicyStatement(actions=actions, resources=resources, principals=[iam.AnyPrincipal()])


def _own(names: Names, actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    """For principals of this account alone: with another account's credentials nothing is carried out of here."""
    return iam.PolicyStatement(
        actions=actions,
        resources=resources,
        principals=[iam.AnyPrincipal()],
        conditions={"StringEquals": {"aws:PrincipalAccount": names.account}},
    )
