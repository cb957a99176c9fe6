"""What leads from the tasks' network to the platform's, and back: routes to two kinds of subnets, and two rules."""

from typing import Any

from aws_cdk import Tags
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from constructs import Construct

from infra.capabilities.sandbox.platform_network import PlatformNetwork
from infra.capabilities.sandbox.tool_network import CIDR, ToolNetwork
from infra.names import Names

_REACHED = ("egress", "services")
"""Kinds of subnets of the platform that tasks have a route to; to all others, and to the world, they have none."""


class Between(Construct):
    """Two VPCs of one account, joined; a group's rules name the other side's groups."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        names: Names,
        tools: ToolNetwork,
        platform: PlatformNetwork,
        zone: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._tools, self._platform = tools, platform
        self._peering = ec2.CfnVPCPeeringConnection(
            self, "Peering", vpc_id=tools.vpc.vpc_id, peer_vpc_id=platform.vpc.vpc_id
        )
        Tags.of(self._peering).add("Name", names.of("tools-platform"))
        self._route()
        # Whoever runs the launcher adds its record here.
        self.zone = route53.PrivateHostedZone(self, "Zone", zone_name=zone, vpc=platform.vpc)
        self.zone.add_vpc(tools.vpc)

    def let_tasks_reach(self, name: str, group: ec2.SecurityGroup, port: int, why: str) -> None:
        """Both halves of one rule, made when the networks are joined: before, neither knows the other's groups."""
        ends: dict[str, Any] = {"ip_protocol": "tcp", "from_port": port, "to_port": port, "description": why}
        tasks = self._tools.tasks.security_group_id
        out = ec2.CfnSecurityGroupEgress(
            self, f"To{name}", group_id=tasks, destination_security_group_id=group.security_group_id, **ends
        )
        into = ec2.CfnSecurityGroupIngress(
            self, f"Into{name}", group_id=group.security_group_id, source_security_group_id=tasks, **ends
        )
        for rule in (out, into):
            rule.add_resource_dependency(self._peering)

    def _route(self) -> None:
        reached = [
            subnet for kind in _REACHED for subnet in self._platform.vpc.select_subnets(subnet_group_name=kind).subnets
        ]
        for place, subnet in enumerate(self._tools.vpc.isolated_subnets):
            for other, there in enumerate(reached):
                self._lead(f"There{place}{other}", subnet, there.ipv4_cidr_block)
        for place, there in enumerate(reached):
            self._lead(f"Back{place}", there, CIDR)

    def _lead(self, name: str, subnet: ec2.ISubnet, cidr: str) -> None:
        ec2.CfnRoute(
            self,
            name,
            route_table_id=subnet.route_table.route_table_id,
            destination_cidr_block=cidr,
            vpc_peering_connection_id=self._peering.attr_id,
        )
