// The result of a run as a person and as a program read it.
#pragma once
#include <string>

#include "load/run.h"

namespace thingstead::bench {

struct Report {
    const Options& options;
    const Totals& totals;
    double seconds;  ///< Measured time.
    double cpu_us;   ///< User and system time of this process in the measured time.
    bool drained;    ///< Every answer came before the drain deadline.
};

/// One line, no line feed.
std::string to_json(const Report& report);
std::string to_text(const Report& report);

}  // namespace thingstead::bench
