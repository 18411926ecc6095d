-- KEYS attempts; ARGV their companies
local free = {}
for i, key in ipairs(KEYS) do
    if redis.call('EXISTS', key) == 0 then free[#free + 1] = ARGV[i] end
end
return free
