-- A dialect is named by what it carries, since three of the four are one vendor's. A gateway of the version before may still write
-- the old words while it is replaced; nothing reads the column but people, so those few rows may keep them.
UPDATE llm_events SET dialect = CASE dialect WHEN 'openai' THEN 'chat' ELSE 'messages' END WHERE dialect IN ('openai', 'anthropic');
