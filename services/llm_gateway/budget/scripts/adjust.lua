-- Corrects what is committed by a provider's usage report, exactly once, with the adjustment event in the same step.
--
-- KEYS  1 epoch  2 stream  3 marker of this adjustment  4… scopes
-- ARGV  1 tokens to add (may be negative)  2 nano-dollars to add  3 day  4 month  5 the event
--       then for each scope '1' when windowed
-- Answers  closed | already | adjusted
if redis.call('EXISTS', KEYS[1]) == 0 then
    return 'closed'
end
if not redis.call('SET', KEYS[3], '1', 'NX', 'EX', LAPSED_TTL) then
    return 'already'
end
for number = 4, #KEYS do
    -- a scope that is not counted any more (its run is long over) needs no correction
    if redis.call('EXISTS', KEYS[number]) == 1 then
        local scope = read_scope(KEYS[number], ARGV[number + 2] == '1')
        change_scope(scope, ARGV[3], ARGV[4], tonumber(ARGV[1]), tonumber(ARGV[2]), 0, 0)
        write_scope(scope)
    end
end
redis.call('XADD', KEYS[2], '*', 'event', ARGV[5])
return 'adjusted'
