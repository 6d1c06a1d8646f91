// Mail to people: the port that a driver sends through, and the mails of this server on top of it.
// Drivers: core/courier/smtp.h.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/log.h"
#include "base/metrics.h"
#include "core/platform.h"
#include "net/blocking_pool.h"
#include "net/egress.h"
#include "net/task.h"

namespace thingstead::core {

/// A picture that the HTML shows as "cid:id".
struct MailImage {
    std::string id;
    std::string type;  ///< "image/png"
    std::string bytes;
};

/// One mail; both parts say the same, or one of them is empty.
struct Mail {
    std::string to;  ///< One address, or several with commas between them.
    std::string subject;
    std::string html;
    std::string text;
    std::string from{};  ///< Empty: the installation's address.
    std::string cc{};    ///< As `to`.
    std::string bcc{};   ///< As `to`; the others do not see it.
    std::vector<MailImage> images{};
};

/// Where mail is handed in: the document `mail` of the installation's settings.
struct MailServer {
    std::string from;  ///< "Name <address>" or an address.
    std::string host;
    std::uint16_t port = 25;
    bool tls = false;        ///< smtps: TLS from the first byte.
    bool start_tls = false;  ///< Must be had, or nothing is sent.
    std::string tls_version{};
    std::string user{};
    std::string password{};
    std::chrono::milliseconds timeout{10'000};
    std::string proxy{};  ///< "http://host:port"; empty: none.
    std::string proxy_user{};
    std::string proxy_password{};
    /// Null: the host may be anywhere, for an administrator of the installation named it.
    std::shared_ptr<const net::EgressGuard> guard{};

    /// Errors: invalid_argument - a value cannot be used, or a host or sender is missing.
    static Result<MailServer> of(const json::object& settings);
};

class MailDriver {
  public:
    virtual ~MailDriver() = default;
    /// Blocks, no longer than `server.timeout` a step. Returns when the server has taken the mail.
    /// Errors: unavailable - the detail says why, without a password.
    virtual Result<> send(const MailServer& server, const Mail& mail) = 0;
};

/// What the installation sends, on threads of a pool: never on an I/O thread. Thread-safe.
class Mailer {
  public:
    /// `pool` is bounded: with too much waiting, mail is refused.
    Mailer(MailDriver& driver, net::BlockingPool& pool, const Platform& platform,
           MetricsRegistry& metrics);

    /// Returns when the server of the installation's settings has taken it. Errors: internal -
    /// "Unable to send mail"; unavailable - too much waits.
    Task<Result<>> send(Mail mail);
    /// The same over a server that is not saved, so that one can try it.
    Task<Result<>> send_over(MailServer server, Mail mail);
    /// Does not wait for the server: for mail whose failure changes nothing, which is logged.
    Task<> post(Mail mail);
    /// Whether a server is named that is not the one of a new installation.
    Task<Result<bool>> is_set_up();

  private:
    Task<Result<MailServer>> server();
    void note_failed(const Error& why);

    MailDriver& driver_;
    net::BlockingPool& pool_;
    const Platform platform_;
    Counter sent_;
    Counter failed_;
    LogThrottle throttle_{std::chrono::seconds(10)};
};

/// Whether the document `mail` names a server: not the one of a new installation.
bool is_mail_set_up(const json::object& settings);

}  // namespace thingstead::core
