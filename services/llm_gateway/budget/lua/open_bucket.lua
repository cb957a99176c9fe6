-- Writes a bucket's rebuilt counters and opens it, if it is still closed and still ours to rebuild.
--
-- KEYS  1 epoch  2 lock  3 leases      ARGV  1 the lock's owner  2 the new epoch
--       3 keys to remove (JSON list)
--       4 scopes (JSON object: key to a flat list of fields and values; a list in it is the values of `counts`)
--       5 prefix  6 ids of holds whose events the ledger has (JSON list)
-- Answers  open | lost | done
if redis.call('EXISTS', KEYS[1]) == 1 then
    return 'open'
end
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
    return 'lost'
end
for _, key in ipairs(cjson.decode(ARGV[3])) do
    redis.call('DEL', key)
end
for key, fields in pairs(cjson.decode(ARGV[4])) do
    for at, value in ipairs(fields) do
        if type(value) == 'table' then
            fields[at] = cmsgpack.pack(unpack(value))
        end
    end
    redis.call('HSET', key, unpack(fields))
    if string.find(key, ':run:', 1, true) or string.find(key, ':step:', 1, true) then
        redis.call('EXPIRE', key, RUN_TTL)
    end
    local width = string.match(key, ':rolling:(%d+)$')
    if width then
        keep_rolling(key, width)
    end
end
for _, id in ipairs(cjson.decode(ARGV[6])) do
    redis.call('ZREM', KEYS[3], id)
    redis.call('DEL', ARGV[5] .. 'hold:' .. id)
    redis.call('HSET', ARGV[5] .. 'hold:' .. id, 'state', 'settled')
    redis.call('EXPIRE', ARGV[5] .. 'hold:' .. id, SETTLED_TTL)
end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('DEL', KEYS[2])
return 'done'
