"""The steps of the pairing feed that must not come apart: each runs in Redis as one."""

_STATE_OF = """
-- what cannot be read is no state, or one company's would stop everybody's
local function state_of(raw)
    local is_read, state = pcall(cjson.decode, raw or '')
    return is_read and type(state) == 'table' and state or {}
end
"""

WATCH = (
    _STATE_OF
    + """
-- KEYS watch, attempt, state, queue, expected; ARGV company, seconds, state seconds
redis.call('ZREM', KEYS[5], ARGV[1])
if redis.call('TTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('SET', KEYS[1], 1, 'EX', ARGV[2]) end
local state = state_of(redis.call('GET', KEYS[3]))
if state.state == 'connected' then return 1 end
if state.resting then
    redis.call('EXPIRE', KEYS[3], ARGV[3])
elseif redis.call('EXISTS', KEYS[2]) == 0 then
    local time = redis.call('TIME')
    redis.call('ZADD', KEYS[4], 'NX', time[1] + time[2] / 1000000, ARGV[1])
end
return 0
"""
)

REQUEST_PREWARM = """
-- KEYS expected; ARGV company, seconds
local now = redis.call('TIME')[1]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local is_first = redis.call('ZCARD', KEYS[1]) == 0
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return is_first and 1 or 0
"""

WANTS_PREWARM = """
-- KEYS expected
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', redis.call('TIME')[1])
return redis.call('ZCARD', KEYS[1])
"""

WAITING = """
-- KEYS queue; ARGV limit, prefix of watch keys, prefix of attempt keys
local waiting = {}
for _, company in ipairs(redis.call('ZRANGE', KEYS[1], 0, ARGV[1] - 1)) do
    if redis.call('EXISTS', ARGV[2] .. company) == 1 and redis.call('EXISTS', ARGV[3] .. company) == 0 then
        waiting[#waiting + 1] = company
    else
        redis.call('ZREM', KEYS[1], company)
    end
end
return waiting
"""

CLAIM = """
-- KEYS attempt, queue, claims, heart; ARGV company, owner, seconds, heart seconds
if redis.call('SET', KEYS[1], ARGV[2], 'NX', 'EX', ARGV[3]) then
    redis.call('ZREM', KEYS[2], ARGV[1])
    redis.call('SADD', KEYS[3], ARGV[1])
    redis.call('SET', KEYS[4], 1, 'EX', ARGV[4])
    return 1
end
return 0
"""

FREE = (
    _STATE_OF
    + """
-- KEYS claims, queue; ARGV owner, prefixes of attempt, heart, state and watch keys
for _, company in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    local owner = redis.call('GET', ARGV[2] .. company)
    local is_dead = owner and owner ~= ARGV[1] and redis.call('EXISTS', ARGV[3] .. owner) == 0
    local state = is_dead and redis.call('GET', ARGV[4] .. company)
    if is_dead and state_of(state).state == 'confirming' then is_dead = false end
    if is_dead then redis.call('DEL', ARGV[2] .. company) end
    if is_dead or not owner then
        redis.call('SREM', KEYS[1], company)
        if redis.call('EXISTS', ARGV[5] .. company) == 1 then
            local time = redis.call('TIME')
            redis.call('ZADD', KEYS[2], 'NX', time[1] + time[2] / 1000000, company)
        end
    end
end
"""
)

RENEW = (
    _STATE_OF
    + """
-- KEYS attempt, watch, phone, state, claims; ARGV owner, seconds, state seconds, company
local owner = redis.call('GET', KEYS[1])
local state = state_of(redis.call('GET', KEYS[4]))
if owner and owner ~= ARGV[1] or state.state == 'connected' then return {0, 0, false} end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('SADD', KEYS[5], ARGV[4])
redis.call('EXPIRE', KEYS[4], ARGV[3])
local phone = redis.call('GET', KEYS[3])
if phone then redis.call('DEL', KEYS[3]) end
return {1, redis.call('EXISTS', KEYS[2]), phone}
"""
)

SET_PLACE = """
-- KEYS attempt, state; ARGV state, seconds
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return 1
"""

END = """
-- KEYS attempt, qr, phone, state, watch, queue, claims
-- ARGV company, owner, resting state, state seconds, queue again
-- A success ends whatever another coordinator has begun meanwhile.
local owner = redis.call('GET', KEYS[1])
local is_success = ARGV[3] ~= '' and cjson.decode(ARGV[3]).state == 'connected'
if owner and owner ~= ARGV[2] and not is_success then return end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[4])
redis.call('SREM', KEYS[7], ARGV[1])
if ARGV[5] == '1' then
    if redis.call('EXISTS', KEYS[5]) == 1 then
        local time = redis.call('TIME')
        redis.call('ZADD', KEYS[6], 'NX', time[1] + time[2] / 1000000, ARGV[1])
    end
    return
end
redis.call('DEL', KEYS[3])
redis.call('ZREM', KEYS[6], ARGV[1])
if ARGV[3] ~= '' then redis.call('SET', KEYS[4], ARGV[3], 'EX', ARGV[4]) end
"""

UNCLAIMED = """
-- KEYS attempts; ARGV their companies
local free = {}
for i, key in ipairs(KEYS) do
    if redis.call('EXISTS', key) == 0 then free[#free + 1] = ARGV[i] end
end
return free
"""
