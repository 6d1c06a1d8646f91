#include "base/metrics.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <mutex>
#include <string_view>

#include "base/error.h"

namespace thingstead {
namespace {

// A cache line each, so that two hot counters of different threads do not slow each other.
struct alignas(64) UnsignedCell {
    std::atomic<std::uint64_t> value{0};
};
struct alignas(64) SignedCell {
    std::atomic<std::int64_t> value{0};
};
struct alignas(64) BucketsCell {
    explicit BucketsCell(std::vector<double> upper)
        : bounds(std::move(upper)), counts(bounds.size() + 1) {}

    const std::vector<double> bounds;
    std::vector<std::atomic<std::uint64_t>> counts;  ///< One more than bounds: what is over all.
    std::atomic<double> sum{0};
};

bool valid_name(std::string_view name, bool colon) {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    return std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || (colon && c == ':');
    });
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quotes)
            out += "\\\"";
        else
            out += c;
    }
}

/// `a="1",b="2"`: the key of a cell within its family, and what stands between the braces.
std::string label_text(const MetricLabels& labels) {
    std::string text;
    for (const auto& [name, value] : labels) {
        TS_ASSERT(valid_name(name, false) && !name.starts_with("__") && name != "le");
        if (!text.empty()) text += ',';
        text += name + "=\"";
        append_escaped(text, value, true);
        text += '"';
    }
    return text;
}

std::string number(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    std::array<char, 32> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), end.ptr};
}

void append_sample(std::string& out, std::string_view name, std::string_view labels,
                   std::string_view value) {
    out += name;
    if (!labels.empty()) {
        out += '{';
        out += labels;
        out += '}';
    }
    out += ' ';
    out += value;
    out += '\n';
}

void append_cell(std::string& out, const std::string& name, const std::string& labels,
                 const UnsignedCell& cell) {
    append_sample(out, name, labels, std::to_string(cell.value.load(std::memory_order_relaxed)));
}

void append_cell(std::string& out, const std::string& name, const std::string& labels,
                 const SignedCell& cell) {
    append_sample(out, name, labels, std::to_string(cell.value.load(std::memory_order_relaxed)));
}

// The count is the sum of the buckets read here, so that the two agree whatever other threads do.
void append_cell(std::string& out, const std::string& name, const std::string& labels,
                 const BucketsCell& cell) {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < cell.counts.size(); ++i) {
        count += cell.counts[i].load(std::memory_order_relaxed);
        const std::string bound = i < cell.bounds.size() ? number(cell.bounds[i]) : "+Inf";
        append_sample(out, name + "_bucket",
                      labels + (labels.empty() ? "" : ",") + "le=\"" + bound + '"',
                      std::to_string(count));
    }
    append_sample(out, name + "_sum", labels, number(cell.sum.load(std::memory_order_relaxed)));
    append_sample(out, name + "_count", labels, std::to_string(count));
}

/// All metrics of one name. Exactly one of the maps is in use, as `type` says.
struct Family {
    std::string_view type;
    std::string text;
    std::map<std::string, std::shared_ptr<UnsignedCell>> counters{};
    std::map<std::string, std::shared_ptr<SignedCell>> gauges{};
    std::map<std::string, std::shared_ptr<BucketsCell>> histograms{};
};

}  // namespace

struct MetricsRegistry::Impl {
    std::mutex mutex;
    std::map<std::string, Family> families;

    /// Call with the mutex held.
    Family& family(const std::string& name, std::string_view type, const std::string& text) {
        TS_ASSERT(valid_name(name, true));
        const auto [at, added] = families.try_emplace(name, Family{type, text});
        TS_ASSERT(added || at->second.type == type);
        return at->second;
    }
};

struct Counter::Cell : UnsignedCell {};
struct Gauge::Cell : SignedCell {};
struct Histogram::Cell : BucketsCell {
    using BucketsCell::BucketsCell;
};

namespace {

template <class Cell, class Base, class... Arguments>
std::shared_ptr<Cell> find_or_make(std::map<std::string, std::shared_ptr<Base>>& cells,
                                   const MetricLabels& labels, Arguments&&... arguments) {
    std::shared_ptr<Base>& slot = cells[label_text(labels)];
    if (!slot) slot = std::make_shared<Cell>(std::forward<Arguments>(arguments)...);
    return std::static_pointer_cast<Cell>(slot);
}

}  // namespace

MetricsRegistry::MetricsRegistry() : impl_(std::make_unique<Impl>()) {}
MetricsRegistry::~MetricsRegistry() = default;

std::string MetricsRegistry::expose() const {
    std::string out;
    const std::lock_guard lock(impl_->mutex);
    for (const auto& [name, family] : impl_->families) {
        out += "# HELP " + name + ' ';
        append_escaped(out, family.text, false);
        out += "\n# TYPE " + name + ' ';
        out += family.type;
        out += '\n';
        for (const auto& [labels, cell] : family.counters) append_cell(out, name, labels, *cell);
        for (const auto& [labels, cell] : family.gauges) append_cell(out, name, labels, *cell);
        for (const auto& [labels, cell] : family.histograms) append_cell(out, name, labels, *cell);
    }
    return out;
}

Counter::Counter(MetricsRegistry& registry, const std::string& name, const std::string& text,
                 const MetricLabels& labels) {
    const std::lock_guard lock(registry.impl().mutex);
    cell_ = find_or_make<Cell>(registry.impl().family(name, "counter", text).counters, labels);
}
void Counter::add(std::uint64_t by) { cell_->value.fetch_add(by, std::memory_order_relaxed); }
std::uint64_t Counter::value() const { return cell_->value.load(std::memory_order_relaxed); }

Gauge::Gauge(MetricsRegistry& registry, const std::string& name, const std::string& text,
             const MetricLabels& labels) {
    const std::lock_guard lock(registry.impl().mutex);
    cell_ = find_or_make<Cell>(registry.impl().family(name, "gauge", text).gauges, labels);
}
void Gauge::set(std::int64_t to) { cell_->value.store(to, std::memory_order_relaxed); }
void Gauge::add(std::int64_t by) { cell_->value.fetch_add(by, std::memory_order_relaxed); }
std::int64_t Gauge::value() const { return cell_->value.load(std::memory_order_relaxed); }

Histogram::Histogram(MetricsRegistry& registry, const std::string& name, const std::string& text,
                     std::vector<double> bounds, const MetricLabels& labels) {
    TS_ASSERT(std::adjacent_find(bounds.begin(), bounds.end(),
                                 [](double a, double b) { return !(a < b); }) == bounds.end());
    const std::lock_guard lock(registry.impl().mutex);
    Family& family = registry.impl().family(name, "histogram", text);
    cell_ = find_or_make<Cell>(family.histograms, labels, bounds);
    TS_ASSERT(cell_->bounds == bounds);
}

void Histogram::observe(double value) {
    if (std::isnan(value)) return;  // would spoil the sum for ever
    const auto bucket = std::lower_bound(cell_->bounds.begin(), cell_->bounds.end(), value);
    cell_->counts[static_cast<std::size_t>(bucket - cell_->bounds.begin())].fetch_add(
        1, std::memory_order_relaxed);
    cell_->sum.fetch_add(value, std::memory_order_relaxed);
}

}  // namespace thingstead
