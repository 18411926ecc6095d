-- KEYS a list of times per name, newest first; ARGV window in ms, limit, how many each name asks for
local time = redis.call('TIME')
local now, window, limit = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(ARGV[1]), tonumber(ARGV[2])
local answer = {}
for place, key in ipairs(KEYS) do
    while tonumber(redis.call('LINDEX', key, -1) or now) <= now - window do redis.call('RPOP', key) end
    local asked = tonumber(ARGV[place + 2])
    local admitted = math.max(math.min(asked, limit - redis.call('LLEN', key)), 0)
    for _ = 1, admitted do redis.call('LPUSH', key, now) end
    if admitted > 0 then redis.call('PEXPIRE', key, window) end
    answer[#answer + 1] = admitted
    answer[#answer + 1] = admitted < asked and redis.call('LINDEX', key, -1) + window - now or 0
end
return answer
