#include "app/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace thingstead::app {

Result<std::unique_ptr<DataFolder>> DataFolder::open(const std::filesystem::path& folder) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed)
        return Error{ErrorCode::unavailable,
                     "data: " + folder.string() + " cannot be made: " + failed.message()};
    const std::filesystem::path file = folder / "lock";
    const int lock = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock < 0) {
        const std::string why = std::generic_category().message(errno);
        return Error{ErrorCode::unavailable,
                     "data: " + file.string() + " cannot be opened: " + why};
    }
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
        ::close(lock);
        return Error{ErrorCode::conflict,
                     "data: " + folder.string() + " is in use by another server"};
    }
    return std::unique_ptr<DataFolder>(new DataFolder(lock));
}

DataFolder::~DataFolder() { ::close(lock_); }

}  // namespace thingstead::app
