-- KEYS pace
local time = redis.call('TIME')
local known = redis.call('HMGET', KEYS[1], 'strikes', 'forget')
if not known[1] or tonumber(known[2]) < time[1] * 1000000 + time[2] then return 0 end
return tonumber(known[1])
