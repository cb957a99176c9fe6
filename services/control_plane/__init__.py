"""The tenants' API: tasks, runs, artifacts, money, operations; and the relay that starts and stops executions."""
