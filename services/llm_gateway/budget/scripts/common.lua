-- Prepended to every script, after numbers.lua and limits.lua: how a scope's counters are read, changed and written.
--
-- A scope is one hash. It counts what is committed and what is held, in tokens and nano-dollars, in total and (for the
-- lasting scopes: tenant, user, key) in the current day and month of the tenant's calendar; `day` and `month` name those
-- windows.

local SETTLED_TTL = 3600         -- seconds for which a repeated settlement is recognised here; later PostgreSQL knows
local LAPSED_TTL = 7 * 86400     -- seconds for which true usage may still lower a lapsed charge
local LARGEST = 9e15

local function window(values, at, label)
    return {
        label = label or '',
        tokens = tonumber(values[at] or 0),
        nano = tonumber(values[at + 1] or 0),
        held_tokens = tonumber(values[at + 2] or 0),
        held_nano = tonumber(values[at + 3] or 0),
    }
end

local function read_scope(key, windowed)
    if not windowed then
        local values = redis.call('HMGET', key, 'tokens', 'nano', 'held_tokens', 'held_nano')
        return { key = key, total = window(values, 1) }
    end
    local values = redis.call('HMGET', key, 'tokens', 'nano', 'held_tokens', 'held_nano',
        'day', 'day_tokens', 'day_nano', 'day_held_tokens', 'day_held_nano',
        'month', 'month_tokens', 'month_nano', 'month_held_tokens', 'month_held_nano')
    return {
        key = key,
        total = window(values, 1),
        day = window(values, 6, values[5]),
        month = window(values, 11, values[10]),
    }
end

-- Starts a calendar window anew when `label` names a later one; false when `label` names one that is over.
local function reaches(one, label)
    if one.label < label then
        one.label, one.tokens, one.nano, one.held_tokens, one.held_nano = label, 0, 0, 0, 0
    end
    return one.label == label
end

local function change(one, committed_tokens, committed_nano, held_tokens, held_nano)
    one.tokens = one.tokens + committed_tokens
    one.nano = one.nano + committed_nano
    one.held_tokens = one.held_tokens + held_tokens
    one.held_nano = one.held_nano + held_nano
end

local function change_scope(scope, day, month, committed_tokens, committed_nano, held_tokens, held_nano)
    change(scope.total, committed_tokens, committed_nano, held_tokens, held_nano)
    if scope.day and reaches(scope.day, day) then
        change(scope.day, committed_tokens, committed_nano, held_tokens, held_nano)
    end
    if scope.month and reaches(scope.month, month) then
        change(scope.month, committed_tokens, committed_nano, held_tokens, held_nano)
    end
end

local function write_scope(scope)
    local total, day, month = scope.total, scope.day, scope.month
    if not day then
        redis.call('HSET', scope.key, 'tokens', text(total.tokens), 'nano', text(total.nano),
            'held_tokens', text(total.held_tokens), 'held_nano', text(total.held_nano))
        return
    end
    redis.call('HSET', scope.key, 'tokens', text(total.tokens), 'nano', text(total.nano),
        'held_tokens', text(total.held_tokens), 'held_nano', text(total.held_nano),
        'day', day.label, 'day_tokens', text(day.tokens), 'day_nano', text(day.nano),
        'day_held_tokens', text(day.held_tokens), 'day_held_nano', text(day.held_nano),
        'month', month.label, 'month_tokens', text(month.tokens), 'month_nano', text(month.nano),
        'month_held_tokens', text(month.held_tokens), 'month_held_nano', text(month.held_nano))
end

-- Whether four fifths of a limit are committed. The fifth is rounded down: limits are whole, and none warns early.
local function is_nearly_spent(committed, limit)
    return committed >= limit - math.floor(limit / 5)
end

-- Says once a scope and window that it is nearly spent. `watched` are the limits of the scopes when the hold was made,
-- in lines of "<number of the scope> <window> <unit> <limit>".
local function warn(scope, number, watched, stream)
    for window_name, unit, limit in string.gmatch(watched, '%f[^\n%z]' .. number .. ' (%l+) (%l+) (%d+)%f[\n%z]') do
        local one, mark = scope[window_name], 'warned_' .. window_name
        if one and is_nearly_spent(one[unit], tonumber(limit)) then
            local label = one.label == '' and 'total' or one.label
            if redis.call('HGET', scope.key, mark) ~= label then
                redis.call('HSET', scope.key, mark, label)
                redis.call('XADD', stream, '*', 'warning', scope.key, 'period', window_name, 'label', label,
                    'unit', unit, 'limit', limit, 'committed', text(one[unit]))
            end
        end
    end
end

-- The scopes of a hold are stored as lines of "<1 when windowed, else 0><key>".
local function change_scopes(lines, day, month, committed_tokens, committed_nano, held_tokens, held_nano, watched, stream)
    local number = 0
    for mark, key in string.gmatch(lines, '([01])([^\n]+)') do
        local scope = read_scope(key, mark == '1')
        number = number + 1
        change_scope(scope, day, month, committed_tokens, committed_nano, held_tokens, held_nano)
        write_scope(scope)
        if watched and watched ~= '' then
            warn(scope, number, watched, stream)
        end
    end
end

local function read_hold(key)
    local values = redis.call('HMGET', key,
        'state', 'tokens', 'nano', 'day', 'month', 'scopes', 'event', 'call', 'limited', 'watched')
    if not values[1] then
        return nil
    end
    return {
        state = values[1], tokens = tonumber(values[2] or 0), nano = tonumber(values[3] or 0),
        day = values[4], month = values[5], scopes = values[6], event = values[7], call = values[8],
        limited = values[9] or '', watched = values[10] or '',
    }
end

-- Turns a hold whose lease ran out into a charge at its bound. It never becomes free room.
local function lapse(prefix, id, leases, stream)
    local key = prefix .. 'hold:' .. id
    local hold = read_hold(key)
    redis.call('ZREM', leases, id)
    if not hold or hold.state ~= 'open' then
        return
    end
    change_scopes(hold.scopes, hold.day, hold.month, hold.tokens, hold.nano, -hold.tokens, -hold.nano,
        hold.watched, stream)
    end_limits(hold.limited, id)
    redis.call('XADD', stream, '*', 'event', hold.event)
    redis.call('HSET', key, 'state', 'lapsed')
    redis.call('EXPIRE', key, LAPSED_TTL)
    if hold.call ~= '' and redis.call('GET', hold.call) == 'open ' .. id then
        redis.call('DEL', hold.call)
    end
end

local function lapse_due(prefix, leases, stream, now, most)
    local due = redis.call('ZRANGEBYSCORE', leases, '-inf', text(now), 'LIMIT', 0, most)
    for _, id in ipairs(due) do
        lapse(prefix, id, leases, stream)
    end
    return #due
end
