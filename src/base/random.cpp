#include "base/random.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "base/error.h"

namespace thingstead {

void random_bytes(std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size()) {
        const ssize_t got = getrandom(out.data() + done, out.size() - done, 0);
        if (got < 0 && errno == EINTR) continue;
        TS_ASSERT(got > 0);
        done += static_cast<std::size_t>(got);
    }
}

std::string random_alphanumeric(std::size_t length) {
    constexpr std::string_view letters =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    constexpr std::size_t fair = 256 / letters.size() * letters.size();
    std::string text;
    std::array<std::byte, 64> pool;
    while (text.size() < length) {
        random_bytes(pool);
        for (const std::byte b : pool) {
            const auto value = static_cast<std::size_t>(b);
            if (value < fair && text.size() < length)
                text.push_back(letters[value % letters.size()]);
        }
    }
    return text;
}

}  // namespace thingstead
