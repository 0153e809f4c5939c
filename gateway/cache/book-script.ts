/**
 * The book in Redis is ONE sorted set: tags by number, and two members of its own, "!run:<id of the
 * server process>" (score: the number at which the era began) and "!floor". One key, so that it is
 * lost as a whole or not at all (eviction, flush), and lies in one slot of a cluster. It never
 * expires; its size is bounded by `most`.
 *
 * One script records and reads at once. Numbers are the server's microseconds, but always greater
 * than any the book holds and any the caller has seen: they rise even when a clock goes back.
 *
 * KEYS[1] the book. ARGV: 1 era known to the caller, 2 the last number it knows, 3 page size,
 * 4 tags kept at most, 5… tags to invalidate.
 * Answer: era, floor, greatest number, tag, number, tag, number … (one page, rising).
 */
export const bookScript = `
local server = redis.call('INFO', 'server')
local book = KEYS[1]
-- Writes nothing, but is refused by a replica, and by a master that has lost the replicas it must have.
redis.call('ZREM', book, '!')
local since = tonumber(ARGV[2])
local most = tonumber(ARGV[4])
local run = '!run:' .. string.match(server, 'run_id:(%w+)')
local function text(number) return string.format('%.0f', number) end
local top = redis.call('ZRANGE', book, -1, -1, 'WITHSCORES')
local last = tonumber(top[2] or '0')
local function after(number)
  local time = redis.call('TIME')
  return math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), number + 1)
end
local born = redis.call('ZSCORE', book, run)
if not born then
  -- Another server process than the one that wrote this book, or no book at all: what was recorded
  -- last may be missing (replication and append-only files lag), so a new era begins.
  last = after(math.max(last, since))
  born = text(last)
  redis.call('DEL', book)
  redis.call('ZADD', book, born, run, born, '!floor')
end
if #ARGV > 4 then
  last = math.max(last, after(math.max(last, since)) - 1)
  for i = 5, #ARGV do
    last = last + 1
    redis.call('ZADD', book, text(last), ARGV[i])
  end
  local size = redis.call('ZCARD', book) - 2
  -- An eighth at a time: the mean cost of an invalidation does not grow with the book.
  if size > most + most / 8 then
    local cut = redis.call('ZRANGE', book, size - most, size - most, 'WITHSCORES')[2]
    redis.call('ZREMRANGEBYSCORE', book, '-inf', cut)
    redis.call('ZADD', book, born, run, cut, '!floor')
  end
end
local era = string.sub(run, 6) .. ':' .. born
if era ~= ARGV[1] then since = 0 end
local answer = { era, redis.call('ZSCORE', book, '!floor'), text(last) }
local news = redis.call('ZRANGE', book, '(' .. text(since), '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[3], 'WITHSCORES')
for i = 1, #news do answer[#answer + 1] = news[i] end
return answer
`;
