"""The tool `git` inside the sandbox: one action on one repository, whoever wrote its `.git`."""
