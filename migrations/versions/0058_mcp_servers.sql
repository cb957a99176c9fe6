-- Wider than before, so that every row keeps it.
ALTER TABLE tool_sources DROP CONSTRAINT tool_sources_kind_check;
ALTER TABLE tool_sources ADD CONSTRAINT tool_sources_kind_check CHECK (kind IN ('openapi', 'mcp')) NOT VALID;
-- of an MCP server: what it is, the files of its packages, the digests of all tools that it showed, and who read them
ALTER TABLE tool_source_versions ADD COLUMN server jsonb;
ALTER TABLE tool_source_versions
    ADD CONSTRAINT tool_source_versions_server_check CHECK (jsonb_typeof(server) = 'object') NOT VALID;
GRANT SELECT (tenant_id, name, version, server) ON tool_source_versions TO orchestrator;
