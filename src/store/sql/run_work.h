// Runs a work of a caller, who may throw.
#pragma once
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"

namespace thingstead::store::sql {

/// An exception is a bug: it is counted, logged as `event`, and answered as internal.
template <class Scope>
Result<> run_work(const std::function<Result<>(Scope&)>& work, Scope& scope, Counter& exceptions,
                  const Log& log, std::string_view event) {
    std::string what = "unknown exception";
    try {
        return work(scope);
    } catch (const std::exception& thrown) {
        what = thrown.what();
    } catch (...) {
    }
    exceptions.add();
    log.error(event, {
                         {"reason", what}
    });
    return Error{ErrorCode::internal, "internal error", what};
}

}  // namespace thingstead::store::sql
