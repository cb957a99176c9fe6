"""The breakers' Lua scripts, which use the clock of Redis, because the gateways' clocks differ."""

PUBLISH = """
-- KEYS 1 states 2 events  ARGV 1 name 2 state 3 milliseconds open 4 why 5 gateway
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local was = redis.call('HGET', KEYS[1], ARGV[1])
local version = was and cjson.decode(was).version + 1 or 1
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode({
    state = ARGV[2], until_ms = now + tonumber(ARGV[3]), why = ARGV[4], by = ARGV[5], version = version }))
redis.call('XADD', KEYS[2], 'MAXLEN', '~', '500', '*',
    'kind', 'breaker', 'name', ARGV[1], 'state', ARGV[2], 'why', ARGV[4], 'by', ARGV[5])
return version
"""

READ = """
-- KEYS 1 states  Answers: now in ms, then name and state by turns
local time = redis.call('TIME')
local answer = { string.format('%.0f', tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)) }
for _, value in ipairs(redis.call('HGETALL', KEYS[1])) do
    answer[#answer + 1] = value
end
return answer
"""

TAKE_TRIAL = """
-- KEYS 1 trials of one breaker  ARGV 1 trial 2 most 3 lease in ms
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
    return 0
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""
