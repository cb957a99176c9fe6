"""The people who sign in: a Cognito user pool with a hosted page, and the function that names their tenant to it."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

OPERATORS = "operator"
"""The group whose people operate the platform; the control plane reads it from `cognito:groups`."""


class UserPool(Construct):
    """People sign in by their verified address; nobody makes an account for themselves, an administrator does."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        domain_prefix: str,
        callback_urls: list[str],
        before_tokens: lambda_.IFunction,
    ) -> None:
        super().__init__(scope, construct_id)
        self.pool = cognito.UserPool(
            self,
            "Pool",
            user_pool_name=name,
            # Claims are added to access tokens only under this plan or the one above it.
            feature_plan=cognito.FeaturePlan.ESSENTIALS,
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(sms=False, otp=True),
            password_policy=cognito.PasswordPolicy(min_length=14),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.pool.add_trigger(
            cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, before_tokens, cognito.LambdaVersion.V2_0
        )
        cognito.CfnUserPoolGroup(self, "Operators", user_pool_id=self.pool.user_pool_id, group_name=OPERATORS)
        self.client = self.pool.add_client(
            "Client",
            # Programs on people's machines keep no secret: the code is bound to its verifier (PKCE) instead.
            generate_secret=False,
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
                callback_urls=callback_urls,
            ),
            auth_flows=cognito.AuthFlow(user_srp=True),
            access_token_validity=Duration.minutes(60),
            id_token_validity=Duration.minutes(60),
            refresh_token_validity=Duration.days(30),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
        )
        self.pool.add_domain("Domain", cognito_domain=cognito.CognitoDomainOptions(domain_prefix=domain_prefix))
