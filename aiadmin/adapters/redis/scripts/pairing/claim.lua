-- KEYS attempt, queue, claims, heart; ARGV company, owner, seconds, heart seconds
if redis.call('SET', KEYS[1], ARGV[2], 'NX', 'EX', ARGV[3]) then
    redis.call('ZREM', KEYS[2], ARGV[1])
    redis.call('SADD', KEYS[3], ARGV[1])
    redis.call('SET', KEYS[4], 1, 'EX', ARGV[4])
    return 1
end
return 0
