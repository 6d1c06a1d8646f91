#include "core/courier/easy.h"

#include <algorithm>

namespace thingstead::core {
namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024;
/// A whole conversation has so many times the limit of a step.
constexpr int steps_max = 6;

std::size_t take(char* data, std::size_t size, std::size_t count, void* into) {
    std::string& answer = *static_cast<std::string*>(into);
    const std::size_t room = answer_bytes_max - std::min(answer.size(), answer_bytes_max);
    answer.append(data, std::min(size * count, room));
    return size * count;  // what is too much is read and forgotten
}

/// Once, before the first handle; the process keeps it to its end.
bool is_ready() {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return ready;
}

Error broken(const char* what) {
    return {ErrorCode::internal, "a message cannot be put together", what};
}

}  // namespace

Result<Easy> new_easy(const char* protocols, std::chrono::milliseconds timeout,
                      std::string& answer) {
    if (!is_ready()) return broken("curl_global_init");
    Easy easy(curl_easy_init());
    if (!easy) return broken("curl_easy_init");
    const long step_ms = static_cast<long>(timeout.count());
    curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);  // names are looked up on many threads
    curl_easy_setopt(easy.get(), CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT_MS, step_ms);
    curl_easy_setopt(easy.get(), CURLOPT_SERVER_RESPONSE_TIMEOUT, std::max(1L, step_ms / 1000));
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, step_ms * steps_max);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &take);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");  // not what the environment says
    return easy;
}

Result<> append(List& list, const std::string& text) {
    curl_slist* longer = curl_slist_append(list.get(), text.c_str());
    if (!longer) return broken("curl_slist_append");
    (void)list.release();
    list.reset(longer);
    return {};
}

Result<> perform(CURL* handle) {
    char words[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, words);
    const CURLcode code = curl_easy_perform(handle);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, nullptr);
    if (code == CURLE_OK) return {};
    return Error{ErrorCode::unavailable, "the message was not taken",
                 words[0] ? words : curl_easy_strerror(code)};
}

}  // namespace thingstead::core
