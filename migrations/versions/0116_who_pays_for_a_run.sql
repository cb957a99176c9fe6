-- Whose budgets and limits the calls of a run count in: those of the key that has asked for it, and of who has retried it
-- last. Runs that are open by now go on as they have begun.
ALTER TABLE runs ADD COLUMN payer_user_id uuid, ADD COLUMN payer_key_id uuid;
