"""The secrets that services read by name. Their values are set after the deployment, never by a template."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from infra.peppers import API_KEY_PEPPERS
from infra.secret_values import (
    EGRESS_PUBLIC_KEYS,
    EGRESS_SIGNING_KEY,
    PLACEHOLDER,
    REPLAY_KEY,
    SERVICE_PUBLIC_KEYS,
    SERVICE_SIGNING_KEY,
    TENANT_SECRET_KEYS,
    TENANT_SECRET_PUBLIC_KEYS,
    USER_SIGNING_KEY,
    WEBHOOK_KEY,
)

DESCRIPTIONS = {
    SERVICE_SIGNING_KEY: "Ed25519 private JWK with which services name themselves to each other",
    SERVICE_PUBLIC_KEYS: "JWKS with which services are verified",
    EGRESS_SIGNING_KEY: "Ed25519 private JWK that names egress services to the launcher; good for nothing else",
    EGRESS_PUBLIC_KEYS: "JWKS with which the launcher verifies egress services",
    USER_SIGNING_KEY: "RSA private JWK of the issuer of users' tokens; used by the local issuer only",
    API_KEY_PEPPERS: "the peppers with which API keys are hashed, and which is the current one",
    TENANT_SECRET_KEYS: "JWKS of X25519 private keys that open tenants' secrets; for the tool runtime alone",
    TENANT_SECRET_PUBLIC_KEYS: "JWKS for which tenants' secrets are closed; the first key is the one that is used",
    WEBHOOK_KEY: "32 bytes, base64: the secrets with which webhooks are signed are derived from it",
    REPLAY_KEY: "32 bytes, base64: encrypts stored model answers",
}


class Secrets(Construct):
    """Each secret begins as a marked placeholder, which services refuse and the deployment replaces."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        for name, description in DESCRIPTIONS.items():
            secretsmanager.Secret(
                self,
                "".join(part.capitalize() for part in name.removeprefix("lockstep/").split("-")),
                secret_name=name,
                description=description,
                generate_secret_string=secretsmanager.SecretStringGenerator(
                    secret_string_template=PLACEHOLDER, generate_string_key="nonce"
                ),
                removal_policy=RemovalPolicy.RETAIN,
            )
