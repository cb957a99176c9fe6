-- A retry of a run gives its steps as many attempts as they had at first; what was tried before is still counted.
ALTER TABLE steps ADD COLUMN earlier_attempts int NOT NULL DEFAULT 0 CHECK (earlier_attempts >= 0);
