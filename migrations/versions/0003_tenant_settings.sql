GRANT UPDATE (settings) ON tenants TO control_plane;
