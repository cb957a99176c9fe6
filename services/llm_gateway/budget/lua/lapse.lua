-- Charges the holds of a bucket whose leases ran out; answers how many.
--
-- KEYS  1 epoch  2 leases  3 stream      ARGV  1 prefix  2 how many at most
if redis.call('EXISTS', KEYS[1]) == 0 then
    return 0
end
return lapse_due(ARGV[1], KEYS[2], KEYS[3], now_ms(), tonumber(ARGV[2]))
