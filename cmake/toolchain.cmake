# Compiler, linker and sanitizer settings that every target shares.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
# Tests themselves need no speed: a third less work for the compiler.
set(TS_TEST_OPTIONS -O0)

set(TS_SANITIZE "" CACHE STRING "Value of -fsanitize= for every target, or empty")
option(TS_UNITY "Compile several files of a library as one: quick from nothing, slow after a small change" OFF)
option(TS_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)

find_program(TS_CCACHE ccache)
if(TS_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${TS_CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${TS_CCACHE})
endif()
find_program(TS_MOLD mold)
if(TS_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

if(TS_SANITIZE)
    add_compile_options(-fsanitize=${TS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${TS_SANITIZE})
    if(NOT TS_FUZZ)
        add_compile_options(-O0)  # A third less work for the compiler, which takes longer than the tests.
    endif()
endif()
# What g++ says of itself by names of its own, and clang in another way.
if(TS_SANITIZE MATCHES "address")
    add_compile_definitions(TS_SANITIZE_ADDRESS)
endif()
if(TS_SANITIZE MATCHES "thread")
    add_compile_definitions(TS_SANITIZE_THREAD)
endif()
if(TS_SANITIZE MATCHES "undefined")
    # Checked at every access to a member, which is half of the compiler's work; what they would find
    # faults at once (null) or is no fault on the machines that the sanitizer runs on (alignment).
    add_compile_options(-fno-sanitize=null,alignment,vptr)
endif()
if(TS_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # g++ 12 reports these inside the standard library and Boost at -O2; the sanitizers find the real ones.
    add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds
                        -Wno-restrict -Wno-stringop-overread -Wno-dangling-pointer
                        -Wno-mismatched-new-delete)
    # It looks for garbage when it has taken so much (kB), which few files need: a tenth less work.
    add_compile_options("SHELL:--param ggc-min-heapsize=1000000")
else()
    # clang sees libstdc++'s own use of what the standard has deprecated.
    add_compile_options(-Wno-deprecated-declarations)
    # Headers that are read once: a compiler cache compares them byte by byte.
    add_compile_options(-Xclang -fno-pch-timestamp)
endif()
