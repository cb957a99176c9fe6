ALTER TABLE invitations ADD COLUMN by_key uuid;
ALTER TABLE service_accounts ADD COLUMN by_key uuid;
ALTER TABLE webhooks ADD COLUMN by_key uuid;
ALTER TABLE schedules ADD COLUMN by_key uuid;
ALTER TABLE triggers ADD COLUMN by_key uuid;
GRANT INSERT (by_key) ON invitations, service_accounts TO control_plane;
