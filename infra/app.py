"""The CDK app: builds the stacks for the target that the context names."""

import aws_cdk as cdk

from infra.environments import from_context
from infra.stacks.identity import IdentityStack
from infra.stacks.messaging import MessagingStack
from infra.stacks.sandbox import SandboxStack
from infra.stacks.storage import StorageStack
from infra.stacks.workflow import WorkflowStack


def build(app: cdk.App) -> cdk.App:
    """Add the three stacks that every target has; in AWS the people who sign in, and where jobs run if it is told how.

    They refer to each other only by names, never by exports, because locally storage is in another LocalStack process.
    """
    environment = from_context(app.node)
    names = environment.names
    StorageStack(app, names.stack("storage"), names=names, **environment.stack_options())
    MessagingStack(app, names.stack("messaging"), names=names, **environment.stack_options())
    WorkflowStack(app, names.stack("workflow"), environment=environment, **environment.stack_options())
    if environment.target == "aws":
        IdentityStack(app, names.stack("identity"), environment=environment, **environment.stack_options())
    if environment.sandbox is not None:
        options = environment.stack_options()
        SandboxStack(app, names.stack("sandbox"), names=names, inputs=environment.sandbox, **options)
    return app


def main() -> None:
    build(cdk.App()).synth()


if __name__ == "__main__":
    main()
