"""`python -m infra.alerting` writes what is made of the alerts: rules, dashboards, the agent's configuration."""

import json
from pathlib import Path

import yaml

from infra.alerting.cloudwatch_agent import agent_document
from infra.alerting.dashboards import DASHBOARDS, dashboard
from infra.alerting.prometheus import rules_document

FILES = Path(__file__).parent / "files"


def files() -> dict[str, str]:
    """Each file's text by its name."""
    dashboards = {f"dashboard-{title.lower().replace(' ', '-')}.json": _json(dashboard(title)) for title in DASHBOARDS}
    rules = yaml.safe_dump(rules_document(), sort_keys=False, width=160)
    return {"prometheus-rules.yaml": rules, "cloudwatch-agent.json": _json(agent_document()), **dashboards}


def _json(document: object) -> str:
    return json.dumps(document, indent=2) + "\n"


def main() -> None:
    FILES.mkdir(exist_ok=True)
    for name, text in files().items():
        (FILES / name).write_text(text, encoding="utf-8")
        print(FILES / name)


if __name__ == "__main__":
    main()
