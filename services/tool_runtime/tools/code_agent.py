"""`code_agent`: a coding agent of somebody else's as a process in the sandbox, around it a program of ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from foundation.contracts.gateway.job_access import MODEL_HOST, PLACEHOLDER_KEY
from foundation.contracts.tools.code_agent import CODE_AGENT, TOLD_NAME, CodeAgentArguments
from foundation.contracts.tools.contract import ToolContract
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, ModelCalls, Repeats, our_program
from tool_runtime.tools.programs.clock import SECONDS
from tool_runtime.tools.programs.git.commands import ENVIRONMENT

AGENT_FOLDERS = {"claude_code": "claude-code", "codex": "codex"}
"""Where below the sandbox's root on the host each agent is installed, if it is."""


def agents_lacking(root: Path) -> Mapping[str, str]:
    """Of a machine whose sandboxes are made of what lies there."""
    return {
        agent: f"{agent} is not installed where tools run; its operator can install it"
        for agent, folder in AGENT_FOLDERS.items()
        if not (root / folder).is_dir()
    }


@dataclass(frozen=True, slots=True)
class CodeAgent:
    """The program finds no key that is worth anything: the job's proxy has it."""

    spec: ToolContract = CODE_AGENT

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = CodeAgentArguments.model_validate(arguments)
        told = given.model_dump(mode="json", exclude={"timeout_seconds", "max_model_calls"})
        # By what it is asked, so that the same call is the same session and its requests are the same again.
        session = str(uuid5(NAMESPACE_URL, json.dumps(told, sort_keys=True)))
        told |= {"session": session, "gateway": f"https://{MODEL_HOST}", "key": PLACEHOLDER_KEY}
        return Invocation(
            argv=our_program("code_agent.main"),
            env={**BASE_ENVIRONMENT, **ENVIRONMENT},
            files=((f"in/{TOLD_NAME}", json.dumps(told).encode()),),
            wall_seconds=given.timeout_seconds,
            models=ModelCalls(given.model, given.max_model_calls),
            seconds_in=SECONDS,
        )
