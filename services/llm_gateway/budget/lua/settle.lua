-- Turns a hold into what was really used, exactly once, with its usage event in the same step.
--
-- KEYS  1 epoch  2 leases  3 stream  4 hold  5 call marker (the hold again without one)
-- ARGV  1 reservation id  2 tokens used  3 nano-dollars used  4 the usage event
--       5 seconds to remember that the call's answer is stored ('' = it is not)
--       6 the event that lowers a charge made at the bound ('' = say 'lapsed' and change nothing)
-- Answers  closed | unknown | already | lapsed | settled | lowered
local id, tokens, nano = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

if redis.call('EXISTS', KEYS[1]) == 0 then
    return { 'closed' }
end
local hold = read_hold(KEYS[4])
if not hold then
    return { 'unknown' }
end
if hold.state == 'settled' then
    return { 'already' }
end
if hold.state == 'lapsed' and ARGV[6] == '' then
    -- what a journal put back was of no more than what was used, so its lapse has charged the truth
    return { (tokens == hold.tokens and nano == hold.nano) and 'already' or 'lapsed' }
end
local answer = 'settled'
if hold.state == 'lapsed' then
    answer = 'lowered'
    local made = append(KEYS[3], ARGV[6])
    hold.watched = ''
    change_scopes(hold, { tokens = tokens - hold.tokens, nano = nano - hold.nano, held_tokens = 0, held_nano = 0,
        made = made, at = hold.at or made }, KEYS[3])
else
    local made = append(KEYS[3], ARGV[4])
    change_scopes(hold, { tokens = tokens, nano = nano, held_tokens = -hold.tokens, held_nano = -hold.nano,
        made = made, at = made }, KEYS[3])
    redis.call('ZREM', KEYS[2], id)
end
end_limits(hold.limited, id, tokens)
redis.call('DEL', KEYS[4])
redis.call('HSET', KEYS[4], 'state', 'settled')
redis.call('EXPIRE', KEYS[4], SETTLED_TTL)
if hold.call ~= '' then
    if ARGV[5] ~= '' then
        redis.call('SET', hold.call, 'settled ' .. id, 'EX', ARGV[5])
    elseif redis.call('GET', hold.call) == 'open ' .. id then
        redis.call('DEL', hold.call)
    end
end
return { answer }
