#include "base/log.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <thread>

#include "base/log_sink.h"
#include "base/log_testing.h"

namespace thingstead {
namespace {

constexpr EpochMs some_ms = 1'767'323'045'678;  // 2026-01-02T03:04:05.678Z

std::string line(LogFormat format, std::initializer_list<LogField> fields) {
    return format_log_line(format, some_ms, LogLevel::info, "mqtt.session.closed",
                           std::span(fields.begin(), fields.size()));
}

std::string read_all(int descriptor) {
    std::string text;
    char part[65536];
    for (ssize_t n; (n = ::read(descriptor, part, sizeof part)) > 0;)
        text.append(part, static_cast<std::size_t>(n));
    return text;
}

std::size_t count_lines(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; ++at) ++count;
    return count;
}

TEST(LogLine, TextHasTimeLevelEventAndFields) {
    EXPECT_EQ(line(LogFormat::text,
                   {
                       {"client_id", "x"         },
                       {"reason",    "keep alive"},
                       {"n",         3           }
    }),
              "2026-01-02T03:04:05.678Z INFO  mqtt.session.closed client_id=x "
              "reason=\"keep alive\" n=3\n");
}

TEST(LogLine, JsonKeepsNumbersAndBooleans) {
    EXPECT_EQ(line(LogFormat::json,
                   {
                       {"id",    "1"                                     },
                       {"n",     -3                                      },
                       {"ratio", 0.1                                     },
                       {"clean", true                                    },
                       {"none",  std::numeric_limits<double>::quiet_NaN()},
                       {"much",  std::numeric_limits<double>::infinity() }
    }),
              R"({"ts":"2026-01-02T03:04:05.678Z","level":"info","event":"mqtt.session.closed",)"
              R"("fields":{"id":"1","n":-3,"ratio":0.1,"clean":true,"none":"nan","much":"inf"}})"
              "\n");
}

struct Hostile {
    std::string_view name, value, text, json;
};

constexpr Hostile hostile_values[] = {
    // clang-format off
    {"a line of its own", "x\n2026-01-02T03:04:05.678Z ERROR forged",
     R"("x\n2026-01-02T03:04:05.678Z ERROR forged")", R"("x\n2026-01-02T03:04:05.678Z ERROR forged")"},
    {"a field of its own", "x level=error", R"("x level=error")", R"("x level=error")"},
    {"a closing quote",    R"(x" y="\)",    R"("x\" y=\"\\")",     R"("x\" y=\"\\")"},
    {"terminal controls",  "\x1b[2J\r\x7f", R"("\u001b[2J\r\u007f")", R"("\u001b[2J\r\u007f")"},
    {"C1 control",         "\xc2\x9b" "m",  R"("\u009bm")",        R"("\u009bm")"},
    {"line separator",     "\xe2\x80\xa8",  R"("\u2028")",         R"("\u2028")"},
    {"right to left",      "\xe2\x80\xae",  R"("\u202e")",         R"("\u202e")"},
    {"not UTF-8",          "a\xff\xc0\xaf", R"("a\xff\xc0\xaf")",
     "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {"surrogate",          "\xed\xa0\x80",  R"("\xed\xa0\x80")",
     "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {"cut character",      "\xe2\x82",      R"("\xe2\x82")", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    {"honest UTF-8",       "gr\xc3\xb6\xc3\x9f" "e", "\"gr\xc3\xb6\xc3\x9f" "e\"", "\"gr\xc3\xb6\xc3\x9f" "e\""},
    {"nothing",            "",              R"("")",               R"("")"},
    // clang-format on
};

TEST(LogLine, NoValueCanForgeALineOrAField) {
    for (const Hostile& row : hostile_values) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(
            line(LogFormat::text,
                 {
                     {"v", row.value}
        }),
            "2026-01-02T03:04:05.678Z INFO  mqtt.session.closed v=" + std::string(row.text) + "\n");
        EXPECT_NE(line(LogFormat::json,
                       {
                           {"v", row.value}
        })
                      .find("{\"v\":" + std::string(row.json) + "}"),
                  std::string::npos);
    }
}

TEST(LogLine, LongValuesAreCutBetweenCharacters) {
    std::string value(4095, 'a');
    value += "\xc3\xb6\xc3\xb6";
    EXPECT_NE(line(LogFormat::text,
                   {
                       {"v", value}
    })
                  .find("aaa... of 4099 bytes\""),
              std::string::npos);
}

TEST(Log, WritesFromItsLevelOnAndErrorsWithTheirReason) {
    const MemoryLog memory = open_memory_log(LogLevel::info);
    memory.log.debug("a");
    memory.log.info("b", {
                             {"x", 1}
    });
    memory.log.warn("c",
                    Error{
                        ErrorCode::not_found, "no such device"
    },
                    {{"name", "d1"}});
    memory.log.error("d", Error{ErrorCode::internal, "failed", "errno 5"});
    EXPECT_EQ(memory.lines->all(),
              (std::vector<std::string>{
                  "INFO  b x=1", "WARN  c name=d1 code=not_found message=\"no such device\"",
                  "ERROR d code=internal message=failed detail=\"errno 5\""}));
    EXPECT_FALSE(memory.log.enabled(LogLevel::debug));
    memory.log.set_level(LogLevel::debug);
    memory.log.debug("e");
    EXPECT_TRUE(memory.lines->wait_for("DEBUG e"));
    EXPECT_FALSE(memory.lines->wait_for("DEBUG f", std::chrono::milliseconds(0)));
}

TEST(Log, ADefaultMadeOneWritesNothing) {
    const Log log;
    log.error("a", {
                       {"b", "c"}
    });
    log.flush();
    EXPECT_FALSE(log.enabled(LogLevel::error));
}

TEST(Log, AppendsToItsFileInTheOrderOfEachThread) {
    const std::filesystem::path file = std::filesystem::path(testing::TempDir()) /
                                       ("log_test_" + std::to_string(::getpid()) + ".log");
    for (int opened = 0; opened < 2; ++opened) {
        const Log log = *open_log({.level = LogLevel::info, .file = file});
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&log, t] {
                for (int i = 0; i < 500; ++i)
                    log.info("e", {
                                      {"t", t},
                                      {"i", i}
                    });
            });
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(log.lines_dropped(), 0u);
    }
    std::ifstream in(file);
    std::vector<int> next(4, 0);
    int lines = 0;
    for (std::string text; std::getline(in, text); ++lines) {
        int t = -1, i = -1;
        ASSERT_EQ(std::sscanf(text.c_str() + 24, " INFO  e t=%d i=%d", &t, &i), 2) << text;
        EXPECT_EQ(i, next[static_cast<std::size_t>(t)]++ % 500);
    }
    EXPECT_EQ(lines, 4000);
    std::filesystem::remove(file);
}

TEST(Log, AFileThatCannotBeOpenedIsNamedInTheDetailAlone) {
    const Result<Log> log = open_log({.file = "/nonexistent/x.log"});
    ASSERT_FALSE(log);
    EXPECT_EQ(log.error().code, ErrorCode::unavailable);
    EXPECT_EQ(log.error().message.find("/nonexistent"), std::string::npos);
    EXPECT_NE(log.error().detail.find("/nonexistent/x.log: No such file"), std::string::npos);
}

TEST(Log, AStuckReaderCostsDebugLinesFirstAndTheLossIsToldLater) {
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const std::string wide(200, 'x');
    Log log(make_file_sink(LogLevel::debug, LogFormat::text, pipe[1], true));
    // The pipe holds 64 KiB: after that the writer is stuck and the queue fills.
    for (std::size_t i = 0; i < 2 * log_queue_lines_max; ++i)
        log.debug("flood", {
                               {"wide", wide}
        });
    const std::uint64_t dropped = log.lines_dropped();
    EXPECT_GT(dropped, 0u);
    log.warn("kept.warn");
    log.error("kept.error.1");  // waits its 100 ms
    log.error("kept.error.2");  // does not wait again
    EXPECT_EQ(log.lines_dropped(), dropped);

    std::string text;
    std::thread reader([&] { text = read_all(pipe[0]); });
    log.flush();
    log.info("after");
    log = Log();
    reader.join();
    ::close(pipe[0]);
    for (const char* event : {" kept.warn", " kept.error.1", " kept.error.2", " after"})
        EXPECT_EQ(count_lines(text, event), 1u) << event;
    EXPECT_EQ(count_lines(text, " flood wide=") + dropped, 2 * log_queue_lines_max);
    std::uint64_t told = 0;
    const std::string_view loss = " WARN  log.lines_dropped lines=";
    for (std::size_t at = 0; (at = text.find(loss, at)) != std::string::npos;)
        told += std::stoull(text.substr(at += loss.size(), 20));
    EXPECT_EQ(told, dropped);
}

TEST(Log, AFullDiskIsCountedAndDoesNotStopTheServer) {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    if (full < 0) GTEST_SKIP() << "this machine has no /dev/full";
    const Log log(make_file_sink(LogLevel::debug, LogFormat::text, full, true));
    log.info("a");
    log.flush();
    log.error("b");
    log.flush();
    EXPECT_EQ(log.lines_dropped(), 2u);
}

TEST(Log, AReaderThatHasGoneDoesNotEndTheProcess) {
    int pipe[2];
    ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    ::close(pipe[0]);
    const Log log(make_file_sink(LogLevel::debug, LogFormat::text, pipe[1], true));
    log.error("a");
    log.flush();
    EXPECT_EQ(log.lines_dropped(), 1u);
}

TEST(LogThrottle, LetsOneThroughPerPeriodAndCountsTheOthers) {
    LogThrottle hourly(std::chrono::hours(1));
    EXPECT_EQ(hourly.take(), 0);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(hourly.take(), -1);

    LogThrottle quick(std::chrono::milliseconds(2));
    EXPECT_EQ(quick.take(), 0);
    std::int64_t swallowed = 0, told;
    while ((told = quick.take()) < 0) ++swallowed;
    EXPECT_EQ(told, swallowed);
}

TEST(LogThrottle, CountsEveryLineOnceBetweenThreads) {
    LogThrottle throttle(std::chrono::milliseconds(0));
    std::atomic<std::int64_t> through{0}, told{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 5000; ++i)
                if (const std::int64_t swallowed = throttle.take(); swallowed >= 0) {
                    ++through;
                    told += swallowed;
                }
        });
    for (std::thread& thread : threads) thread.join();
    std::int64_t last = -1;
    while (last < 0) last = throttle.take();
    EXPECT_EQ(through + told + last, 4 * 5000);
}

}  // namespace
}  // namespace thingstead
