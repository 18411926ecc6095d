-- KEYS hosts, hold, refused; ARGV host, report, report seconds, refusal seconds, refusals, hold seconds, devices...
local now = tonumber(redis.call('TIME')[1])
redis.call('HSET', KEYS[1], ARGV[1], now .. '|' .. ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
for i = 7, #ARGV do redis.call('ZADD', KEYS[3], now, ARGV[i]) end
if #ARGV > 6 then
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - ARGV[4])
    redis.call('EXPIRE', KEYS[3], ARGV[4])
    if redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[5]) then
        redis.call('SET', KEYS[2], 'client_outdated', 'EX', ARGV[6], 'NX')
    end
end
local others, known = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #known, 2 do
    local stamp, report = string.match(known[i + 1], '^(%d+)|(.*)$')
    if not stamp or now - tonumber(stamp) > tonumber(ARGV[3]) then
        redis.call('HDEL', KEYS[1], known[i])
    elseif known[i] ~= ARGV[1] then
        others[#others + 1] = report
    end
end
return {redis.call('PTTL', KEYS[2]), others}
