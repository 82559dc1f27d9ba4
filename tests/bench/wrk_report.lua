-- The last line that wrk prints, as load.ts reads it: times in milliseconds.
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"failed":%d,"duration":%.3f,"p50":%.3f,"p99":%.3f}\n',
    summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    summary.duration / 1000,
    latency:percentile(50) / 1000,
    latency:percentile(99) / 1000
  ))
end
