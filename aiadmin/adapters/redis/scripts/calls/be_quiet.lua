-- KEYS pace; ARGV us to be quiet, strikes, us after which strikes are forgotten
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local until_then = math.max(tonumber(redis.call('HGET', KEYS[1], 'quiet') or 0), now + ARGV[1])
redis.call('HSET', KEYS[1], 'quiet', string.format('%.0f', until_then), 'strikes', ARGV[2],
    'forget', string.format('%.0f', until_then + ARGV[3]))
redis.call('EXPIRE', KEYS[1], 3600)
