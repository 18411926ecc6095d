-- KEYS claims, queue; ARGV owner, prefixes of attempt, heart, state and watch keys
for _, company in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    local owner = redis.call('GET', ARGV[2] .. company)
    local is_dead = owner and owner ~= ARGV[1] and redis.call('EXISTS', ARGV[3] .. owner) == 0
    local state = is_dead and redis.call('GET', ARGV[4] .. company)
    if is_dead and state_of(state).state == 'confirming' then is_dead = false end
    if is_dead then redis.call('DEL', ARGV[2] .. company) end
    if is_dead or not owner then
        redis.call('SREM', KEYS[1], company)
        if redis.call('EXISTS', ARGV[5] .. company) == 1 then
            local time = redis.call('TIME')
            redis.call('ZADD', KEYS[2], 'NX', time[1] + time[2] / 1000000, company)
        end
    end
end
