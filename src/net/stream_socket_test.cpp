#include "net/stream_socket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <future>
#include <mutex>

#include "base/log_testing.h"
#include "net/net_testing.h"
#include "net/task_group.h"

namespace thingstead::net {
namespace {
using namespace std::chrono_literals;

/// A folder that goes with the test.
class Folder {
  public:
    Folder() {
        std::string path = (std::filesystem::temp_directory_path() / "tls-XXXXXX").string();
        path_ = ::mkdtemp(path.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    std::string file(const char* name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

/// A self-signed certificate and its key, written as PEM files.
struct Identity {
    Identity(const Folder& folder, const std::string& name)
        : certificate_file(folder.file((name + ".crt").c_str())),
          key_file(folder.file((name + ".key").c_str())) {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME* subject = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
        X509_set_issuer_name(certificate, subject);
        X509_sign(certificate, key, EVP_sha256());
        std::FILE* out = std::fopen(certificate_file.c_str(), "w");
        PEM_write_X509(out, certificate);
        std::fclose(out);
        out = std::fopen(key_file.c_str(), "w");
        PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
        std::fclose(out);
        unsigned char* raw = nullptr;
        const int size = i2d_X509(certificate, &raw);
        der.assign(reinterpret_cast<std::byte*>(raw), reinterpret_cast<std::byte*>(raw) + size);
        OPENSSL_free(raw);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    std::string certificate_file, key_file;
    std::vector<std::byte> der;
};

/// A blocking TLS client over a RawClient's socket.
class TlsClient {
  public:
    explicit TlsClient(std::uint16_t port, const Identity* identity = nullptr,
                       int version_max = TLS1_3_VERSION)
        : raw_(port), context_(SSL_CTX_new(TLS_client_method())) {
        SSL_CTX_set_max_proto_version(context_, version_max);
        SSL_CTX_set_security_level(context_, 0);
        if (identity != nullptr) {
            SSL_CTX_use_certificate_file(context_, identity->certificate_file.c_str(),
                                         SSL_FILETYPE_PEM);
            SSL_CTX_use_PrivateKey_file(context_, identity->key_file.c_str(), SSL_FILETYPE_PEM);
        }
        ssl_ = SSL_new(context_);
        SSL_set_fd(ssl_, raw_.descriptor());
        connected_ = SSL_connect(ssl_) == 1;
    }
    ~TlsClient() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    TlsClient(const TlsClient&) = delete;
    TlsClient& operator=(const TlsClient&) = delete;

    bool connected() const { return connected_; }
    void send(std::string_view text) {
        EXPECT_EQ(SSL_write(ssl_, text.data(), static_cast<int>(text.size())),
                  static_cast<int>(text.size()));
    }
    std::string read(std::size_t size) {
        std::string out(size, '\0');
        std::size_t at = 0;
        while (at < size) {
            const int n = SSL_read(ssl_, out.data() + at, static_cast<int>(size - at));
            if (n <= 0) break;
            at += static_cast<std::size_t>(n);
        }
        out.resize(at);
        return out;
    }
    void shutdown() { SSL_shutdown(ssl_); }
    std::string server_name() {
        X509* certificate = SSL_get1_peer_certificate(ssl_);
        char name[100] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name,
                                  sizeof name);
        X509_free(certificate);
        return name;
    }

  private:
    RawClient raw_;
    SSL_CTX* context_;
    SSL* ssl_ = nullptr;
    bool connected_ = false;
};

/// Echoes on every connection and remembers what it saw.
class SocketEchoServer {
  public:
    explicit SocketEchoServer(ListenerSettings settings)
        : io_(2),
          tasks_("echo", log.log),
          listener(io_, std::move(settings), log.log, metrics_, "echo",
                   [this](std::unique_ptr<Stream> stream) { accept(std::move(stream)); }) {
        const Result<> started = listener.start();
        EXPECT_TRUE(started) << (started ? "" : started.error().detail);
    }
    ~SocketEchoServer() {
        listener.stop();
        EXPECT_TRUE(tasks_.stop(60s));
    }
    MemoryLog log = open_memory_log();
    std::promise<std::vector<std::vector<std::byte>>> certificates;
    std::promise<std::string> ended;

  private:
    void accept(std::unique_ptr<Stream> stream) {
        EXPECT_EQ(stream->peer_address(), "127.0.0.1");
        const boost::asio::any_io_executor executor = stream->executor();
        EXPECT_TRUE(tasks_.spawn(executor, "echo", echo(std::move(stream))));
    }
    Task<> echo(std::unique_ptr<Stream> stream) {
        std::call_once(first_, [&] { certificates.set_value(stream->client_certificates_der()); });
        std::vector<std::byte> buffer(10'000);
        while (true) {
            const auto got = co_await stream->read_some(buffer);
            if (!got || *got == 0) {
                std::call_once(last_, [&] { ended.set_value(got ? "in order" : "broken"); });
                co_return;
            }
            const ByteSpan bytes = ByteSpan(buffer).first(*got);
            const Result<> written = co_await stream->write(bytes.first(1), bytes.subspan(1));
            if (!written) co_return;
        }
    }
    std::once_flag first_, last_;
    MetricsRegistry metrics_;
    IoThreads io_;
    TaskGroup tasks_;

  public:
    Listener listener;
};

/// Says back what it reads, without a coroutine; its end is told with what was the last news.
class Answerer final : public ReadReadiness, public std::enable_shared_from_this<Answerer> {
  public:
    Answerer(std::unique_ptr<Stream> stream, std::promise<std::string>& ended)
        : stream_(std::move(stream)), ended_(ended) {}
    void start() { stream_->notify_readable(shared_from_this()); }

    void on_readable(bool readable) override {
        if (!readable) return ended_.set_value("wait ended");
        std::array<std::byte, 7> buffer;  // TLS keeps the rest of a record
        const auto got = stream_->try_read(buffer);
        if (!got || (*got && **got == 0)) return ended_.set_value(got ? "in order" : "broken");
        if (*got) {
            const ByteSpan bytes = ByteSpan(buffer).first(**got);
            EXPECT_EQ(stream_->try_write(std::span(&bytes, 1)).value(), bytes.size());
            if (as_text(bytes).starts_with("!")) {
                start();
                return stream_->cancel();
            }
        }
        start();
    }

  private:
    std::unique_ptr<Stream> stream_;
    std::promise<std::string>& ended_;
};

ListenerSettings plain() {
    ListenerSettings settings;
    settings.address = "127.0.0.1";
    return settings;
}

ListenerSettings with_tls(const Identity& identity) {
    ListenerSettings settings = plain();
    settings.tls.emplace();
    settings.tls->certificate_file = identity.certificate_file;
    settings.tls->private_key_file = identity.key_file;
    return settings;
}

/// Long enough to fill the buffers of both ends several times.
std::string long_text() {
    std::string text;
    while (text.size() < 3'000'000) text += std::to_string(text.size()) + " ";
    return text;
}

TEST(Stream, PlainCarriesManyBytesBothWaysAndEndsInOrder) {
    SocketEchoServer server(plain());
    RawClient client(server.listener.port());
    const std::string text = long_text();
    std::thread sender([&] { client.send(text); });
    EXPECT_EQ(client.read_bytes(text.size()), text);
    sender.join();
    client.shutdown_write();
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(server.ended.get_future().get(), "in order");
    EXPECT_TRUE(server.certificates.get_future().get().empty());
}

TEST(Stream, TlsCarriesManyBytesAndEndsInOrder) {
    const Folder folder;
    const Identity identity(folder, "server");
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        SocketEchoServer server(with_tls(identity));
        TlsClient client(server.listener.port(), nullptr, version);
        ASSERT_TRUE(client.connected());
        const std::string text = long_text();
        for (std::size_t at = 0; at < text.size(); at += 50'000) {
            const std::string part = text.substr(at, 50'000);
            client.send(part);
            ASSERT_EQ(client.read(part.size()), part);
        }
        client.shutdown();
        EXPECT_EQ(server.ended.get_future().get(), "in order");
    }
}

TEST(Stream, ReadinessIsToldWithoutACoroutine) {
    const Folder folder;
    const Identity identity(folder, "server");
    std::promise<std::string> ended, cancelled;
    const MemoryLog log = open_memory_log();
    MetricsRegistry metrics;
    IoThreads io(1);
    const auto listen = [&](ListenerSettings settings, std::promise<std::string>& end) {
        auto listener = std::make_unique<Listener>(
            io, std::move(settings), log.log, metrics, "answer" + std::to_string(settings.port),
            [&](std::unique_ptr<Stream> stream) {
                std::make_shared<Answerer>(std::move(stream), end)->start();
            });
        EXPECT_TRUE(listener->start());
        return listener;
    };
    const auto secure = listen(with_tls(identity), ended);
    TlsClient client(secure->port());
    client.send("one record, read in several turns");
    EXPECT_EQ(client.read(33), "one record, read in several turns");
    client.shutdown();
    EXPECT_EQ(ended.get_future().get(), "in order");

    const auto open = listen(plain(), cancelled);
    RawClient raw(open->port());
    raw.send("!");
    EXPECT_EQ(cancelled.get_future().get(), "wait ended");
    secure->stop();
    open->stop();
}

TEST(Stream, OldTlsIsRefused) {
    const Folder folder;
    const Identity identity(folder, "server");
    SocketEchoServer server(with_tls(identity));
    EXPECT_FALSE(TlsClient(server.listener.port(), nullptr, TLS1_1_VERSION).connected());
    EXPECT_TRUE(server.log.lines->wait_for("net.tls.handshake.failed"));
}

TEST(Stream, HandsOverTheClientsCertificateWhenWanted) {
    const Folder folder;
    const Identity identity(folder, "server"), device(folder, "device");
    ListenerSettings settings = with_tls(identity);
    settings.tls->client_certificate_wanted = true;
    SocketEchoServer server(settings);
    TlsClient client(server.listener.port(), &device);
    ASSERT_TRUE(client.connected());
    const auto chain = server.certificates.get_future().get();
    ASSERT_EQ(chain.size(), 1u);
    EXPECT_EQ(chain[0], device.der);
    TlsClient without(server.listener.port());
    without.send("x");
    EXPECT_EQ(without.read(1), "x");
}

TEST(Listener, WithAnAuthorityAForeignCertificateEndsTheHandshake) {
    const Folder folder;
    const Identity identity(folder, "server"), ours(folder, "ours"), foreign(folder, "foreign");
    ListenerSettings settings = with_tls(identity);
    settings.tls->client_certificate_wanted = true;
    settings.tls->client_authority_file = ours.certificate_file;
    SocketEchoServer server(settings);
    TlsClient stranger(server.listener.port(), &foreign, TLS1_2_VERSION);
    EXPECT_FALSE(stranger.connected());
    TlsClient friendly(server.listener.port(), &ours, TLS1_2_VERSION);
    EXPECT_TRUE(friendly.connected());
}

TEST(Listener, ASlowHandshakeIsEnded) {
    const Folder folder;
    const Identity identity(folder, "server");
    ListenerSettings settings = with_tls(identity);
    settings.handshake_timeout = 50ms;
    SocketEchoServer server(settings);
    RawClient client(server.listener.port());
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_TRUE(server.log.lines->wait_for("net.tls.handshake.failed"));
}

TEST(Listener, NewConnectionsGetTheChangedCertificate) {
    const Folder folder;
    const Identity first(folder, "first"), second(folder, "second");
    ListenerSettings settings = with_tls(first);
    settings.tls->reload_period = 0ms;
    SocketEchoServer server(settings);
    EXPECT_EQ(TlsClient(server.listener.port()).server_name(), "first");
    // Half a change: the old pair serves on.
    const auto overwrite = std::filesystem::copy_options::overwrite_existing;
    std::filesystem::copy_file(second.certificate_file, first.certificate_file, overwrite);
    EXPECT_EQ(TlsClient(server.listener.port()).server_name(), "first");
    EXPECT_TRUE(server.log.lines->wait_for("net.tls.reload.failed"));
    std::filesystem::copy_file(second.key_file, first.key_file, overwrite);
    EXPECT_EQ(TlsClient(server.listener.port()).server_name(), "second");
}

TEST(Listener, SaysWhenItsFilesCannotBeUsed) {
    const Folder folder;
    const Identity first(folder, "first"), second(folder, "second");
    struct Row {
        const char* name;
        std::string certificate, key;
    };
    const Row rows[] = {
        {"missing",   folder.file("none"),    first.key_file        },
        {"no key",    first.certificate_file, first.certificate_file},
        {"other key", first.certificate_file, second.key_file       },
    };
    for (const Row& row : rows) {
        TlsSettings settings;
        settings.certificate_file = row.certificate;
        settings.private_key_file = row.key;
        const auto context = make_tls_context(settings);
        ASSERT_FALSE(context) << row.name;
        EXPECT_EQ(context.error().code, ErrorCode::invalid_argument) << row.name;
    }
}

TEST(Listener, ClosesConnectionsOverItsLimit) {
    ListenerSettings settings = plain();
    settings.connections_max = 1;
    SocketEchoServer server(settings);
    RawClient first(server.listener.port());
    first.send("a");
    EXPECT_EQ(first.read_bytes(1), "a");
    EXPECT_EQ(RawClient(server.listener.port()).read_to_end(), "");
    EXPECT_TRUE(server.log.lines->wait_for("net.accept.refused"));
    first.send("b");
    EXPECT_EQ(first.read_bytes(1), "b");
}

TEST(Listener, StopEndsAcceptingButNotStreams) {
    SocketEchoServer server(plain());
    RawClient first(server.listener.port());
    first.send("a");
    EXPECT_EQ(first.read_bytes(1), "a");
    server.listener.stop();
    first.send("b");
    EXPECT_EQ(first.read_bytes(1), "b");
    EXPECT_EQ(server.listener.connections(), 1u);
}

TEST(Listener, AnAddressThatIsNoneIsSaid) {
    IoThreads io(1);
    MetricsRegistry metrics;
    ListenerSettings settings;
    settings.address = "not-a-number";
    Listener listener(io, settings, Log(), metrics, "bad", [](std::unique_ptr<Stream>) {});
    const Result<> started = listener.start();
    ASSERT_FALSE(started);
    EXPECT_EQ(started.error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace thingstead::net
