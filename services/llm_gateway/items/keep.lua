-- Keeps items for a while, and of one tenant no more than so many bytes: the oldest go first.
--
-- KEYS  1 the tenant's index, a list of "<bytes> <key>"  2 the sum of those bytes  3… the items' keys
-- ARGV  1 seconds to keep them  2 bytes a tenant may have  3… the items
local kept = 0
for number = 3, #KEYS do
    local sealed = ARGV[number]
    redis.call('SET', KEYS[number], sealed, 'EX', ARGV[1])
    redis.call('RPUSH', KEYS[1], #sealed .. ' ' .. KEYS[number])
    kept = redis.call('INCRBY', KEYS[2], #sealed)
end
while kept > tonumber(ARGV[2]) do
    local oldest = redis.call('LPOP', KEYS[1])
    if not oldest then
        redis.call('SET', KEYS[2], 0)
        break
    end
    local size, key = string.match(oldest, '^(%d+) (.+)$')
    redis.call('DEL', key)
    kept = redis.call('DECRBY', KEYS[2], size)
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[1])
