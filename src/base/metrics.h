// Metrics in the Prometheus model. Members of one struct per room:
//   Counter points{registry, "thingstead_telemetry_points_received_total", "Points accepted."};
// Labels have few values: never a device id. Thread-safe; updates are one relaxed atomic operation.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace thingstead {

using MetricLabels = std::map<std::string, std::string>;

class MetricsRegistry {
  public:
    MetricsRegistry();
    ~MetricsRegistry();
    MetricsRegistry(const MetricsRegistry&) = delete;
    MetricsRegistry& operator=(const MetricsRegistry&) = delete;
    /// The text exposition format, version 0.0.4.
    std::string expose() const;

    struct Impl;
    Impl& impl() { return *impl_; }

  private:
    std::unique_ptr<Impl> impl_;
};

class Counter {
  public:
    Counter(MetricsRegistry& registry, const std::string& name, const std::string& text,
            const MetricLabels& labels = {});
    void add(std::uint64_t by = 1);
    std::uint64_t value() const;

  private:
    struct Cell;
    std::shared_ptr<Cell> cell_;
};

class Gauge {
  public:
    Gauge(MetricsRegistry& registry, const std::string& name, const std::string& text,
          const MetricLabels& labels = {});
    void set(std::int64_t to);
    void add(std::int64_t by);
    std::int64_t value() const;

  private:
    struct Cell;
    std::shared_ptr<Cell> cell_;
};

class Histogram {
  public:
    /// `bounds` are the upper bounds of the buckets, rising, in the unit that ends the name.
    Histogram(MetricsRegistry& registry, const std::string& name, const std::string& text,
              std::vector<double> bounds, const MetricLabels& labels = {});
    void observe(double value);

  private:
    struct Cell;
    std::shared_ptr<Cell> cell_;
};

}  // namespace thingstead
