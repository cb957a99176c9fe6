-- Whoever rebuilds counters from the ledger leaves out the tenants that are deleted or being deleted, whose ledger stays.
GRANT SELECT (tenant_id, status) ON tenant_deletions TO recorder;
CREATE POLICY recorder_deletions ON tenant_deletions FOR SELECT TO recorder USING (status IN ('running', 'deleted'));
