-- What wrk sends, and what it says of it: the last line it prints is one JSON object.
--   wrk … -s requests.lua URL -- paths FILE            GET of the paths in FILE, each thread from another line on
--   wrk … -s requests.lua URL -- devices PREFIX COUNT  COUNT devices that nobody else makes, with one thread
--   wrk … -s requests.lua URL -- login NAME PASSWORD
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local interrupt = 2
local threads = 0
local make, left

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

local modes = {}

function modes.paths(file)
    local found = {}
    for line in io.lines(file) do found[#found + 1] = wrk.format("GET", line) end
    local at = number * 7919
    return function()
        at = at % #found + 1
        return found[at]
    end
end

function modes.devices(prefix, count)
    wrk.headers["Content-Type"] = "application/json"
    left = tonumber(count)
    local at = -1  -- wrk looks at one request before it begins.
    return function()
        at = at + 1
        return wrk.format("POST", "/api/device", nil, string.format(
            '{"name":"%s%d-%07d","type":"default","label":"made by a benchmark"}', prefix, number, at))
    end
end

function modes.login(name, password)
    wrk.headers["Content-Type"] = "application/json"
    local one = wrk.format("POST", "/api/auth/login", nil,
                           string.format('{"username":"%s","password":"%s"}', name, password))
    return function() return one end
end

-- A callback for answers makes wrk parse all of them: only who counts has one. wrk itself sleeps until its time is over
-- or a signal wakes it.
local function count_down()
    left = left - 1
    if left > 0 then return end
    wrk.thread:stop()
    ffi.C.kill(ffi.C.getpid(), interrupt)
end

function init(args)
    make = modes[args[1]](args[2], args[3])
    if left then response = count_down end
end

function request() return make() end

function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"requests":%d,"seconds":%.6f,"refused":%d,"broken":%d,"ms_p50":%.3f,"ms_p99":%.3f,"ms_max":%.3f}\n',
        summary.requests, summary.duration / 1e6, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout,
        latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
