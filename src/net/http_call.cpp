#include "net/http_call.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "net/guarded_socket.h"

namespace thingstead::net {
namespace {

constexpr std::size_t header_bytes_max = 256 * 1024;

/// A line break in a header would make two of it.
bool is_one_line(std::string_view text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

Result<CurlList> header_list(const Headers& headers) {
    // Curl would wait for a word of the server before it sends a body.
    CurlList list(curl_slist_append(nullptr, "Expect:"));
    for (const auto& [name, value] : headers) {
        if (!is_one_line(name) || !is_one_line(value) || name.empty())
            return Error{ErrorCode::invalid_argument, "a header has more than one line"};
        // Without a value libcurl takes a header away; a semicolon makes it an empty one.
        const std::string line = value.empty() ? name + ";" : name + ": " + value;
        curl_slist* longer = curl_slist_append(list.get(), line.c_str());
        if (!longer) return Error{ErrorCode::internal, "no memory for headers"};
        (void)list.release();
        list.reset(longer);
    }
    return list;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' '))
        text.remove_suffix(1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
}

/// "HTTP/1.1 404 Not Found"
std::string_view reason_in(std::string_view status_line) {
    for (int blanks = 0; blanks < 2; ++blanks) {
        const std::size_t blank = status_line.find(' ');
        if (blank == std::string_view::npos) return {};
        status_line.remove_prefix(blank + 1);
    }
    return trimmed(status_line);
}

}  // namespace

RunningCall::RunningCall(HttpCall call, const EgressGuard& guard)
    : call_(std::move(call)), guard_(guard) {}

Result<> RunningCall::prepare(const HttpClientSettings& settings) {
    curl_.reset(curl_easy_init());
    if (!curl_) return Error{ErrorCode::internal, "no memory for a call"};
    Result<CurlList> headers = header_list(call_.headers);
    if (!headers) return headers.error();
    headers_ = *std::move(headers);
    if (!set_basics() || !set_limits(settings) || !set_request() || !set_proxy())
        return Error{ErrorCode::internal, "a call cannot be prepared"};
    if (!set_tls())
        return Error{ErrorCode::invalid_argument, "a certificate or key cannot be used"};
    return {};
}

bool RunningCall::set_basics() {
    void* const self = this;
    return set(CURLOPT_URL, call_.url.c_str()) && set(CURLOPT_ERRORBUFFER, words_) &&
           set(CURLOPT_PROTOCOLS_STR, "http,https") && set(CURLOPT_FOLLOWLOCATION, 0L) &&
           set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED)) && set(CURLOPT_NOSIGNAL, 1L) &&
           set(CURLOPT_FORBID_REUSE, 1L) &&
           set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1)) &&
           set(CURLOPT_OPENSOCKETFUNCTION, &open_socket) && set(CURLOPT_OPENSOCKETDATA, self) &&
           set(CURLOPT_WRITEFUNCTION, &take_body) && set(CURLOPT_WRITEDATA, self) &&
           set(CURLOPT_HEADERFUNCTION, &take_header) && set(CURLOPT_HEADERDATA, self) &&
           set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
           // A call that ends does not wait for a name that is still being looked up.
           set(CURLOPT_QUICK_EXIT, 1L);
}

bool RunningCall::set_limits(const HttpClientSettings& settings) {
    const std::chrono::milliseconds own = call_.timeout;
    const auto timeout = own.count() > 0 ? std::min(own, settings.timeout) : settings.timeout;
    answer_bytes_max_ = call_.answer_bytes_max == 0
                            ? settings.answer_bytes_max
                            : std::min(call_.answer_bytes_max, settings.answer_bytes_max);
    return set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count())) &&
           set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(answer_bytes_max_));
}

bool RunningCall::set_request() {
    if (!set(CURLOPT_HTTPHEADER, headers_.get())) return false;
    if (call_.method == Method::head) return set(CURLOPT_NOBODY, 1L);
    const bool may_have_body = call_.method != Method::get && call_.method != Method::options;
    if (may_have_body || !call_.body.empty())
        if (!set(CURLOPT_POST, 1L) ||
            !set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size())) ||
            !set(CURLOPT_POSTFIELDS, call_.body.data()))
            return false;
    if (call_.method == Method::post) return true;
    return set(CURLOPT_CUSTOMREQUEST, std::string(to_string(call_.method)).c_str());
}

bool RunningCall::set_blob(CURLoption option, const std::string& bytes) {
    if (bytes.empty()) return true;
    curl_blob blob{};
    blob.data = const_cast<char*>(bytes.data());  // NOLINT: libcurl copies it
    blob.len = bytes.size();
    blob.flags = CURL_BLOB_COPY;
    return curl_easy_setopt(curl_.get(), option, &blob) == CURLE_OK;
}

bool RunningCall::set_tls() {
    const HttpTls& tls = call_.tls;
    if (!set_blob(CURLOPT_CAINFO_BLOB, tls.authorities)) return false;
    if (tls.certificate.empty()) return true;
    return set(CURLOPT_SSLCERTTYPE, "PEM") && set(CURLOPT_SSLKEYTYPE, "PEM") &&
           set_blob(CURLOPT_SSLCERT_BLOB, tls.certificate) &&
           set_blob(CURLOPT_SSLKEY_BLOB, tls.private_key) &&
           (tls.password.empty() || set(CURLOPT_KEYPASSWD, tls.password.c_str()));
}

bool RunningCall::set_proxy() {
    const HttpProxy& proxy = call_.proxy;
    if (!set(CURLOPT_PROXY, proxy.url.c_str())) return false;  // "": whatever the environment says
    if (proxy.url.empty() || proxy.user.empty()) return true;
    return set(CURLOPT_PROXYUSERNAME, proxy.user.c_str()) &&
           set(CURLOPT_PROXYPASSWORD, proxy.password.c_str());
}

Result<HttpAnswer> RunningCall::answer(CURLcode code) {
    if (code == CURLE_FILESIZE_EXCEEDED) too_large_ = true;
    if (code != CURLE_OK) return error_of(code);
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    const char* type = nullptr;
    curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_TYPE, &type);
    answer_.status = static_cast<int>(status);
    if (type) answer_.content_type = type;
    return std::move(answer_);
}

Error RunningCall::error_of(CURLcode code) const {
    const std::string detail = words_[0] ? words_ : curl_easy_strerror(code);
    if (refused_)
        return {ErrorCode::forbidden, "the address of the server is not permitted", detail};
    if (too_large_) return {ErrorCode::too_large, "the answer is too large", detail};
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return {ErrorCode::timeout, "the server did not answer in time", detail};
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return {ErrorCode::invalid_argument, "not a URL that can be called", detail};
        case CURLE_SSL_CERTPROBLEM:
            return {ErrorCode::invalid_argument, "a certificate or key cannot be used", detail};
        default: return {ErrorCode::unavailable, "the server cannot be reached", detail};
    }
}

/// Asked for each address before it is connected to.
curl_socket_t RunningCall::open_socket(void* user, curlsocktype, curl_sockaddr* wanted) {
    RunningCall& call = *static_cast<RunningCall*>(user);
    const int opened =
        open_guarded_socket(call.guard_, wanted->addr, wanted->socktype, wanted->protocol);
    if (opened < 0 && errno == EACCES) call.refused_ = true;
    return opened < 0 ? CURL_SOCKET_BAD : opened;
}

std::size_t RunningCall::take_body(char* bytes, std::size_t, std::size_t count, void* user) {
    RunningCall& call = *static_cast<RunningCall*>(user);
    if (call.answer_.body.size() + count > call.answer_bytes_max_) {
        call.too_large_ = true;
        return 0;
    }
    call.answer_.body.append(bytes, count);
    return count;
}

std::size_t RunningCall::take_header(char* bytes, std::size_t, std::size_t count, void* user) {
    RunningCall& call = *static_cast<RunningCall*>(user);
    call.header_bytes_ += count;
    if (call.header_bytes_ > header_bytes_max) {
        call.too_large_ = true;
        return 0;
    }
    const std::string_view line(bytes, count);
    if (line.starts_with("HTTP/")) {
        call.answer_.headers.clear();  // Those before it were of an answer that was not the last.
        call.answer_.reason = reason_in(line);
        return count;
    }
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos)
        call.answer_.headers.emplace_back(trimmed(line.substr(0, colon)),
                                          trimmed(line.substr(colon + 1)));
    return count;
}

}  // namespace thingstead::net
