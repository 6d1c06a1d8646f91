#include "script/js/allocation_guard.h"

#include <elf.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

namespace thingstead::script::js {
namespace {

constinit thread_local AllocationBudget budget;

/// Whether the thread may have so many bytes.
bool admits(std::size_t bytes) {
    if (bytes > budget.bytes_max) {
        budget.refused = true;
        if (budget.on_look) budget.on_look(budget.context);
        return false;
    }
    if (budget.bytes_until_look > bytes) {
        budget.bytes_until_look -= bytes;
    } else {
        budget.bytes_until_look = SIZE_MAX;
        if (budget.on_look) budget.on_look(budget.context);
    }
    return true;
}

void* guarded_malloc(std::size_t bytes) { return admits(bytes) ? std::malloc(bytes) : nullptr; }

void* guarded_calloc(std::size_t count, std::size_t bytes) {
    std::size_t all = 0;
    if (__builtin_mul_overflow(count, bytes, &all)) return nullptr;
    return admits(all) ? std::calloc(count, bytes) : nullptr;
}

void* guarded_realloc(void* old, std::size_t bytes) {
    return admits(bytes) ? std::realloc(old, bytes) : nullptr;
}

struct Replacement {
    std::string_view name;
    void* function;
    bool done = false;
};

/// The tables of a loaded library that say what it imports, and where.
struct Imports {
    const char* names = nullptr;
    const ElfW(Sym) * symbols = nullptr;
    std::span<const ElfW(Rela)> data{}, calls{};
    std::uintptr_t sealed_begin = 0, sealed_end = 0;  ///< Read-only since the loader filled it in.
};

#if defined(__x86_64__)
constexpr unsigned import_of_data = R_X86_64_GLOB_DAT, import_of_call = R_X86_64_JUMP_SLOT;
#elif defined(__aarch64__)
constexpr unsigned import_of_data = R_AARCH64_GLOB_DAT, import_of_call = R_AARCH64_JUMP_SLOT;
#else
#error "the numbers of this processor's relocations are missing"
#endif

Imports imports_of(const dl_phdr_info& library) {
    Imports out;
    const ElfW(Rela)* data = nullptr;
    const ElfW(Rela)* calls = nullptr;
    std::size_t data_bytes = 0, calls_bytes = 0;
    for (int i = 0; i < library.dlpi_phnum; ++i) {
        const auto& segment = library.dlpi_phdr[i];
        const std::uintptr_t begin = library.dlpi_addr + segment.p_vaddr;
        if (segment.p_type == PT_GNU_RELRO) {
            out.sealed_begin = begin;
            out.sealed_end = begin + segment.p_memsz;
        }
        if (segment.p_type != PT_DYNAMIC) continue;
        const auto* each = reinterpret_cast<const ElfW(Dyn)*>(begin);
        for (; each->d_tag != DT_NULL; ++each) {
            const auto at = each->d_un.d_ptr;
            switch (each->d_tag) {
                case DT_STRTAB:   out.names = reinterpret_cast<const char*>(at); break;
                case DT_SYMTAB:   out.symbols = reinterpret_cast<const ElfW(Sym)*>(at); break;
                case DT_RELA:     data = reinterpret_cast<const ElfW(Rela)*>(at); break;
                case DT_RELASZ:   data_bytes = each->d_un.d_val; break;
                case DT_JMPREL:   calls = reinterpret_cast<const ElfW(Rela)*>(at); break;
                case DT_PLTRELSZ: calls_bytes = each->d_un.d_val; break;
                default:          break;
            }
        }
    }
    if (data) out.data = {data, data_bytes / sizeof(ElfW(Rela))};
    if (calls) out.calls = {calls, calls_bytes / sizeof(ElfW(Rela))};
    return out;
}

/// What is sealed is so again afterwards.
bool overwrite(const Imports& imports, std::uintptr_t slot, void* function) {
    const bool sealed = slot >= imports.sealed_begin && slot < imports.sealed_end;
    const auto page_bytes = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    void* const page = reinterpret_cast<void*>(slot / page_bytes * page_bytes);
    if (sealed && mprotect(page, page_bytes, PROT_READ | PROT_WRITE) != 0) return false;
    *reinterpret_cast<void**>(slot) = function;
    return !sealed || mprotect(page, page_bytes, PROT_READ) == 0;
}

int replace_imports(dl_phdr_info* library, std::size_t, void* context) {
    auto& replacements = *static_cast<std::vector<Replacement>*>(context);
    if (std::string_view(library->dlpi_name).find("/libmozjs-102.so") == std::string_view::npos)
        return 0;
    const Imports imports = imports_of(*library);
    if (!imports.names || !imports.symbols) return 1;
    for (const auto table : {imports.data, imports.calls})
        for (const ElfW(Rela) & each : table) {
            const auto type = ELF64_R_TYPE(each.r_info);
            if (type != import_of_data && type != import_of_call) continue;
            const std::string_view name =
                imports.names + imports.symbols[ELF64_R_SYM(each.r_info)].st_name;
            for (Replacement& wanted : replacements)
                if (wanted.name == name)
                    wanted.done =
                        overwrite(imports, library->dlpi_addr + each.r_offset, wanted.function);
        }
    return 1;
}

}  // namespace

AllocationBudget& allocation_budget() { return budget; }

Result<> install_allocation_guard() {
    std::vector<Replacement> replacements{
        {"malloc",  reinterpret_cast<void*>(&guarded_malloc) },
        {"calloc",  reinterpret_cast<void*>(&guarded_calloc) },
        {"realloc", reinterpret_cast<void*>(&guarded_realloc)}
    };
    dl_iterate_phdr(&replace_imports, &replacements);
    for (const Replacement& each : replacements)
        if (!each.done)
            return Error{ErrorCode::unsupported,
                         "memory of JavaScript cannot be limited: libmozjs-102 does not import " +
                             std::string(each.name)};
    return {};
}

}  // namespace thingstead::script::js
