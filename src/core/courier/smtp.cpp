#include "core/courier/smtp.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "base/uuid.h"
#include "core/courier/easy.h"
#include "core/crypto.h"
#include "net/guarded_socket.h"

namespace thingstead::core {
namespace {

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

/// Bytes of one encoded word: 45 become 60 characters of base64, of at most 75 with its frame.
constexpr std::size_t word_bytes_max = 45;

std::string date_header(std::time_t now) {
    constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm at{};
    ::gmtime_r(&now, &at);
    std::array<char, 64> out;
    const int size = std::snprintf(
        out.data(), out.size(), "Date: %s, %d %s %04d %02d:%02d:%02d +0000", days[at.tm_wday],
        at.tm_mday, months[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
    return std::string(out.data(), static_cast<std::size_t>(size));
}

/// "Name <address>" with the name as headers carry it.
std::string address_header(const std::string& address) {
    const std::size_t open = address.find('<');
    if (open == std::string::npos || open == 0) return address;
    std::string name = address.substr(0, open);
    while (name.ends_with(' ')) name.pop_back();
    return header_text(name) + " <" + bare_address(address) + ">";
}

std::string domain_of(const std::string& address) {
    const std::size_t at = address.rfind('@');
    return at == std::string::npos ? "localhost" : address.substr(at + 1);
}

std::string address_list_header(const std::string& list) {
    std::string out;
    for (const std::string& each : addresses_in(list))
        out += (out.empty() ? "" : ", ") + address_header(each);
    return out;
}

Result<List> headers_of(const std::string& from, const Mail& mail) {
    List list;
    std::vector<std::string> lines{
        date_header(std::time(nullptr)),
        "From: " + address_header(from),
        "To: " + address_list_header(mail.to),
        "Subject: " + header_text(mail.subject),
        "Message-ID: <" + new_random_uuid().to_string() + "@" + domain_of(bare_address(from)) + ">",
        "Auto-Submitted: auto-generated",
    };
    if (!mail.cc.empty()) lines.push_back("Cc: " + address_list_header(mail.cc));
    for (const std::string& line : lines)
        if (Result<> done = append(list, line); !done) return done.error();
    return list;
}

bool add_part(curl_mime* parent, const std::string& text, const char* type) {
    curl_mimepart* part = curl_mime_addpart(parent);
    return part && curl_mime_data(part, text.data(), text.size()) == CURLE_OK &&
           curl_mime_type(part, type) == CURLE_OK &&
           curl_mime_encoder(part, "quoted-printable") == CURLE_OK;
}

bool add_image(curl_mime* parent, const MailImage& image) {
    curl_mimepart* part = curl_mime_addpart(parent);
    curl_slist* id = curl_slist_append(nullptr, ("Content-ID: <" + image.id + ">").c_str());
    return part && id && curl_mime_headers(part, id, 1) == CURLE_OK &&
           curl_mime_data(part, image.bytes.data(), image.bytes.size()) == CURLE_OK &&
           curl_mime_type(part, image.type.c_str()) == CURLE_OK &&
           curl_mime_encoder(part, "base64") == CURLE_OK;
}

/// The HTML with the pictures it shows.
bool add_html(CURL* handle, curl_mime* parent, const Mail& mail) {
    if (mail.images.empty()) return add_part(parent, mail.html, "text/html; charset=utf-8");
    Mime related(curl_mime_init(handle));
    curl_mimepart* part = curl_mime_addpart(parent);
    if (!related || !part || !add_part(related.get(), mail.html, "text/html; charset=utf-8"))
        return false;
    for (const MailImage& each : mail.images)
        if (!add_image(related.get(), each)) return false;
    if (curl_mime_subparts(part, related.get()) != CURLE_OK) return false;
    (void)related.release();  // the part owns it now
    return curl_mime_type(part, "multipart/related") == CURLE_OK;
}

/// The forms of the text that there are, of which a reader shows the last that it can.
Result<Mime> body_of(CURL* handle, const Mail& mail) {
    const Error broken{ErrorCode::internal, "a mail cannot be put together", "curl_mime"};
    Mime whole(curl_mime_init(handle)), both(curl_mime_init(handle));
    curl_mimepart* part = whole ? curl_mime_addpart(whole.get()) : nullptr;
    bool made = part && both;
    if (made && (mail.html.empty() || !mail.text.empty()))
        made = add_part(both.get(), mail.text, "text/plain; charset=utf-8");
    if (made && !mail.html.empty()) made = add_html(handle, both.get(), mail);
    if (!made || curl_mime_subparts(part, both.get()) != CURLE_OK) return broken;
    (void)both.release();  // the part owns it now
    if (curl_mime_type(part, "multipart/alternative") != CURLE_OK) return broken;
    return whole;
}

long tls_version_of(std::string_view name) {
    if (name == "TLSv1.3") return CURL_SSLVERSION_TLSv1_3;
    return CURL_SSLVERSION_TLSv1_2;  // what is older is broken
}

curl_socket_t open_mail_socket(void* guard, curlsocktype, curl_sockaddr* wanted) {
    const int opened = net::open_guarded_socket(*static_cast<const net::EgressGuard*>(guard),
                                                wanted->addr, wanted->socktype, wanted->protocol);
    return opened < 0 ? CURL_SOCKET_BAD : opened;
}

void set_server(CURL* handle, const MailServer& server) {
    const std::string url = std::string(server.tls ? "smtps://" : "smtp://") + server.host + ":" +
                            std::to_string(server.port);
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    if (server.start_tls) curl_easy_setopt(handle, CURLOPT_USE_SSL, long{CURLUSESSL_ALL});
    if (server.tls || server.start_tls)
        curl_easy_setopt(handle, CURLOPT_SSLVERSION, tls_version_of(server.tls_version));
    if (server.guard) {
        curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &open_mail_socket);
        curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, server.guard.get());
    }
    if (!server.user.empty()) {
        curl_easy_setopt(handle, CURLOPT_USERNAME, server.user.c_str());
        curl_easy_setopt(handle, CURLOPT_PASSWORD, server.password.c_str());
    }
    if (server.proxy.empty()) return;
    curl_easy_setopt(handle, CURLOPT_PROXY, server.proxy.c_str());
    curl_easy_setopt(handle, CURLOPT_HTTPPROXYTUNNEL, 1L);
    if (server.proxy_user.empty()) return;
    curl_easy_setopt(handle, CURLOPT_PROXYUSERNAME, server.proxy_user.c_str());
    curl_easy_setopt(handle, CURLOPT_PROXYPASSWORD, server.proxy_password.c_str());
}

}  // namespace

std::string bare_address(const std::string& address) {
    const std::size_t open = address.rfind('<');
    if (open == std::string::npos) return address;
    return address.substr(open + 1, address.find('>', open) - open - 1);
}

std::vector<std::string> addresses_in(const std::string& list) {
    std::vector<std::string> addresses(1);
    bool quoted = false;
    for (const char c : list) {
        if (c == '"') quoted = !quoted;
        if (c == ',' && !quoted)
            addresses.emplace_back();
        else if (c != ' ' || !addresses.back().empty())
            addresses.back() += c;
    }
    std::erase_if(addresses, [](const std::string& each) { return each.empty(); });
    return addresses;
}

std::string header_text(const std::string& text) {
    if (is_plain(text)) return text;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(at + word_bytes_max, text.size());
        // A character is not cut in two.
        while (end < text.size() && end > at + 1 &&
               (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
            --end;
        if (!out.empty()) out += ' ';
        out += "=?utf-8?B?" + base64(std::string_view(text).substr(at, end - at)) + "?=";
        at = end;
    }
    return out;
}

Result<> SmtpDriver::send(const MailServer& server, const Mail& mail) {
    std::string answer;
    Result<Easy> easy = new_easy("smtp,smtps", server.timeout, answer);
    if (!easy) return easy.error();
    CURL* const handle = easy->get();
    const std::string& from = mail.from.empty() ? server.from : mail.from;
    Result<List> headers = headers_of(from, mail);
    if (!headers) return headers.error();
    Result<Mime> body = body_of(handle, mail);
    if (!body) return body.error();
    List recipients;
    for (const std::string* list : {&mail.to, &mail.cc, &mail.bcc})
        for (const std::string& each : addresses_in(*list))
            if (Result<> done = append(recipients, "<" + bare_address(each) + ">"); !done)
                return done;
    set_server(handle, server);
    curl_easy_setopt(handle, CURLOPT_MAIL_FROM, ("<" + bare_address(from) + ">").c_str());
    curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers->get());
    curl_easy_setopt(handle, CURLOPT_MIMEPOST, body->get());
    const Result<> sent = perform(handle);
    easy->reset();  // before what it looks at
    return sent;
}

}  // namespace thingstead::core
