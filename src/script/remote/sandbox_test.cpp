// What is left to a process behind the seal: tried in a process of its own each time.
#include "script/remote/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace thingstead::script::remote {
namespace {

constexpr int no_seal = 99;
constexpr int went_through = 98;

/// How a child ended that was sealed and then did `what`: its exit status (the error number that it
/// was refused with), or minus its signal.
int end_of(int (*what)(), const SandboxLimits& limits = {}) {
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
        if (!drop_privileges(parent) || !seal(limits)) _exit(no_seal);
        _exit(what());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int refused_with(long result) { return result < 0 ? errno : went_through; }

#define SKIP_UNSEALED() \
    if (!can_be_sealed) GTEST_SKIP() << "a sanitizer's process cannot be sealed"

TEST(Sandbox, FilesCannotBeOpened) {
    SKIP_UNSEALED();
    EXPECT_EQ(end_of([] { return refused_with(open("/etc/passwd", O_RDONLY)); }), EPERM);
    EXPECT_EQ(end_of([] { return refused_with(syscall(SYS_openat2, -1, "/", nullptr, 0)); }),
              EPERM);
    EXPECT_EQ(end_of([] { return refused_with(unlink("/tmp/none")); }), EPERM);
    EXPECT_EQ(end_of([] { return refused_with(dup(0)); }), EPERM);
}

TEST(Sandbox, OnlyTheChannelIsReadAndWritten) {
    SKIP_UNSEALED();
    EXPECT_EQ(end_of([] { return refused_with(write(2, "x", 1)); }), EPERM);
    EXPECT_EQ(end_of([] {
                  char byte = 0;
                  return refused_with(read(1, &byte, 1));
              }),
              EPERM);
    EXPECT_NE(end_of([] {
                  char byte = 0;
                  return refused_with(read(0, &byte, 0));
              }),
              EPERM);
}

TEST(Sandbox, WhatOnlyAnAttackerDoesIsTheEnd) {
    SKIP_UNSEALED();
    EXPECT_EQ(end_of([] { return refused_with(socket(AF_INET, SOCK_STREAM, 0)); }), -SIGSYS);
    EXPECT_EQ(end_of([] { return refused_with(execl("/bin/true", "true", nullptr)); }), -SIGSYS);
    EXPECT_EQ(end_of([] { return refused_with(ptrace(PTRACE_TRACEME, 0, 0, 0)); }), -SIGSYS);
    EXPECT_EQ(end_of([] { return refused_with(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }),
              -SIGSYS);
    EXPECT_EQ(end_of([] { return refused_with(kill(getppid(), SIGTERM)); }), -SIGSYS);
    EXPECT_EQ(end_of([] { return refused_with(syscall(SYS_clone3, nullptr, 0)); }), ENOSYS);
}

TEST(Sandbox, ThreadsAndMemoryAreLeft) {
    SKIP_UNSEALED();
    EXPECT_EQ(end_of([] {
                  std::thread other([] { std::string(1 << 20, 'x'); });
                  other.join();
                  void* const bytes = mmap(nullptr, 4096, PROT_READ | PROT_WRITE,
                                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                  if (bytes == MAP_FAILED) return 1;
                  return mprotect(bytes, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : 2;
              }),
              0);
}

TEST(Sandbox, ThreadsMayNameThemselves) {
    SKIP_UNSEALED();
    EXPECT_EQ(end_of([] {
                  int named = went_through;
                  std::thread other([&] { named = pthread_setname_np(pthread_self(), "name"); });
                  other.join();
                  return named;
              }),
              0);
    EXPECT_EQ(end_of([] { return refused_with(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }), EPERM);
}

TEST(Sandbox, MemoryHasAnEnd) {
    SKIP_UNSEALED();
    EXPECT_EQ(end_of(
                  [] {
                      return mmap(nullptr, 100u << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                                  0) == MAP_FAILED
                                 ? errno
                                 : went_through;
                  },
                  {.memory_bytes_max = 50u << 20}),
              ENOMEM);
}

TEST(Sandbox, ProcessorTimeHasAnEnd) {
    SKIP_UNSEALED();
    EXPECT_EQ(end_of(
                  [] {
                      for (volatile bool forever = true; forever;) {
                      }
                      return went_through;
                  },
                  {.cpu_max = std::chrono::seconds(1)}),
              -SIGXCPU);
}

TEST(Sandbox, ThereIsNoWayBackToPrivileges) {
    SKIP_UNSEALED();
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child == 0) {
        if (!drop_privileges(parent)) _exit(no_seal);
        _exit(geteuid() == 0 || setuid(0) == 0 ? went_through : 0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), geteuid() == 0 ? 0 : WEXITSTATUS(status));
    EXPECT_NE(WEXITSTATUS(status), went_through);
}

}  // namespace
}  // namespace thingstead::script::remote
