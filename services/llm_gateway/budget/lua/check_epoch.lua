-- Closes a bucket whose counters were kept by another life of the server than the one that answers now.
--
-- KEYS  1 epoch      ARGV  1 the server's run id
local epoch = redis.call('GET', KEYS[1])
if epoch and string.sub(epoch, 1, #ARGV[1]) ~= ARGV[1] then
    redis.call('DEL', KEYS[1])
    return 1
end
return 0
