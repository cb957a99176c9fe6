-- Prepended to every script, after numbers.lua: how often in any window, and how many at once.
--
-- A window that slides is a log of what it admitted: a sorted set of reservation ids by their time in microseconds. What
-- was admitted at t counts in [t, t + width). A log of tokens has a hash beside it: the weight of each id, their `sum`, and
-- the millisecond until which both are `kept`.
-- Slots are a set of the ids that hold one; an id whose hold has no lease any more holds none.

local function weights_of(log)
    return log .. ':weights'
end

local function forget_until(log, edge, weighted)
    if not weighted then
        redis.call('ZREMRANGEBYSCORE', log, '-inf', edge)
        return
    end
    local weights = weights_of(log)
    while true do
        local old = redis.call('ZRANGEBYSCORE', log, '-inf', edge, 'LIMIT', 0, 500)
        if #old == 0 then
            return
        end
        local gone = 0
        for _, weight in ipairs(redis.call('HMGET', weights, unpack(old))) do
            gone = gone + tonumber(weight or 0)
        end
        redis.call('ZREM', log, unpack(old))
        redis.call('HDEL', weights, unpack(old))
        redis.call('HINCRBY', weights, 'sum', text(0 - gone))
    end
end

-- What is in the log, and until when it is kept where that is known.
local function used_in(log, weighted)
    if not weighted then
        return redis.call('ZCARD', log)
    end
    local values = redis.call('HMGET', weights_of(log), 'sum', 'kept')
    return tonumber(values[1] or 0), tonumber(values[2] or 0)
end

-- The microsecond at which so much has left the window that `excess` is gone; nothing else may come in meanwhile.
local function free_at(log, weighted, excess, width)
    if not weighted then
        return tonumber(redis.call('ZRANGE', log, excess - 1, excess - 1, 'WITHSCORES')[2]) + width
    end
    local from = 0
    while true do
        local some = redis.call('ZRANGE', log, from, from + 199, 'WITHSCORES')
        if #some == 0 then
            return now_us() + width
        end
        for at = 1, #some, 2 do
            excess = excess - tonumber(redis.call('HGET', weights_of(log), some[at]) or 0)
            if excess <= 0 then
                return tonumber(some[at + 1]) + width
            end
        end
        from = from + 200
    end
end

-- When the window will be empty, in microseconds from now.
local function empty_in(log, now, width)
    local last = redis.call('ZRANGE', log, -1, -1, 'WITHSCORES')[2]
    return last and math.max(0, tonumber(last) + width - now) or 0
end

-- Enters an id in a log that was just read: `used` and `kept` are what was found. A log of tokens is kept for twice its
-- width and anew when half of that is over, since asking for it every time would cost as much as the entry. A log that was
-- empty is a new key, which nothing keeps.
local function enter(rate, id, now)
    local log, lasts = rate.log, math.ceil(rate.width / 1000) + 1000
    redis.call('ZADD', log, text(now), id)
    if not rate.weighted then
        redis.call('PEXPIRE', log, text(lasts))
        return
    end
    local weights, weight, sum, now_ms = weights_of(log), text(rate.weight), text(rate.used + rate.weight), now / 1000
    if rate.used > 0 and rate.kept >= now_ms + lasts then
        redis.call('HSET', weights, id, weight, 'sum', sum)
        return
    end
    redis.call('HSET', weights, id, weight, 'sum', sum, 'kept', text(now_ms + 2 * lasts))
    redis.call('PEXPIRE', log, text(2 * lasts))
    redis.call('PEXPIRE', weights, text(2 * lasts))
end

-- What an id weighs is known now; where it has left the window there is nothing to correct.
local function weigh(log, id, weight)
    local values = redis.call('HMGET', weights_of(log), id, 'sum')
    local was = tonumber(values[1])
    if was and was ~= weight then
        redis.call('HSET', weights_of(log), id, text(weight), 'sum', text(tonumber(values[2]) + weight - was))
    end
end

local function slots_taken(slots, leases, most, now)
    local taken = redis.call('SCARD', slots)
    if taken < most then
        return taken
    end
    for _, id in ipairs(redis.call('SMEMBERS', slots)) do
        local until_ms = redis.call('ZSCORE', leases, id)
        if not until_ms or tonumber(until_ms) <= now then
            redis.call('SREM', slots, id)
            taken = taken - 1
        end
    end
    return taken
end

-- A hold's lines are "tokens <log>" and "slots <set>".
local function take_slots(lines, id)
    for slots in string.gmatch(lines, 'slots ([^\n]+)') do
        redis.call('SADD', slots, id)
    end
end

local function end_limits(lines, id, tokens)
    for kind, key in string.gmatch(lines or '', '(%l+) ([^\n]+)') do
        if kind == 'slots' then
            redis.call('SREM', key, id)
        elseif tokens then
            weigh(key, id, tokens)
        end
    end
end
