#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log_sink.h"

namespace thingstead {
namespace {

using namespace std::chrono_literals;

/// How long an error waits to be with the system, so that it outlives a crash right after it. Not
/// longer: a stuck pipe must not stop an I/O thread.
constexpr auto error_wait_max = 100ms;

/// Share of the queue that each level may fill: the chatty ones leave room for those that matter.
constexpr std::array<std::size_t, 4> lines_max = {log_queue_lines_max / 2,
                                                  log_queue_lines_max * 3 / 4,
                                                  log_queue_lines_max * 7 / 8, log_queue_lines_max};

class FileSink final : public LogSink {
  public:
    FileSink(LogLevel at, LogFormat form, int descriptor, bool close_at_end)
        : LogSink(at, form),
          descriptor_(descriptor),
          close_at_end_(close_at_end),
          writer_([this] { run(); }) {}

    ~FileSink() override {
        {
            const std::lock_guard lock(mutex_);
            ending_ = true;
        }
        arrived_.notify_one();
        writer_.join();
        if (close_at_end_) ::close(descriptor_);
    }

    void write(LogLevel at, std::string line) override {
        std::unique_lock lock(mutex_);
        if (waiting_.size() >= lines_max[static_cast<std::size_t>(at)]) {
            ++dropped_unsaid_;
            dropped_.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        waiting_.push_back(std::move(line));
        const std::uint64_t number = ++taken_;
        if (idle_) arrived_.notify_one();
        if (at != LogLevel::error || stuck_) return;
        stuck_ = !finished_.wait_for(lock, error_wait_max, [&] { return written_ >= number; });
    }

    void flush() override {
        std::unique_lock lock(mutex_);
        finished_.wait(lock, [this, number = taken_] { return written_ >= number; });
    }

    std::uint64_t lines_dropped() const override {
        return dropped_.load(std::memory_order_relaxed);
    }

  private:
    void run() {
        std::vector<std::string> batch;
        std::string text;
        std::unique_lock lock(mutex_);
        while (true) {
            idle_ = true;
            arrived_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
            idle_ = false;
            if (waiting_.empty()) return;
            batch.swap(waiting_);
            const std::uint64_t unsaid = std::exchange(dropped_unsaid_, 0);
            lock.unlock();

            text.clear();
            if (broken_line_) text += '\n';
            if (unsaid > 0) text += dropped_line(unsaid);
            for (const std::string& line : batch) text += line;
            const bool whole = write_all(text);

            lock.lock();
            if (!whole) {
                // The medium is full or gone: these lines are lost, say so when it is back.
                dropped_unsaid_ += unsaid + batch.size();
                dropped_.fetch_add(batch.size(), std::memory_order_relaxed);
            }
            written_ += batch.size();
            stuck_ = false;
            batch.clear();
            finished_.notify_all();
        }
    }

    std::string dropped_line(std::uint64_t lines) const {
        const LogField field("lines", lines);
        return format_log_line(format, SystemClock().now_ms(), LogLevel::warn, "log.lines_dropped",
                               std::span(&field, 1));
    }

    bool write_all(std::string_view text) {
        while (!text.empty()) {
            const ssize_t count = ::write(descriptor_, text.data(), text.size());
            if (count >= 0) {
                broken_line_ =
                    count > 0 ? text[static_cast<std::size_t>(count) - 1] != '\n' : broken_line_;
                text.remove_prefix(static_cast<std::size_t>(count));
            } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
                pollfd writable{descriptor_, POLLOUT, 0};
                ::poll(&writable, 1, -1);
            } else if (errno != EINTR) {
                return false;
            }
        }
        return true;
    }

    const int descriptor_;
    const bool close_at_end_;
    bool broken_line_ = false;  ///< Of the writing thread: the last write ended inside a line.
    std::atomic<std::uint64_t> dropped_{0};

    std::mutex mutex_;
    std::condition_variable arrived_, finished_;
    std::vector<std::string> waiting_;
    std::uint64_t taken_ = 0, written_ = 0, dropped_unsaid_ = 0;
    bool idle_ = false, ending_ = false;
    bool stuck_ = false;  ///< An error waited in vain; the next ones do not wait.

    std::thread writer_;  ///< Last: it uses all of the above.
};

}  // namespace

std::shared_ptr<LogSink> make_file_sink(LogLevel level, LogFormat format, int descriptor,
                                        bool close_at_end) {
    return std::make_shared<FileSink>(level, format, descriptor, close_at_end);
}

}  // namespace thingstead
