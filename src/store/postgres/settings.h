// Settings of the stores in PostgreSQL.
#pragma once
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/describe.h"

namespace thingstead::store::postgres {

enum class Partitioning : std::uint8_t { days, months, years, indefinite };

constexpr auto enum_names(Partitioning) {
    using namespace std::literals;
    return std::array{
        std::pair{Partitioning::days,       "DAYS"sv      },
        std::pair{Partitioning::months,     "MONTHS"sv    },
        std::pair{Partitioning::years,      "YEARS"sv     },
        std::pair{Partitioning::indefinite, "INDEFINITE"sv},
    };
}

/// Of the entity store.
struct EntitySettings {
    std::string url;
    std::size_t readers = 4;
    std::size_t writers = 1;
    std::size_t works_max = 4096;
    std::size_t commit_works_max = 60;
    std::chrono::milliseconds commit_time_max{20};
    std::size_t attempts_max = 8;
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds statement_timeout{30'000};
    std::chrono::milliseconds away_max{10'000};
};

constexpr auto describe(const EntitySettings*) {
    return fields(
        field(
            "url", &EntitySettings::url,
            "postgresql://user:password@host:port/database; sslmode and other parameters of libpq "
            "may follow a question mark.",
            secret, on_restart),
        field("readers", &EntitySettings::readers,
              "Threads that read, each with its own connection.", between(1, 64), on_restart),
        field("writers", &EntitySettings::writers,
              "Threads that write, each with its own connection. With more than one, writes that "
              "nobody waits for may change places.",
              between(1, 64), on_restart),
        field("works_max", &EntitySettings::works_max,
              "Reads, and as many writes, that may wait; more are refused as unavailable.",
              between(1, 1'000'000), on_restart),
        // PostgreSQL slows down everybody's snapshots beyond 64 savepoints in one transaction.
        field("commit_works_max", &EntitySettings::commit_works_max,
              "Most writes that share one commit.", between(1, 64), on_restart),
        field("commit_time_max", &EntitySettings::commit_time_max,
              "Milliseconds after which a commit takes in no more writes.", between(0, 10'000),
              on_restart),
        field("attempts_max", &EntitySettings::attempts_max,
              "How often a transaction runs that another one came in the way of.", between(1, 100),
              on_restart),
        field("connect_timeout", &EntitySettings::connect_timeout,
              "Milliseconds that an attempt to connect may take.", between(1'000, 600'000),
              on_restart),
        field("statement_timeout", &EntitySettings::statement_timeout,
              "Milliseconds that one statement may take; 0: no limit.", between(0, 3'600'000),
              on_restart),
        field("away_max", &EntitySettings::away_max,
              "Milliseconds that works wait for a database that is away; after that they are "
              "refused at once until it is back.",
              between(0, 600'000), on_restart));
}

/// Of the time-series store.
struct TimeseriesSettings {
    std::string url;
    std::size_t readers = 4;
    std::size_t reads_waiting_max = 1'024;
    std::size_t writers = 3;
    std::size_t batch_points_max = 5'000;
    std::chrono::milliseconds batch_delay{50};
    std::size_t pending_bytes_max = 64 << 20;
    Partitioning partitioning = Partitioning::months;
    std::size_t partitions_max = 500;
    std::chrono::milliseconds cleanup_interval{600'000};
    std::size_t cleanup_points_max = 1'000'000;
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds statement_timeout{30'000};
    std::chrono::milliseconds away_max{10'000};
};

constexpr auto describe(const TimeseriesSettings*) {
    return fields(
        field(
            "url", &TimeseriesSettings::url,
            "postgresql://user:password@host:port/database; sslmode and other parameters of libpq "
            "may follow a question mark.",
            secret, on_restart),
        field("readers", &TimeseriesSettings::readers,
              "Threads that read, each with its own connection.", between(1, 64), on_restart),
        field("reads_waiting_max", &TimeseriesSettings::reads_waiting_max,
              "Reads that may wait; more are refused.", between(1, 1'000'000), on_restart),
        field("writers", &TimeseriesSettings::writers,
              "Threads that write, each with its own connection; an entity has always the same.",
              between(1, 64), on_restart),
        field("batch_points_max", &TimeseriesSettings::batch_points_max,
              "Most points of one statement.", between(1, 10'000), on_restart),
        field("batch_delay", &TimeseriesSettings::batch_delay,
              "Milliseconds that points wait for company, unless somebody waits for them.",
              between(0, 10'000), on_restart),
        field("pending_bytes_max", &TimeseriesSettings::pending_bytes_max,
              "Points in memory that are not yet in the database; at it writers wait.",
              between(64 * 1024, std::int64_t{1} << 31), in_bytes, on_restart),
        field("partitioning", &TimeseriesSettings::partitioning,
              "Time that one partition of the history spans.", on_restart),
        field("partitions_max", &TimeseriesSettings::partitions_max,
              "Partitions that are made on demand; points of further times share one.",
              between(0, 10'000), on_restart),
        field("cleanup_interval", &TimeseriesSettings::cleanup_interval,
              "Milliseconds between two removals of points whose time to live is over.",
              between(1'000, 604'800'000), on_restart),
        field("cleanup_points_max", &TimeseriesSettings::cleanup_points_max,
              "Most points of one removal.", between(1'000, 1'000'000'000), on_restart),
        field("connect_timeout", &TimeseriesSettings::connect_timeout,
              "Milliseconds that an attempt to connect may take.", between(1'000, 600'000),
              on_restart),
        field("statement_timeout", &TimeseriesSettings::statement_timeout,
              "Milliseconds that one statement may take; 0: no limit.", between(0, 3'600'000),
              on_restart),
        field("away_max", &TimeseriesSettings::away_max,
              "Milliseconds that reads and flushes wait for a database that is away.",
              between(0, 600'000), on_restart));
}

/// Of the event store.
struct EventSettings {
    std::string url;
    std::chrono::hours partition{168};
    std::chrono::hours debug_partition{1};
    std::size_t partitions_max = 500;
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds statement_timeout{30'000};
};

constexpr auto describe(const EventSettings*) {
    return fields(
        field("url", &EventSettings::url,
              "postgresql://user:password@host:port/database; sslmode and other parameters of "
              "libpq may follow a question mark. A database of its own keeps entities fast.",
              secret, on_restart),
        field("partition", &EventSettings::partition,
              "Hours that one partition of audit entries, errors, life cycle and statistics spans; "
              "what is old is removed a partition at a time.",
              between(1, 8'760), on_restart),
        field("debug_partition", &EventSettings::debug_partition,
              "Hours that one partition of debug events spans.", between(1, 8'760), on_restart),
        field("partitions_max", &EventSettings::partitions_max,
              "Partitions of a table that are made on demand; records of further times share one.",
              between(0, 10'000), on_restart),
        field("connect_timeout", &EventSettings::connect_timeout,
              "Milliseconds that an attempt to connect may take.", between(1'000, 600'000),
              on_restart),
        field("statement_timeout", &EventSettings::statement_timeout,
              "Milliseconds that one statement may take; 0: no limit.", between(0, 3'600'000),
              on_restart));
}

}  // namespace thingstead::store::postgres
