-- KEYS pace, queue, leases, lines; ARGV ticket, place; in us second step, minute step, slack, lease; forgotten
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now)) do
    redis.call('ZREM', KEYS[2], gone)
    redis.call('ZREM', KEYS[3], gone)
end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[3], now + ARGV[6], ARGV[1])
local ahead = redis.call('ZRANK', KEYS[2], ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'second', 'minute', 'quiet')
local second, minute, quiet = tonumber(known[1] or 0), tonumber(known[2] or 0), tonumber(known[3] or 0)
local free = math.max(second, minute - ARGV[5], quiet)
local taken = 0
if ahead == 0 and free <= now then
    taken = 1
    redis.call('HSET', KEYS[1], 'second', string.format('%.0f', math.max(second, now) + ARGV[3]),
        'minute', string.format('%.0f', math.max(minute, now) + ARGV[4]), 'serving', ARGV[2])
    redis.call('ZREM', KEYS[2], ARGV[1])
    redis.call('ZREM', KEYS[3], ARGV[1])
    redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', ARGV[2] - ARGV[7])
end
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, 3600) end
return {taken, ahead, string.format('%.0f', math.max(free - now, 0))}
