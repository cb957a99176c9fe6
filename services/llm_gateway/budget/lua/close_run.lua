-- Closes a run's money scope up to a generation: no later call of it is admitted. Holds that are open settle as always.
--
-- KEYS  1 epoch  2 run      ARGV  1 generation
-- Answers  closed (the bucket is) | done
if redis.call('EXISTS', KEYS[1]) == 0 then
    return 'closed'
end
if tonumber(redis.call('HGET', KEYS[2], 'closed') or 0) < tonumber(ARGV[1]) then
    redis.call('HSET', KEYS[2], 'closed', ARGV[1])
end
-- Run tokens live ten minutes; a late settlement may still come within the day. What the run itself has spent is kept as
-- long as a run may live: a retry may open it again, and make its first call only after an approval that takes weeks.
for _, key in ipairs(redis.call('SMEMBERS', KEYS[2] .. ':steps')) do
    redis.call('EXPIRE', key, 86400)
end
redis.call('EXPIRE', KEYS[2], RUN_TTL)
redis.call('EXPIRE', KEYS[2] .. ':steps', 86400)
return 'done'
