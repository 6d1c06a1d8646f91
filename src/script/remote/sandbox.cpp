#include "script/remote/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace thingstead::script::remote {
namespace {

constexpr unsigned nobody = 65'534;  ///< A user and a group that own nothing.
constexpr unsigned descriptors_max = 3;
constexpr std::uint32_t channel_file = 0;  ///< The file that is read and written.

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
#error "the numbers of this machine's system calls are not known here"
#endif

/// Harmless whatever their arguments are: memory, threads that wait for each other, clocks, the
/// end.
constexpr std::array allowed{SYS_mmap,
                             SYS_munmap,
                             SYS_mremap,
                             SYS_mprotect,
                             SYS_madvise,
                             SYS_brk,
                             SYS_futex,
                             SYS_sched_yield,
                             SYS_nanosleep,
                             SYS_clock_gettime,
                             SYS_clock_nanosleep,
                             SYS_gettimeofday,
                             SYS_getrandom,
                             SYS_rt_sigreturn,
                             SYS_rt_sigprocmask,
                             SYS_rt_sigaction,
                             SYS_sigaltstack,
                             SYS_gettid,
                             SYS_getpid,
                             SYS_set_robust_list,
                             SYS_rseq,
                             SYS_membarrier,
                             SYS_exit,
                             SYS_exit_group,
                             SYS_sched_getaffinity,
                             SYS_restart_syscall};

/// Only an attacker makes these.
constexpr std::array deadly{SYS_execve,
                            SYS_execveat,
                            SYS_ptrace,
                            SYS_process_vm_readv,
                            SYS_socket,
                            SYS_process_vm_writev,
                            SYS_connect,
                            SYS_bind,
                            SYS_kill,
                            SYS_setns,
                            SYS_unshare,
                            SYS_mount,
                            SYS_bpf,
                            SYS_userfaultfd,
                            SYS_init_module,
                            SYS_finit_module,
                            SYS_keyctl,
                            SYS_add_key,
                            SYS_perf_event_open,
                            SYS_kexec_load};

/// The filter as the kernel runs it (classic BPF), on `struct seccomp_data`.
class Filter {
  public:
    Filter() {
        load(offsetof(seccomp_data, arch));
        unless_equal_skip(architecture, 1);
        add(BPF_JMP | BPF_JA, 1);
        end(SECCOMP_RET_KILL_PROCESS);
        load(offsetof(seccomp_data, nr));
    }
    void when(long number, std::uint32_t then) {
        unless_equal_skip(static_cast<std::uint32_t>(number), 1);
        end(then);
    }
    /// With this first argument alone.
    void when_with(long number, std::uint32_t first) {
        unless_equal_skip(static_cast<std::uint32_t>(number), 4);
        load(offsetof(seccomp_data, args));
        unless_equal_skip(first, 1);
        end(SECCOMP_RET_ALLOW);
        end(denied);
    }
    /// A thread of the process; another process is none.
    void when_thread(long number) {
        unless_equal_skip(static_cast<std::uint32_t>(number), 4);
        load(offsetof(seccomp_data, args));
        add(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1);
        end(SECCOMP_RET_ALLOW);
        end(SECCOMP_RET_KILL_PROCESS);
    }
    void otherwise(std::uint32_t then) { end(then); }
    sock_fprog program() { return {static_cast<unsigned short>(code_.size()), code_.data()}; }
    static constexpr std::uint32_t denied = SECCOMP_RET_ERRNO | EPERM;

  private:
    void add(unsigned code, std::uint32_t k, unsigned char if_true = 0,
             unsigned char if_false = 0) {
        code_.push_back({static_cast<unsigned short>(code), if_true, if_false, k});
    }
    void load(std::size_t at) { add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(at)); }
    void end(std::uint32_t with) { add(BPF_RET | BPF_K, with); }
    void unless_equal_skip(std::uint32_t value, unsigned char instructions) {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, instructions);
    }
    std::vector<sock_filter> code_;
};

Error refuses(const char* what) {
    return {ErrorCode::unavailable,
            std::string("the system refuses ") + what + ": " + std::strerror(errno)};
}

/// `grace`: how much more until the system does not warn any more, but kills.
Result<> limit(__rlimit_resource resource, rlim_t value, rlim_t grace, const char* what) {
    rlimit now{};
    if (getrlimit(resource, &now) != 0) return refuses(what);
    const rlimit next{std::min(value, now.rlim_max), std::min(value + grace, now.rlim_max)};
    if (setrlimit(resource, &next) != 0) return refuses(what);
    return {};
}

/// Address space in use; 0: not known.
std::size_t address_space_bytes() {
    std::FILE* const file = std::fopen("/proc/self/statm", "re");
    if (!file) return 0;
    unsigned long pages = 0;
    if (std::fscanf(file, "%lu", &pages) != 1) pages = 0;
    std::fclose(file);
    return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Result<> install_filter() {
    Filter filter;
    for (const long number : allowed) filter.when(number, SECCOMP_RET_ALLOW);
    for (const long number : deadly) filter.when(number, SECCOMP_RET_KILL_PROCESS);
#if defined(__x86_64__)
    for (const long number : {SYS_fork, SYS_vfork}) filter.when(number, SECCOMP_RET_KILL_PROCESS);
#endif
    filter.when_thread(SYS_clone);
    // Its arguments are out of a filter's sight: the C library takes clone() instead.
    filter.when(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    for (const long number : {SYS_read, SYS_write}) filter.when_with(number, channel_file);
    // The JavaScript library's threads name themselves, and abort if they cannot: also one that was
    // made before the seal and runs behind it.
    filter.when_with(SYS_prctl, PR_SET_NAME);
    filter.otherwise(Filter::denied);
    sock_fprog program = filter.program();
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
        return refuses("a filter of system calls");
    return {};
}

}  // namespace

Result<> drop_privileges(int parent) {
    if (syscall(SYS_close_range, descriptors_max, ~0u, 0) != 0) {
        // A kernel older than 5.9.
        for (int each = static_cast<int>(descriptors_max); each < 65'536; ++each) close(each);
    }
    if (geteuid() == 0) {
        if (setgroups(0, nullptr) != 0) return refuses("to forget groups");
        if (setresgid(nobody, nobody, nobody) != 0) return refuses("another group");
        if (setresuid(nobody, nobody, nobody) != 0) return refuses("another user");
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return refuses("no_new_privs");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return refuses("not to be dumped");
    // After the user: the kernel forgets it when that changes.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return refuses("to end with its parent");
    if (getppid() != parent) return Error{ErrorCode::unavailable, "the parent is gone"};
    return {};
}

Result<> seal(const SandboxLimits& limits) {
    if (!can_be_sealed) return {};
    const std::size_t in_use = address_space_bytes();
    if (in_use == 0) return Error{ErrorCode::unavailable, "/proc/self/statm cannot be read"};
    struct Limit {
        __rlimit_resource resource;
        rlim_t value;
        rlim_t grace;
        const char* name;
    };
    const Limit rows[] = {
        {RLIMIT_AS,     in_use + limits.memory_bytes_max,            0, "a limit of memory"    },
        {RLIMIT_CPU,    static_cast<rlim_t>(limits.cpu_max.count()), 1, "a limit of processor" },
        {RLIMIT_CORE,   0,                                           0, "a limit of core dumps"},
        {RLIMIT_FSIZE,  0,                                           0, "a limit of files"     },
        {RLIMIT_NOFILE, descriptors_max,                             0, "a limit of files"     },
    };
    for (const Limit& row : rows)
        if (Result<> done = limit(row.resource, row.value, row.grace, row.name); !done) return done;
    return install_filter();
}

}  // namespace thingstead::script::remote
