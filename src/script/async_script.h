// A script that runs somewhere else: it can be asked without holding up the thread.
#pragma once
#include <span>

#include "net/task.h"
#include "script/script.h"

namespace thingstead::script {

class AsyncScript : public Script {
  public:
    /// As Context::run(), but for `inputs`, which are read before it returns. Resumes the caller on
    /// its own executor. Errors: as Context::run(); unavailable - nobody can be asked now.
    virtual Task<Result<json::value>> ask(std::span<const Input> inputs) const = 0;
};

}  // namespace thingstead::script
