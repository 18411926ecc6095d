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
