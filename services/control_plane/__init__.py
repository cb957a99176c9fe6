"""The tenants' API: tasks, runs, artifacts; and the relay that starts and stops executions."""
