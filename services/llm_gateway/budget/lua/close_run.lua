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
-- Run tokens live ten minutes, and a late settlement may still come within the day. A retry opens the run again within a
-- day too, and finds here what was spent; its first call may come later.
local CLOSED_TTL = 3 * 86400
for _, key in ipairs(redis.call('SMEMBERS', KEYS[2] .. ':steps')) do
    redis.call('EXPIRE', key, CLOSED_TTL)
end
redis.call('EXPIRE', KEYS[2], CLOSED_TTL)
redis.call('EXPIRE', KEYS[2] .. ':steps', CLOSED_TTL)
return 'done'
