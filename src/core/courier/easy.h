// libcurl's handles as owners, for the .cpp files of this folder alone.
#pragma once
#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/error.h"

namespace thingstead::core {

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MimeDeleter {
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
using List = std::unique_ptr<curl_slist, ListDeleter>;
using Mime = std::unique_ptr<curl_mime, MimeDeleter>;

/// A fresh handle that ends within `timeout` a step, speaks only `protocols` ("smtp,smtps"),
/// follows nothing and writes the answer, up to a bound, into `answer`, which outlives it.
Result<Easy> new_easy(const char* protocols, std::chrono::milliseconds timeout,
                      std::string& answer);
/// Errors: internal - no memory.
Result<> append(List& list, const std::string& text);
/// Runs it. Errors: unavailable - the detail says why, in libcurl's words.
Result<> perform(CURL* handle);

}  // namespace thingstead::core
