-- Every request that a job makes, refused ones included, is a row of its tenant's audit; workers only add to it.
GRANT INSERT ON audit_log TO orchestrator;
