DROP INDEX CONCURRENTLY IF EXISTS api_keys_known_to;
CREATE INDEX CONCURRENTLY api_keys_known_to ON api_keys (tenant_id, known_to) WHERE known_to IS NOT NULL;
