"""The steps of the pairing feed that must not come apart: each runs in Redis as one."""

WATCH = """
-- KEYS watch, attempt, state, queue; ARGV company, seconds, state seconds
if redis.call('TTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('SET', KEYS[1], 1, 'EX', ARGV[2]) end
local state = redis.call('GET', KEYS[3])
state = state and cjson.decode(state)
if state and state.state == 'connected' then return 1 end
if state and state.resting then
    redis.call('EXPIRE', KEYS[3], ARGV[3])
elseif redis.call('EXISTS', KEYS[2]) == 0 then
    local time = redis.call('TIME')
    redis.call('ZADD', KEYS[4], 'NX', time[1] + time[2] / 1000000, ARGV[1])
end
return 0
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
-- KEYS attempt, queue; ARGV company, owner, seconds
if redis.call('SET', KEYS[1], ARGV[2], 'NX', 'EX', ARGV[3]) then
    redis.call('ZREM', KEYS[2], ARGV[1])
    return 1
end
return 0
"""

RENEW = """
-- KEYS attempt, watch, phone, state; ARGV owner, seconds, state seconds
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return {0, 0, false} end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('EXPIRE', KEYS[4], ARGV[3])
local phone = redis.call('GET', KEYS[3])
if phone then redis.call('DEL', KEYS[3]) end
return {1, redis.call('EXISTS', KEYS[2]), phone}
"""

SET_PLACE = """
-- KEYS attempt, state; ARGV state, seconds
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
return 1
"""

END = """
-- KEYS attempt, qr, phone, state, watch, queue; ARGV company, owner, resting state, state seconds, queue again
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[2] then return end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[4])
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
