ALTER TABLE runs SET (autovacuum_analyze_threshold = 20, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE steps SET (autovacuum_analyze_threshold = 20, autovacuum_analyze_scale_factor = 0.05, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE step_needs SET (autovacuum_analyze_threshold = 20, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE run_events SET (autovacuum_analyze_threshold = 20, autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE outbox SET (autovacuum_analyze_threshold = 200, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0.02);
