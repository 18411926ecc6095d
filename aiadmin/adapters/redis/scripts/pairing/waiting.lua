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
