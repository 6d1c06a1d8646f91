// Random bytes and texts from the system's cryptographic source. Thread-safe.
#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace thingstead {

/// Fills `out` from getrandom(2); ends the process if the system has no random source.
void random_bytes(std::span<std::byte> out);

/// `length` characters of [0-9A-Za-z], each equally likely: access tokens, keys, passwords.
std::string random_alphanumeric(std::size_t length);

}  // namespace thingstead
