// What a test that runs under tools/servers/run.py knows of its servers, and how it breaks them.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

namespace thingstead::test {

// The value of a THINGSTEAD_TEST_… variable; throws std::runtime_error, naming it, without one.
inline std::string server_variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr)
        throw std::runtime_error(std::string(name) + " is not set: run by tools/servers/run.py");
    return value;
}

// Does `verb` (stop, start, kill, pause, resume) to the server and returns when it is done; a
// server that was started accepts connections again. Throws std::runtime_error with run.py's words.
inline void control_server(const std::string& verb, const std::string& server) {
    const std::string path = server_variable("THINGSTEAD_TEST_CONTROL");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path))
        throw std::runtime_error("the path is too long: " + path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const std::string line = verb + " " + server + "\n";
    std::string answer;
    if (descriptor >= 0 &&
        ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
        ::send(descriptor, line.data(), line.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(line.size())) {
        char byte = 0;
        while (::recv(descriptor, &byte, 1, 0) == 1 && byte != '\n') answer += byte;
    }
    if (descriptor >= 0) ::close(descriptor);
    if (answer != "ok") throw std::runtime_error(verb + " " + server + ": " + answer);
}

}  // namespace thingstead::test
