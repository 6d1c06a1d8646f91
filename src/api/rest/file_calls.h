// What routes of files share: forms with a file on the way in; ETags, names and media types on the
// way out.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest/call.h"
#include "core/resource/resources.h"
#include "protocol/multipart/form.h"

namespace thingstead::api {

/// The form that was sent; it refers to the body of the call.
struct FileForm {
    std::vector<multipart::Part> parts;

    /// The text of a field; empty: it is not there.
    std::string text(std::string_view name) const;
};

/// Errors: malformed - no form; too_large - more parts than any client sends.
Result<FileForm> file_form(const Call& call);

struct SentFile {
    core::Content bytes;
    std::string name;
    std::string media_type;
};
/// The part `file`. Errors: malformed - it is not there; invalid_argument - the file is empty.
Result<SentFile> sent_file(const FileForm& form);

/// What the client has already, without its quotes; empty: nothing.
std::string known_etag(const Call& call);

/// How a file is sent.
struct FileAnswer {
    core::Content bytes{};  ///< Null: the client has them already, 304.
    std::string media_type{};
    std::string file_name{};
    std::string etag{};  ///< Empty: none.
    std::string cache_control{};
    bool attachment = true;  ///< Is offered to be stored, and named.
};

/// Whatever it is, a browser that opens it runs no script of it: `default-src 'none'`.
net::Reply file_reply(const FileAnswer& answer);

/// `attachment;filename="a.png"`, and in UTF-8 if the name has other letters than ASCII.
std::string content_disposition(std::string_view file_name);

/// {"success","references":{"DASHBOARD":[{"id","name","tenantId"}]}}; 400 if it was not removed.
net::Reply removal_reply(const core::RemovedResource& removed);

}  // namespace thingstead::api
