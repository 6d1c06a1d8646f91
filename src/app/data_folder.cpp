#include "app/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace thingstead::app {

Result<std::unique_ptr<DataFolder>> DataFolder::open(const std::filesystem::path& folder) {
    std::error_code failed;
    const bool made = std::filesystem::create_directories(folder, failed);
    // It holds the signing key and the credentials of every device: the owner's alone. Who made it
    // beforehand has chosen its mode.
    if (made) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
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
