GRANT UPDATE (name, description) ON service_accounts TO control_plane;
