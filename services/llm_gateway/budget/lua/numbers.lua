-- Prepended first: how numbers leave Lua, and what time it is.
--
-- Amounts leave and enter as strings; all of them stay below 9e15, where Lua's numbers are exact.

local function text(number)
    return string.format('%d', number)
end

local function now_us()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function now_ms()
    return math.floor(now_us() / 1000)
end

