"""Who may sign in: the users' pool, its operators, and the function before each token. Locally there is none.

LocalStack has no Cognito: the control plane issues tokens itself there.
"""

from typing import Any

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.capabilities.function import Function
from infra.capabilities.user_pool import UserPool
from infra.environments import Environment

LOOPBACK_CALLBACK = "http://localhost:8400/callback"
"""Where a program on somebody's machine waits for the code; over http Cognito takes only this host's name."""


class IdentityStack(Stack):
    """What it puts out are the settings of the control plane: `LOCKSTEP_ISSUER`, `…_JWKS_URL`, `…_AUDIENCE`."""

    def __init__(self, scope: Construct, construct_id: str, *, environment: Environment, **options: Any) -> None:
        super().__init__(scope, construct_id, **options)
        names = environment.names
        layers: list[lambda_.ILayerVersion] = []
        if environment.lambda_packages is not None:
            code = lambda_.Code.from_asset(str(environment.lambda_packages))
            layers.append(lambda_.LayerVersion(self, "Packages", code=code))
        before_tokens = Function(
            self,
            "PreTokenGeneration",
            module="pre_token_generation",
            name=names.of("pre-token-generation"),
            environment=environment.lambda_environment,
            layers=layers,
        ).function
        people = UserPool(
            self,
            "People",
            name=names.of("people"),
            # It contains the account, because a prefix must be unique in its region.
            domain_prefix=names.of(names.account),
            callback_urls=[LOOPBACK_CALLBACK],
            before_tokens=before_tokens,
        )
        issuer = f"https://cognito-idp.{names.region}.amazonaws.com/{people.pool.user_pool_id}"
        CfnOutput(self, "Issuer", value=issuer)
        CfnOutput(self, "JwksUrl", value=f"{issuer}/.well-known/jwks.json")
        CfnOutput(self, "Audience", value=people.client.user_pool_client_id)
