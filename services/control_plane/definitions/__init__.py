"""What tenants define: tasks and their versions, what is found in them at creation, and the tools they may use."""
