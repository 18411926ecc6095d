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
