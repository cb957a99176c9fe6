"""The network of the platform's own services, in which the egress service alone has a way to the world.

A list of the subnet's own stands around the egress service: whatever it were made to ask for, packets to addresses of
private networks are dropped, but for the launcher and the gateway.
"""

from collections.abc import Iterator
from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from infra.capabilities.sandbox.tool_network import CIDR as TOOLS_CIDR
from infra.names import Names

CIDR = "10.65.0.0/16"
ZONES = 2
WORLD = "0.0.0.0/0"
PORTS = (80, 443)
"""What jobs reach of the world."""
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "198.18.0.0/15")
_EPHEMERAL = ec2.AclTraffic.tcp_port_range(1024, 65535)


class PlatformNetwork(Construct):
    """Subnets for the egress service, for other services, and for the gateways of network addresses."""

    def __init__(
        self, scope: Construct, construct_id: str, *, names: Names, egress_port: int, inner_ports: list[int]
    ) -> None:
        """`inner_ports` are those of the launcher and of the gateway, which the egress service asks."""
        super().__init__(scope, construct_id)
        private = ec2.SubnetType.PRIVATE_WITH_EGRESS
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            vpc_name=names.of("platform"),
            ip_addresses=ec2.IpAddresses.cidr(CIDR),
            max_azs=ZONES,
            nat_gateways=ZONES,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="nat", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=26),
                ec2.SubnetConfiguration(name="egress", subnet_type=private, cidr_mask=22),
                ec2.SubnetConfiguration(name="services", subnet_type=private, cidr_mask=20),
            ],
        )
        self.egress_subnets = ec2.SubnetSelection(subnet_group_name="egress")
        self.egress = self._group("Egress", names.of("egress"), "The egress service: the way out of all jobs.")
        self.launcher = self._group("Launcher", names.of("launcher"), "The launcher: gives jobs to tasks.")
        self.gateway = self._group("Gateway", names.of("gateway"), "The door of the LLM gateway for services.")
        for port in PORTS:
            self.egress.add_egress_rule(ec2.Peer.ipv4(WORLD), ec2.Port.tcp(port), "what jobs may reach of the world")
        self._around_egress(egress_port, inner_ports)

    def let_egress_ask(self, service: ec2.SecurityGroup, port: int, why: str) -> None:
        self.egress.add_egress_rule(service, ec2.Port.tcp(port), why)
        service.add_ingress_rule(self.egress, ec2.Port.tcp(port), why)

    def _group(self, construct_id: str, name: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self,
            construct_id,
            vpc=self.vpc,
            security_group_name=name,
            description=description,
            allow_all_outbound=False,
        )

    def _around_egress(self, egress_port: int, inner_ports: list[int]) -> None:
        acl = ec2.NetworkAcl(self, "AroundEgress", vpc=self.vpc, subnet_selection=self.egress_subnets)
        for number, (name, entry) in enumerate(_entries(egress_port, inner_ports), 1):
            acl.add_entry(name, rule_number=10 * number, **entry)


def _entries(egress_port: int, inner_ports: list[int]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The first that fits a packet counts; without one it is dropped."""
    for port in inner_ports:
        yield f"Inner{port}", _out(CIDR, ec2.AclTraffic.tcp_port(port))
    yield "AnswersToRunners", _out(TOOLS_CIDR, _EPHEMERAL)
    for cidr in PRIVATE:
        name = "No" + cidr.partition("/")[0].replace(".", "x")
        yield name, {**_out(cidr, ec2.AclTraffic.all_traffic()), "rule_action": ec2.Action.DENY}
    for port in PORTS:
        yield f"World{port}", _out(WORLD, ec2.AclTraffic.tcp_port(port))
    yield "Runners", _into(TOOLS_CIDR, ec2.AclTraffic.tcp_port(egress_port))
    # What the world, the launcher and the gateway answer.
    yield "Answers", _into(WORLD, _EPHEMERAL)


def _out(cidr: str, traffic: ec2.AclTraffic) -> dict[str, Any]:
    return {"cidr": ec2.AclCidr.ipv4(cidr), "traffic": traffic, "direction": ec2.TrafficDirection.EGRESS}


def _into(cidr: str, traffic: ec2.AclTraffic) -> dict[str, Any]:
    return {"cidr": ec2.AclCidr.ipv4(cidr), "traffic": traffic, "direction": ec2.TrafficDirection.INGRESS}
