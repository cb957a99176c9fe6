-- Puts a hold of a journal back after Redis lost it. In a closed bucket the rebuild counts it; in an open one it counts now.
-- Where a restart has brought back the hold, but not its settlement, it is cut down to what it took: the rest of its room
-- was given to others since.
--
-- KEYS  1 epoch  2 leases  3 hold  4 call marker (the hold again without one)
-- ARGV  1 reservation id  2 lease in ms  3 tokens  4 nano-dollars  5 day  6 month  7 scopes  8 event  9 '1' with a marker
--       10 the logs and slots that it is in  11 '1' when the bound is an estimate
local known = redis.call('HMGET', KEYS[3], 'state', 'tokens', 'nano')
if known[1] then
    local same = known[2] == ARGV[3] and known[3] == ARGV[4]
    if known[1] ~= 'open' or same or redis.call('EXISTS', KEYS[1]) == 1 then
        return 'known'
    end
    redis.call('HSET', KEYS[3], 'tokens', ARGV[3], 'nano', ARGV[4], 'event', ARGV[8])
    return 'restored'
end
redis.call('HSET', KEYS[3], 'state', 'open', 'tokens', ARGV[3], 'nano', ARGV[4], 'day', ARGV[5], 'month', ARGV[6],
    'scopes', ARGV[7], 'event', ARGV[8], 'call', ARGV[9] == '1' and KEYS[4] or '',
    'limited', ARGV[10], 'estimate', ARGV[11])
take_slots(ARGV[10], ARGV[1])
redis.call('ZADD', KEYS[2], text(now_ms() + tonumber(ARGV[2])), ARGV[1])
if ARGV[9] == '1' then
    redis.call('SET', KEYS[4], 'open ' .. ARGV[1], 'NX')
end
if redis.call('EXISTS', KEYS[1]) == 1 then
    change_scopes({ scopes = ARGV[7], day = ARGV[5], month = ARGV[6] },
        { tokens = 0, nano = 0, held_tokens = tonumber(ARGV[3]), held_nano = tonumber(ARGV[4]) })
end
return 'restored'
