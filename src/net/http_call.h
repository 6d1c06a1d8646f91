// One call of the HTTP client as a handle of libcurl; for http_client.cpp alone.
#pragma once
#include <curl/curl.h>

#include <functional>
#include <memory>

#include "net/http_client.h"

namespace thingstead::net {

struct CurlEnd {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Curl = std::unique_ptr<CURL, CurlEnd>;
using CurlList = std::unique_ptr<curl_slist, CurlEnd>;

/// Stays where it is: libcurl has its address.
class RunningCall {
  public:
    /// `guard` outlives it.
    RunningCall(HttpCall call, const EgressGuard& guard);
    RunningCall(const RunningCall&) = delete;
    RunningCall& operator=(const RunningCall&) = delete;

    /// Makes the handle. Errors: invalid_argument - a header has more than one line, a certificate
    /// cannot be read; internal - no memory.
    Result<> prepare(const HttpClientSettings& settings);
    CURL* handle() const { return curl_.get(); }
    /// When libcurl is done with it.
    Result<HttpAnswer> answer(CURLcode code);

  private:
    bool set_basics();
    bool set_limits(const HttpClientSettings& settings);
    bool set_request();
    bool set_tls();
    bool set_proxy();
    template <class T>
    bool set(CURLoption option, T value) {
        return curl_easy_setopt(curl_.get(), option, value) == CURLE_OK;
    }
    bool set_blob(CURLoption option, const std::string& bytes);
    Error error_of(CURLcode code) const;

    static curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* wanted);
    static std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* user);
    static std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* user);

    const HttpCall call_;
    const EgressGuard& guard_;
    CurlList headers_;
    HttpAnswer answer_{};
    std::size_t answer_bytes_max_ = 0;
    std::size_t header_bytes_ = 0;
    bool refused_ = false;
    bool too_large_ = false;
    char words_[CURL_ERROR_SIZE] = "";
    Curl curl_;  // Last: it looks at the rest.
};

}  // namespace thingstead::net
