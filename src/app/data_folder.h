// The folder of everything the server stores; one process at a time.
#pragma once
#include <filesystem>
#include <memory>

#include "base/error.h"

namespace thingstead::app {

class DataFolder {
  public:
    /// Makes the folder if it is missing and locks it for this process.
    /// Errors: unavailable - it cannot be made or locked; conflict - another process has it.
    static Result<std::unique_ptr<DataFolder>> open(const std::filesystem::path& folder);
    ~DataFolder();
    DataFolder(const DataFolder&) = delete;
    DataFolder& operator=(const DataFolder&) = delete;

  private:
    explicit DataFolder(int lock) : lock_(lock) {}
    int lock_;
};

}  // namespace thingstead::app
