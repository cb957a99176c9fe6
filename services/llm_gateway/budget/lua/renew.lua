-- Moves the end of open holds' leases; answers the ids of those that are no longer open.
--
-- KEYS  1 epoch  2 leases      ARGV  1 lease in ms  2… reservation ids
if redis.call('EXISTS', KEYS[1]) == 0 then
    return redis.error_reply('LOCKSTEP closed')
end
local until_ms, gone = text(now_ms() + tonumber(ARGV[1])), {}
for number = 2, #ARGV do
    if redis.call('ZSCORE', KEYS[2], ARGV[number]) then
        redis.call('ZADD', KEYS[2], 'XX', 'GT', until_ms, ARGV[number])
    else
        gone[#gone + 1] = ARGV[number]
    end
end
return gone
