-- Holds a call's bound in every one of its scopes, or counts nothing and says why.
--
-- KEYS  1 epoch  2 leases  3 stream  4 hold  5 call marker (the hold again without one)
--       6… scopes, the runs above the own one, run and step last; then the logs of the rates; then the slots
-- ARGV  1 prefix  2 reservation id  3 lease in ms  4 bound tokens  5 bound nano-dollars
--       6 day  7 its start in ms  8 its end  9 month  10 its start  11 its end
--       12 generation ('' without a run)  13 fence  14 the event to record if the hold lapses  15 '1' with a call marker
--       16 how many scopes  17 how many rates  18 the lines of logs and slots for the hold
--       19 generations of the runs above, outermost first, by spaces  20 how many rolling limits
--       21 '1' when the bound is an estimate  22 the limits that the settlement watches, as common.lua has them
--       then for each scope: '1' when windowed, and the limits ('' for none) of tokens and nano-dollars
--       in total, in the day, in the month; for each rate: '1' when it counts tokens, width in microseconds, limit;
--       for each set of slots: number of its scope, limit; for each rolling limit: number of its scope, width and slice
--       in ms, limits of tokens and nano-dollars, and what the ledger has of it where an answer 'backfill_needed' asked for that:
--       "<since> <slice>:<tokens>:<nano> …", else ''
-- Answers  closed | stale_window, now | replay, id | in_progress | run_closed | stale_lease
--          backfill_needed, then for each rolling window: number of its scope, the ms up to which the ledger is asked
--          spent or held, number of the scope, window, unit, what is left, the ms at which a rolling window has room
--          ('' = never, or another window), the limit, what is committed and held of it, and what the call asks for
--          limited, number of the rate, microseconds to wait ('' = it can never fit), now, then rates
--          reserved, now, nearly spent scopes ("<number> <window>" by commas), tokens and nano left in each, then rates
--          rates: for each what is left, and in how many microseconds all of it is free
local prefix, id, bound_tokens, bound_nano = ARGV[1], ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[5])
local day, month, generation, fence = ARGV[6], ARGV[9], ARGV[12], ARGV[13]
local SCOPES_AT, KEYS_BEFORE, ARGUMENTS = 22, 5, 7
local scope_count, rate_count, rolling_count = tonumber(ARGV[16]), tonumber(ARGV[17]), tonumber(ARGV[20])
local RATES_AT = SCOPES_AT + scope_count * ARGUMENTS
local SLOTS_AT = RATES_AT + rate_count * 3
local slots_count = #KEYS - KEYS_BEFORE - scope_count - rate_count
local ROLLING_AT = SLOTS_AT + slots_count * 2

if redis.call('EXISTS', KEYS[1]) == 0 then
    return { 'closed' }
end
local micros = now_us()
local now = math.floor(micros / 1000)
if now < tonumber(ARGV[7]) or now >= tonumber(ARGV[8]) or now < tonumber(ARGV[10]) or now >= tonumber(ARGV[11]) then
    return { 'stale_window', text(now) }
end
-- A few at most, so that no call waits for many that died with a gateway; lapse.lua takes the others.
lapse_due(prefix, KEYS[2], KEYS[3], now, 20)

-- A repeat of a reservation that stands, or of one that a journal put back, holds nothing twice.
if redis.call('HGET', KEYS[4], 'state') == 'open' then
    redis.call('ZADD', KEYS[2], 'XX', 'GT', text(now + tonumber(ARGV[3])), id)
    return { 'reserved' }
end

local marked = ARGV[15] == '1'
if marked then
    local marker = redis.call('GET', KEYS[5])
    if marker then
        local state, other = string.match(marker, '^(%l+) (.+)$')
        return { state == 'settled' and 'replay' or 'in_progress', other }
    end
end

local scopes = {}
for number = 1, scope_count do
    scopes[number] = read_scope(KEYS[KEYS_BEFORE + number], ARGV[SCOPES_AT + (number - 1) * ARGUMENTS + 1] == '1')
end
local run, step = scopes[scope_count - 1], scopes[scope_count]
local runs = {}
if generation ~= '' then
    for word in string.gmatch(ARGV[19], '%d+') do
        runs[#runs + 1] = { asked = word }
    end
    for at, above in ipairs(runs) do
        above.scope = scopes[scope_count - 2 - #runs + at]
    end
    runs[#runs + 1] = { scope = run, asked = generation }
end
local stale = false
for _, one in ipairs(runs) do
    if one.scope.closed and tonumber(one.scope.closed) >= tonumber(one.asked) then
        return { 'run_closed' }
    end
    stale = stale or tonumber(one.scope.generation or 0) > tonumber(one.asked)
end
if stale or (generation ~= '' and tonumber(step.fence or 0) > tonumber(fence)) then
    return { 'stale_lease' }
end

local refusal
local function refuse(kind, number, name, unit, left, most, committed, held, bound)
    if not refusal or (kind == 'spent' and refusal[1] == 'held') then
        refusal = {
            kind, tostring(number), name, unit, text(math.max(0, left)), '',
            text(most), text(committed), text(held), text(bound),
        }
    end
end

-- What is left of one limit after this call, refusing when that is less than nothing.
local function left_of(limit, committed, held, bound, number, name, unit)
    local most = limit == '' and LARGEST or tonumber(limit)
    if committed + bound > most then
        refuse('spent', number, name, unit, most - committed - held, most, committed, held, bound)
    elseif committed + held + bound > most then
        refuse('held', number, name, unit, most - committed - held, most, committed, held, bound)
    end
    return limit ~= '' and most - committed - held - bound or nil
end

local lefts, lines, answer, nearly = {}, {}, { 'reserved', text(micros), '' }, {}

local function check(one, held, number, name, at, left)
    local most_tokens, most_nano = ARGV[at], ARGV[at + 1]
    if most_tokens == '' and most_nano == '' and name ~= 'total' then
        return -- the total's check keeps all counters exact
    end
    local tokens = left_of(most_tokens, one.tokens, held.held_tokens, bound_tokens, number, name, 'tokens')
    local nano = left_of(most_nano, one.nano, held.held_nano, bound_nano, number, name, 'nano_usd')
    left.tokens = tokens and math.min(left.tokens or tokens, tokens) or left.tokens
    left.nano = nano and math.min(left.nano or nano, nano) or left.nano
    if (tokens and is_nearly_spent(one.tokens, tonumber(most_tokens)))
        or (nano and is_nearly_spent(one.nano, tonumber(most_nano))) then
        nearly[#nearly + 1] = number .. ' ' .. name
    end
end

for number = 1, scope_count do
    local at = SCOPES_AT + (number - 1) * ARGUMENTS + 1
    local scope, left = scopes[number], {}
    check(scope.total, scope.total, number, 'total', at + 1, left)
    if scope.day then
        reaches(scope.day, day)
        reaches(scope.month, month)
        check(scope.day, scope.day, number, 'day', at + 3, left)
        check(scope.month, scope.month, number, 'month', at + 5, left)
    end
    lefts[number], lines[number] = left, ARGV[at] .. scope.key
end

-- Begins to count a rolling window: from now on here, up to now in the ledger. What lapse_due has charged above was charged
-- at this moment at the latest, and so is the ledger's part.
local function begin_rolling(scope, width, slice)
    local key = rolling_key(scope.key, width)
    redis.call('DEL', key)
    redis.call('HSET', key, 'state', 'filling', 'since', text(now_ms()), 'slice', slice, 'tokens', '0', 'nano', '0')
    keep_rolling(key, width)
    if not string.find(' ' .. (scope.rolling or '') .. ' ', ' ' .. width .. ' ', 1, true) then
        scope.rolling = scope.rolling and scope.rolling ~= '' and scope.rolling .. ' ' .. width or width
        redis.call('HSET', scope.key, 'rolling', scope.rolling)
    end
    return read_rolling(scope, width)
end

-- Adds what the ledger has, if it was asked for just this beginning.
local function fill(rolling, backfill)
    local since, slices = string.match(backfill, '^(%d+)(.*)$')
    if not since or tonumber(since) ~= rolling.since then
        return
    end
    for slice, tokens, nano in string.gmatch(slices, ' (%d+):(-?%d+):(-?%d+)') do
        add_to_slice(rolling, tonumber(slice), tonumber(tokens), tonumber(nano))
    end
    redis.call('HSET', rolling.key, 'state', 'whole')
    rolling.filling = false
end

-- The millisecond at which what is then committed leaves room for the call, if nothing else comes; nil when it never does.
local function room_at(rolling, unit, excess)
    for number = rolling.oldest, rolling.newest do
        excess = excess - tonumber(redis.call('HGET', rolling.key, string.sub(unit, 1, 1) .. text(number)) or 0)
        if excess <= 0 then
            return (number + 1) * rolling.slice + rolling.width
        end
    end
end

local windows, uncounted, has_room_at = {}, { 'backfill_needed' }, now
for number = 1, rolling_count do
    local at = ROLLING_AT + (number - 1) * 6 + 1
    local scope_number, width = tonumber(ARGV[at]), ARGV[at + 1]
    local scope = scopes[scope_number]
    local rolling = read_rolling(scope, width) or begin_rolling(scope, width, ARGV[at + 2])
    if rolling.filling then
        fill(rolling, ARGV[at + 5])
    end
    if rolling.filling then
        uncounted[#uncounted + 1] = ARGV[at]
        uncounted[#uncounted + 1] = text(rolling.since)
    else
        slide(rolling, now)
        check(rolling, scope.total, scope_number, 'rolling', at + 3, lefts[scope_number])
        for unit, limit in pairs({ tokens = ARGV[at + 3], nano = ARGV[at + 4] }) do
            local bound = unit == 'tokens' and bound_tokens or bound_nano
            if has_room_at and limit ~= '' and rolling[unit] + bound > tonumber(limit) then
                local moment = bound <= tonumber(limit) and room_at(rolling, unit, rolling[unit] + bound - tonumber(limit))
                has_room_at = moment and math.max(has_room_at, moment)
            end
        end
    end
    windows[number] = { key = rolling.key, width = width }
end
if #uncounted > 1 then
    return uncounted
end
if refusal and refusal[1] == 'spent' then
    if refusal[3] == 'rolling' and has_room_at then
        refusal[6] = text(has_room_at)
    end
    -- No settlement of a call warns where a limit was lowered below what is spent, as no call is admitted any more.
    warn(scopes, ARGV[22], KEYS[3], now)
    return refusal
end

local rates, wait, slowest = {}, 0, nil
for number = 1, rate_count do
    local log, at = KEYS[KEYS_BEFORE + scope_count + number], RATES_AT + (number - 1) * 3 + 1
    local weighted, width, most = ARGV[at] == '1', tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    forget_until(log, text(micros - width), weighted)
    local weight, used, kept = weighted and bound_tokens or 1, used_in(log, weighted)
    if weight > most then
        wait, slowest = math.huge, number
    elseif used + weight > most then
        local until_free = free_at(log, weighted, used + weight - most, width) - micros
        if until_free > wait then
            wait, slowest = until_free, number
        end
    end
    rates[number] = { log = log, weight = weight, weighted = weighted, width = width, most = most, used = used,
        kept = kept }
end
if slowest then
    local limited = { 'limited', tostring(slowest), wait < math.huge and text(wait) or '', text(micros) }
    for _, rate in ipairs(rates) do
        limited[#limited + 1] = text(math.max(0, rate.most - rate.used))
        limited[#limited + 1] = text(empty_in(rate.log, micros, rate.width))
    end
    return limited
end

for number = 1, slots_count do
    local slots, at = KEYS[KEYS_BEFORE + scope_count + rate_count + number], SLOTS_AT + (number - 1) * 2 + 1
    local most = tonumber(ARGV[at + 1])
    local taken = slots_taken(slots, KEYS[2], most, now)
    if taken >= most then
        refuse('held', tonumber(ARGV[at]), 'total', 'calls', 0, most, 0, taken, 1)
    end
end
if refusal then
    return refusal
end

for _, left in ipairs(lefts) do
    answer[#answer + 1] = left.tokens and text(left.tokens) or ''
    answer[#answer + 1] = left.nano and text(left.nano) or ''
end
for _, rate in ipairs(rates) do
    enter(rate, id, micros)
    answer[#answer + 1] = text(rate.most - rate.used - rate.weight)
    answer[#answer + 1] = text(rate.width)
end
answer[3] = table.concat(nearly, ',')
take_slots(ARGV[18], id)
for _, scope in ipairs(scopes) do
    change_scope(scope, day, month, 0, 0, bound_tokens, bound_nano)
    write_scope(scope)
end
for _, one in ipairs(windows) do
    keep_rolling(one.key, one.width)
end
for _, one in ipairs(runs) do
    if one.scope.generation ~= one.asked then
        redis.call('HSET', one.scope.key, 'generation', one.asked)
    end
end
if generation ~= '' and step.fence ~= fence then
    local steps = run.key .. ':steps'
    redis.call('HSET', step.key, 'fence', fence)
    redis.call('SADD', steps, step.key)
    redis.call('EXPIRE', step.key, RUN_TTL)
    redis.call('EXPIRE', steps, RUN_TTL)
    for _, one in ipairs(runs) do
        redis.call('EXPIRE', one.scope.key, RUN_TTL)
    end
end
redis.call('HSET', KEYS[4], 'state', 'open', 'tokens', ARGV[4], 'nano', ARGV[5], 'day', day, 'month', month,
    'scopes', table.concat(lines, '\n'), 'event', ARGV[14], 'call', marked and KEYS[5] or '', 'limited', ARGV[18],
    'watched', ARGV[22], 'estimate', ARGV[21])
redis.call('ZADD', KEYS[2], text(now + tonumber(ARGV[3])), id)
if marked then
    redis.call('SET', KEYS[5], 'open ' .. id)
end
return answer
