"""What the control plane asks the gateway, service to service."""
