-- Changes what is committed without a hold, exactly once, with its event in the same step: a correction by a provider's
-- report, or a charge of what was admitted while nothing could be held.
--
-- KEYS  1 epoch  2 stream  3 marker of this adjustment  4… scopes
-- ARGV  1 tokens to add (may be negative)  2 nano-dollars to add  3 day  4 month  5 the event
--       6 the millisecond of the commit that is corrected ('' = it is a charge of its own, made now)
--       then for each scope '1' when windowed
-- Answers  closed | already | adjusted
if redis.call('EXISTS', KEYS[1]) == 0 then
    return 'closed'
end
if not redis.call('SET', KEYS[3], '1', 'NX', 'EX', LAPSED_TTL) then
    return 'already'
end
local tokens, nano, made = tonumber(ARGV[1]), tonumber(ARGV[2]), append(KEYS[2], ARGV[5])
local corrected = tonumber(ARGV[6])
for number = 4, #KEYS do
    local windowed, known = ARGV[number + 3] == '1', redis.call('EXISTS', KEYS[number]) == 1
    -- a scope that is not counted any more (its run is long over) needs no correction
    if known or not corrected then
        local scope = read_scope(KEYS[number], windowed)
        change_scope(scope, ARGV[3], ARGV[4], tokens, nano, 0, 0)
        write_scope(scope)
        commit_rolling(scope, made, corrected or made, tokens, nano)
        if not known and not windowed then
            redis.call('EXPIRE', KEYS[number], RUN_TTL)
        end
    end
end
return 'adjusted'
