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
