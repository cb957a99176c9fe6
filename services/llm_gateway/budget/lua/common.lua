-- Prepended to every script, after numbers.lua and limits.lua: how a scope's counters are read, changed and written.
--
-- A scope is one hash. It counts what is committed and what is held, in tokens and nano-dollars, in total and, for the
-- lasting scopes (tenant, user, key), in the current day and month of the tenant's calendar. All of that is one field,
-- `counts`, of MessagePack values in a row: tokens, nano, held tokens, held nano, and for a lasting scope the same of the
-- day and of the month, each after the label that names the window. Fields of their own take four times as long.
--
-- A rolling window of a lasting scope is one hash more, `<scope>:rolling:<width in ms>`; the scope's field `rolling` lists
-- the widths. It counts what is committed in slices of the server's time, `t<number>` and `n<number>`, beside their sum. A
-- slice counts until all of it has left the window. While `state` is `filling`, what the ledger has of the time up to
-- `since` is still to be added, so commits up to then are left out. What is held is the scope's, whatever its age.
--
-- The moment of a commit is that of its stream entry: the ledger has the same.

local SETTLED_TTL = 3600         -- seconds for which a repeated settlement is recognised here; later PostgreSQL knows
local LAPSED_TTL = 7 * 86400     -- seconds for which true usage may still lower a lapsed charge
local RUN_TTL = 35 * 86400        -- seconds for which a run's scopes are kept after they were last given a lease
local ROLLING_TTL = 86400000     -- milliseconds beyond twice its width for which a rolling window nobody asks for is kept
local LARGEST = 9e15

local function window(label, tokens, nano, held_tokens, held_nano)
    return { label = label or '', tokens = tokens or 0, nano = nano or 0, held_tokens = held_tokens or 0,
        held_nano = held_nano or 0 }
end

-- A lasting scope also counts days and months; a run or a step says under which lease its last call came.
local function read_scope(key, windowed)
    if not windowed then
        local values = redis.call('HMGET', key, 'counts', 'closed', 'generation', 'fence')
        return { key = key, total = window('total', cmsgpack.unpack(values[1] or '')), closed = values[2],
            generation = values[3], fence = values[4] }
    end
    local values = redis.call('HMGET', key, 'counts', 'rolling')
    local tokens, nano, held_tokens, held_nano, day, day_tokens, day_nano, day_held_tokens, day_held_nano,
        month, month_tokens, month_nano, month_held_tokens, month_held_nano = cmsgpack.unpack(values[1] or '')
    return {
        key = key,
        rolling = values[2] or nil,
        total = window('total', tokens, nano, held_tokens, held_nano),
        day = window(day, day_tokens, day_nano, day_held_tokens, day_held_nano),
        month = window(month, month_tokens, month_nano, month_held_tokens, month_held_nano),
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
    local counts
    if day then
        counts = cmsgpack.pack(total.tokens, total.nano, total.held_tokens, total.held_nano,
            day.label, day.tokens, day.nano, day.held_tokens, day.held_nano,
            month.label, month.tokens, month.nano, month.held_tokens, month.held_nano)
    else
        counts = cmsgpack.pack(total.tokens, total.nano, total.held_tokens, total.held_nano)
    end
    redis.call('HSET', scope.key, 'counts', counts)
end

local function rolling_key(scope_key, width)
    return scope_key .. ':rolling:' .. width
end

local function keep_rolling(key, width)
    redis.call('PEXPIRE', key, text(2 * tonumber(width) + ROLLING_TTL))
end

-- The rolling window of this width (a text); nil where nothing counts it.
local function read_rolling(scope, width)
    if not string.find(' ' .. (scope.rolling or '') .. ' ', ' ' .. width .. ' ', 1, true) then
        return nil
    end
    local key = rolling_key(scope.key, width)
    local values = redis.call('HMGET', key, 'state', 'since', 'slice', 'tokens', 'nano', 'oldest', 'newest')
    if not values[1] then
        return nil
    end
    return {
        key = key, width = tonumber(width), filling = values[1] == 'filling', since = tonumber(values[2] or 0),
        slice = tonumber(values[3]), tokens = tonumber(values[4]), nano = tonumber(values[5]),
        oldest = tonumber(values[6] or 1), newest = tonumber(values[7] or 0),
    }
end

-- The newest slice of which all has left the window.
local function last_gone(rolling, now)
    return math.floor((now - rolling.width) / rolling.slice) - 1
end

-- Drops the slices that have left.
local function slide(rolling, now)
    local last, names = math.min(last_gone(rolling, now), rolling.newest), {}
    for number = rolling.oldest, last do
        names[#names + 1] = 't' .. text(number)
        names[#names + 1] = 'n' .. text(number)
    end
    if #names == 0 then
        return
    end
    local values = redis.call('HMGET', rolling.key, unpack(names))
    for at = 1, #names, 2 do
        rolling.tokens = rolling.tokens - tonumber(values[at] or 0)
        rolling.nano = rolling.nano - tonumber(values[at + 1] or 0)
    end
    rolling.oldest = last + 1
    redis.call('HDEL', rolling.key, unpack(names))
    redis.call('HSET', rolling.key, 'tokens', text(rolling.tokens), 'nano', text(rolling.nano),
        'oldest', text(rolling.oldest))
end

local function add_to_slice(rolling, number, tokens, nano)
    local tokens_name, nano_name = 't' .. text(number), 'n' .. text(number)
    local values = redis.call('HMGET', rolling.key, tokens_name, nano_name)
    rolling.tokens, rolling.nano = rolling.tokens + tokens, rolling.nano + nano
    if rolling.oldest > rolling.newest then
        rolling.oldest, rolling.newest = number, number
    end
    rolling.oldest, rolling.newest = math.min(rolling.oldest, number), math.max(rolling.newest, number)
    redis.call('HSET', rolling.key, 'tokens', text(rolling.tokens), 'nano', text(rolling.nano),
        'oldest', text(rolling.oldest), 'newest', text(rolling.newest),
        tokens_name, text(tonumber(values[1] or 0) + tokens), nano_name, text(tonumber(values[2] or 0) + nano))
end

-- Counts a commit in the rolling windows of a scope: one made at `made`, which belongs to the time `at`.
local function commit_rolling(scope, made, at, tokens, nano)
    if not scope.rolling or scope.rolling == '' then
        return
    end
    local kept = {}
    for width in string.gmatch(scope.rolling, '%d+') do
        local rolling = read_rolling(scope, width)
        if rolling then
            kept[#kept + 1] = width
            slide(rolling, made)
            local number = math.floor(at / rolling.slice)
            if not (rolling.filling and made <= rolling.since) and number > last_gone(rolling, made) then
                add_to_slice(rolling, number, tokens, nano)
            end
        end
    end
    local still = table.concat(kept, ' ')
    if still ~= scope.rolling then
        scope.rolling = still
        redis.call('HSET', scope.key, 'rolling', still)
    end
end

-- Appends an event to the stream; the millisecond at which it was made.
local function append(stream, event)
    return tonumber(string.match(redis.call('XADD', stream, '*', 'event', event), '^%d+'))
end

-- Whether four fifths of a limit are committed. The fifth is rounded down: limits are whole, and none warns early.
local function is_nearly_spent(committed, limit)
    return committed >= limit - math.floor(limit / 5)
end

-- The window that a limit is about and what names it now; nil where it cannot be said yet.
local function watched_window(scope, name, width, now)
    if name ~= 'rolling' then
        return scope[name], scope[name] and scope[name].label
    end
    local rolling = read_rolling(scope, width)
    if rolling and not rolling.filling then
        return rolling, text(math.floor(now / rolling.width))
    end
end

-- Says once a scope and window that it is nearly spent. `watched` are the limits of the scopes when the hold was made,
-- in lines of "<number of the scope> <window> <unit> <limit>", with the width after them where the window rolls.
local function warn(scopes, watched, stream, now)
    for number, name, unit, limit, width in string.gmatch(watched, '(%d+) (%l+) (%l+) (%d+) ?(%d*)') do
        local scope = scopes[tonumber(number)]
        local one, label = watched_window(scope, name, width, now)
        local mark = 'warned_' .. name
        if one and one[unit] > 0 and is_nearly_spent(one[unit], tonumber(limit)) and redis.call('HGET', scope.key, mark) ~= label then
            redis.call('HSET', scope.key, mark, label)
            redis.call('XADD', stream, '*', 'warning', scope.key, 'period', name, 'label', label,
                'unit', unit, 'limit', limit, 'committed', text(one[unit]))
        end
    end
end

-- Changes the scopes of a hold, stored as lines of "<1 when windowed, else 0><key>". What is committed has `made`, the
-- moment of its event, and `at`, the moment to which it belongs.
local function change_scopes(hold, by, stream)
    local scopes = {}
    for mark, key in string.gmatch(hold.scopes, '([01])([^\n]+)') do
        local scope = read_scope(key, mark == '1')
        change_scope(scope, hold.day, hold.month, by.tokens, by.nano, by.held_tokens, by.held_nano)
        write_scope(scope)
        if by.made then
            commit_rolling(scope, by.made, by.at, by.tokens, by.nano)
        end
        scopes[#scopes + 1] = scope
    end
    if by.made and hold.watched ~= '' then
        warn(scopes, hold.watched, stream, by.made)
    end
end

local function read_hold(key)
    local values = redis.call('HMGET', key,
        'state', 'tokens', 'nano', 'day', 'month', 'scopes', 'event', 'call', 'limited', 'watched', 'estimate', 'at')
    if not values[1] then
        return nil
    end
    return {
        state = values[1], tokens = tonumber(values[2] or 0), nano = tonumber(values[3] or 0),
        day = values[4], month = values[5], scopes = values[6], event = values[7], call = values[8],
        limited = values[9] or '', watched = values[10] or '', estimate = values[11] == '1', at = tonumber(values[12] or nil),
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
    local made = append(stream, hold.event)
    change_scopes(hold, { tokens = hold.tokens, nano = hold.nano, held_tokens = -hold.tokens, held_nano = -hold.nano,
        made = made, at = made }, stream)
    end_limits(hold.limited, id)
    redis.call('HSET', key, 'state', 'lapsed', 'at', text(made))
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
