#include "api/rest/file_calls.h"

#include <algorithm>

#include "api/rest/json_text.h"
#include "core/entity/kind.h"
#include "model/kv.h"

namespace thingstead::api {
namespace {

constexpr std::string_view no_script = "default-src 'none'";

bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

void append_references(std::string& out, const core::References& references) {
    out += '{';
    for (const auto& [type, entities] : references) {
        if (out.back() != '{') out += ',';
        out += '"' + type + "\":[";
        for (const core::ResourceReferrer& each : entities) {
            if (&each != entities.data()) out += ',';
            out += "{\"id\":";
            append_text(out, each.id);
            out += ",\"name\":";
            append_text(out, each.name);
            out += ",\"tenantId\":";
            append_text(out, each.tenant);
            out += '}';
        }
        out += ']';
    }
    out += '}';
}

}  // namespace

std::string FileForm::text(std::string_view name) const {
    const multipart::Part* part = multipart::find_part(parts, name);
    return part ? std::string(part->body) : std::string();
}

Result<FileForm> file_form(const Call& call) {
    const Result<std::string> boundary =
        multipart::boundary_of(call.request.header("Content-Type").value_or(""));
    if (!boundary) return boundary.error();
    Result<std::vector<multipart::Part>> parts =
        multipart::parse_form(call.request.body, *boundary);
    if (!parts) return parts.error();
    return FileForm{*std::move(parts)};
}

Result<SentFile> sent_file(const FileForm& form) {
    const multipart::Part* part = multipart::find_part(form.parts, "file");
    if (!part) return Error{ErrorCode::malformed, "Required part 'file' is not present."};
    if (part->body.empty()) return core::invalid("File is empty!");
    SentFile file;
    file.bytes = core::content_of(std::string(part->body));
    file.name = part->file_name.value_or("");
    file.media_type = part->content_type.substr(0, part->content_type.find(';'));
    return file;
}

std::string known_etag(const Call& call) {
    std::string_view text = call.request.header("If-None-Match").value_or("");
    if (text.starts_with("W/")) text.remove_prefix(2);
    std::string out(text);
    std::erase(out, '"');
    return out;
}

std::string content_disposition(std::string_view file_name) {
    std::string out = "attachment;filename=\"";
    for (const char c : file_name) out += is_plain(c) ? c : '_';
    out += '"';
    if (!std::all_of(file_name.begin(), file_name.end(), is_plain))
        out += ";filename*=UTF-8''" + net::percent_encode(file_name);
    return out;
}

net::Reply file_reply(const FileAnswer& answer) {
    net::Reply reply;
    reply.headers.emplace_back("Content-Security-Policy", no_script);
    if (!answer.etag.empty()) reply.headers.emplace_back("ETag", '"' + answer.etag + '"');
    if (!answer.cache_control.empty())
        reply.headers.emplace_back("Cache-Control", answer.cache_control);
    if (!answer.bytes) {
        reply.status = 304;
        return reply;
    }
    if (answer.attachment) {
        reply.headers.emplace_back("Content-Disposition", content_disposition(answer.file_name));
        const bool plain = std::all_of(answer.file_name.begin(), answer.file_name.end(), is_plain);
        reply.headers.emplace_back(
            "x-filename", plain ? answer.file_name : net::percent_encode(answer.file_name));
    }
    reply.content_type = answer.media_type;
    reply.body = *answer.bytes;
    return reply;
}

net::Reply removal_reply(const core::RemovedResource& removed) {
    std::string body = "{\"success\":";
    body += removed.removed ? "true" : "false";
    body += ",\"references\":";
    append_references(body, removed.references);
    body += '}';
    net::Reply reply = json_reply(std::move(body));
    if (!removed.removed) reply.status = 400;
    return reply;
}

}  // namespace thingstead::api
