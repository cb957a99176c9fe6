"""Where a tenant's own tools come from: documents that are read once, and become tools in versions."""
