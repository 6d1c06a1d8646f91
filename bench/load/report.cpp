#include "load/report.h"

#include <algorithm>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>

namespace thingstead::bench {
namespace {

[[gnu::format(printf, 2, 3)]] void append(std::string& out, const char* format, ...) {
    char text[256];
    std::va_list arguments;
    va_start(arguments, format);
    const int length = std::vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0) out.append(text, std::min(static_cast<std::size_t>(length), sizeof text - 1));
}

double ms(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e6; }

double per(double amount, double unit) { return unit > 0 ? amount / unit : 0; }

}  // namespace

void Totals::add(const Totals& other) {
    connected += other.connected;
    sent += other.sent;
    acked += other.acked;
    measured_acked += other.measured_acked;
    unacked += other.unacked;
    unsent += other.unsent;
    errors += other.errors;
    disconnects += other.disconnects;
    if (first_error.empty()) first_error = other.first_error;
    ack_ns.merge(other.ack_ns);
    connect_ns.merge(other.connect_ns);
}

std::string to_json(const Report& report) {
    const Totals& t = report.totals;
    const auto messages = static_cast<double>(t.measured_acked);
    std::string out = "{";
    append(out, "\"sent\":%" PRIu64 ",\"acked\":%" PRIu64 ",\"measured\":%" PRIu64, t.sent, t.acked,
           t.measured_acked);
    append(out, ",\"unacked\":%" PRIu64 ",\"unsent\":%" PRIu64, t.unacked, t.unsent);
    append(out, ",\"connected\":%" PRIu64 ",\"errors\":%" PRIu64 ",\"disconnects\":%" PRIu64,
           t.connected, t.errors, t.disconnects);
    append(out, ",\"drained\":%s,\"seconds\":%.3f", report.drained ? "true" : "false",
           report.seconds);
    append(out, ",\"msgs_per_s\":%.1f", per(messages, report.seconds));
    for (const auto& [name, fraction] : {
             std::pair{"p50",  0.5  },
             {"p90",  0.9  },
             {"p99",  0.99 },
             {"p999", 0.999}
    })
        append(out, ",\"ack_ms_%s\":%.3f", name, ms(t.ack_ns.percentile(fraction)));
    append(out, ",\"ack_ms_max\":%.3f", ms(t.ack_ns.max()));
    append(out, ",\"connect_ms_p99\":%.3f", ms(t.connect_ns.percentile(0.99)));
    append(out, ",\"cpu_us_per_msg\":%.3f", per(report.cpu_us, messages));
    append(out, ",\"ts_base_ms\":%" PRId64 "}",
           report.options.client_ts ? report.options.ts_base_ms : std::int64_t{0});
    return out;
}

std::string to_text(const Report& report) {
    const Totals& t = report.totals;
    const auto messages = static_cast<double>(t.measured_acked);
    std::string out;
    append(out, "connections %" PRIu64 " of %u up, %" PRIu64 " disconnects, %" PRIu64 " errors\n",
           t.connected, report.options.connections, t.disconnects, t.errors);
    append(out,
           "messages    %" PRIu64 " sent, %" PRIu64 " acknowledged, %" PRIu64 " not, %" PRIu64
           " due and never sent\n",
           t.sent, t.acked, t.unacked, t.unsent);
    append(out, "rate        %.0f msgs/s over %.2f s\n", per(messages, report.seconds),
           report.seconds);
    append(out, "ack ms      p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f\n",
           ms(t.ack_ns.percentile(0.5)), ms(t.ack_ns.percentile(0.9)),
           ms(t.ack_ns.percentile(0.99)), ms(t.ack_ns.percentile(0.999)), ms(t.ack_ns.max()));
    append(out, "generator   %.2f us CPU a message\n", per(report.cpu_us, messages));
    return out;
}

}  // namespace thingstead::bench
