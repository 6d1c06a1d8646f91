# Headers that nearly every file includes are read by the compiler once, for all libraries and for all
# tests: a fifth of its work. Only where TS_UNITY is set: other builds find what a file forgot to include.
function(ts_headers_once of)
    set(source ${CMAKE_BINARY_DIR}/headers/${of}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "" @ONLY)
    add_library(ts_headers_${of} OBJECT ${source})
    target_include_directories(ts_headers_${of} PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR}/cmake/headers)
    target_link_libraries(ts_headers_${of} PRIVATE Boost::headers Boost::json)
    target_precompile_headers(ts_headers_${of} PRIVATE <of_${of}.h>)
endfunction()
if(TS_UNITY)
    ts_headers_once(libraries)
    ts_headers_once(tests)
    target_compile_options(ts_headers_tests PRIVATE ${TS_TEST_OPTIONS})
    target_link_libraries(ts_headers_tests PRIVATE GTest::gtest GTest::gmock)
endif()

# ts_use_headers(TARGET OF USES) - OF: libraries or tests. Only for what stands on `net`, as the headers do.
function(ts_use_headers target of uses)
    get_property(above_net GLOBAL PROPERTY TS_ABOVE_NET)
    foreach(each ${uses})
        if(each IN_LIST above_net)
            set_property(GLOBAL APPEND PROPERTY TS_ABOVE_NET ${target})
            if(TS_UNITY)
                target_precompile_headers(${target} REUSE_FROM ts_headers_${of})
            endif()
            return()
        endif()
    endforeach()
endfunction()
set_property(GLOBAL PROPERTY TS_ABOVE_NET ts_net)

# The main() of fuzz targets without a fuzzing engine.
add_library(ts_replay OBJECT EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/test/replay_main.cpp)

# ts_library(NAME [THREADS] SOURCES … [USES …] [LINK …] [TESTS …] [APART …] [FUZZ …] [BENCH …])
#   One room or part of a room as a static library `ts_NAME`.
#   USES  other ts libraries, by NAME;   LINK  third-party targets;
#   TESTS GoogleTest sources, one executable `NAME_test`, registered with ctest case by case;
#   FUZZ  sources with LLVMFuzzerTestOneInput, one target each; outside the `fuzz` preset each becomes
#         a test that replays test/corpus/<target>/.
#   BENCH Google Benchmark sources, one executable `NAME_bench`.
#   THREADS its tests are about threads: they, but no fuzz targets, are built for the thread sanitizer too,
#         which otherwise gets the server alone. Not for tests that run threads of a library that it does not see.
#   APART those of its sources and tests that share no unit of the compiler with others.
function(ts_library name)
    cmake_parse_arguments(arg "THREADS" "" "SOURCES;USES;LINK;TESTS;APART;FUZZ;BENCH" ${ARGN})
    if(TS_SANITIZE MATCHES "thread")
        unset(arg_FUZZ)
        if(NOT arg_THREADS)
            unset(arg_TESTS)
        endif()
    endif()
    set_source_files_properties(${arg_APART} PROPERTIES TS_APART ON)
    ts_together(ts_${name} "${arg_SOURCES}" units OPTIONAL)
    add_library(ts_${name} STATIC ${units})
    target_include_directories(ts_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    list(TRANSFORM arg_USES PREPEND ts_)
    target_link_libraries(ts_${name} PUBLIC ${arg_USES} ${arg_LINK})
    ts_use_headers(ts_${name} libraries "ts_${name};${arg_USES}")
    if(arg_TESTS)
        ts_together(${name}_test "${arg_TESTS}" units OPTIONAL)
        add_executable(${name}_test ${units})
        target_compile_options(${name}_test PRIVATE ${TS_TEST_OPTIONS})
        target_link_libraries(${name}_test PRIVATE ts_${name} GTest::gtest GTest::gmock GTest::gtest_main)
        set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test)
        ts_use_headers(${name}_test tests ts_${name})
        ts_discover_tests(${name}_test)
    endif()
    foreach(source ${arg_FUZZ})
        get_filename_component(target ${source} NAME_WE)
        ts_fuzz_target(${target} ${source} ts_${name})
    endforeach()
    if(arg_BENCH)
        add_executable(${name}_bench EXCLUDE_FROM_ALL ${arg_BENCH})
        target_link_libraries(${name}_bench PRIVATE ts_${name} benchmark::benchmark benchmark::benchmark_main)
        set_target_properties(${name}_bench PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
        set_property(GLOBAL APPEND PROPERTY TS_BENCHES ${name}_bench)
    endif()
endfunction()

# ts_together(TARGET SOURCES OUT [OPTIONAL])
#   Files that all include the same headers go to the compiler several at a time: most of its work is
#   headers. They share their nameless namespaces then, so files of a target name their own helpers
#   apart from each other's. OUT is what TARGET compiles instead of SOURCES; files that are generated
#   or APART stay alone. OPTIONAL: only where TS_UNITY is set. CMake's own unity builds name files by
#   absolute paths, and a compiler cache would not know them again in another folder.
function(ts_together target sources out)
    set(rest "")
    set(batch "")
    set(files 0)
    set(units 0)
    foreach(source ${sources})
        get_filename_component(path ${source} ABSOLUTE)
        file(RELATIVE_PATH name ${PROJECT_SOURCE_DIR}/src ${path})
        get_source_file_property(alone ${source} TS_APART)
        if(name MATCHES "^[.][.]/" OR alone OR NOT (TS_UNITY OR NOT "OPTIONAL" IN_LIST ARGN))
            list(APPEND rest ${source})
            continue()
        endif()
        string(APPEND batch "#include \"${name}\"\n")
        math(EXPR files "${files} + 1")
        if(files EQUAL 16)
            ts_write_unit(${target} ${units} "${batch}" rest)
            set(batch "")
            set(files 0)
            math(EXPR units "${units} + 1")
        endif()
    endforeach()
    if(batch)
        ts_write_unit(${target} ${units} "${batch}" rest)
    endif()
    set(${out} "${rest}" PARENT_SCOPE)
endfunction()

function(ts_write_unit target number text list)
    set(unit ${CMAKE_CURRENT_BINARY_DIR}/together/${target}_${number}.cpp)
    file(CONFIGURE OUTPUT ${unit} CONTENT "${text}" @ONLY)
    # A name of one file is no outer name of the next; and g++ takes the files of a unit for headers,
    # in which nameless namespaces would be a mistake.
    set_source_files_properties(${unit} PROPERTIES COMPILE_OPTIONS
                                "-Wno-shadow;$<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>")
    list(APPEND ${list} ${unit})
    set(${list} ${${list}} PARENT_SCOPE)
endfunction()

# Registers each case of a GoogleTest executable; a case that hangs is ended after two minutes.
function(ts_discover_tests target)
    include(GoogleTest)
    gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                         TEST_PREFIX "${target}:" PROPERTIES TIMEOUT 120 LABELS unit)
endfunction()

# ts_server_test(LIBRARY SERVERS SOURCES … [USES …] [APART …])
#   A GoogleTest executable `LIBRARY_server_test` that needs real servers of somebody else's: one test of
#   ctest, under tools/servers/run.py, which starts SERVERS (names joined by commas) for it. Not with a
#   sanitizer: it would mostly wait for servers that have none, through libraries that have none.
function(ts_server_test library servers)
    if(TS_SANITIZE OR TS_FUZZ)
        return()
    endif()
    cmake_parse_arguments(arg "" "" "SOURCES;USES;APART" ${ARGN})
    set_source_files_properties(${arg_APART} PROPERTIES TS_APART ON)
    set(target ${library}_server_test)
    ts_together(${target} "${arg_SOURCES}" units OPTIONAL)
    add_executable(${target} ${units})
    target_compile_options(${target} PRIVATE ${TS_TEST_OPTIONS})
    list(TRANSFORM arg_USES PREPEND ts_)
    target_link_libraries(${target} PRIVATE ts_${library} ${arg_USES} GTest::gtest GTest::gmock GTest::gtest_main)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/test)
    ts_use_headers(${target} tests ts_${library})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test)
    add_test(NAME ${target} COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tools/servers/run.py ${servers} --
                                    $<TARGET_FILE:${target}>)
    set_tests_properties(${target} PROPERTIES TIMEOUT 600 LABELS server ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
    if(NOT TARGET server_tests)
        add_custom_target(server_tests)
    endif()
    add_dependencies(server_tests ${target})
endfunction()

# A fuzz target: libFuzzer in the `fuzz` preset, a replay of its corpus everywhere else.
function(ts_fuzz_target target source library)
    set(corpus ${PROJECT_SOURCE_DIR}/test/corpus/${target})
    if(TS_FUZZ)
        add_executable(${target} ${source})
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        set_property(GLOBAL APPEND PROPERTY TS_FUZZ_TARGETS ${target})
    else()
        add_executable(${target} ${source})
        target_link_libraries(${target} PRIVATE ts_replay)
        ts_use_headers(${target} libraries ${library})
    endif()
    target_link_libraries(${target} PRIVATE ${library})
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    if(TS_FUZZ)
        add_test(NAME corpus:${target} COMMAND ${target} -runs=0 ${corpus})
    else()
        add_test(NAME corpus:${target} COMMAND ${target} ${corpus})
    endif()
    set_tests_properties(corpus:${target} PROPERTIES TIMEOUT 300 LABELS unit)
endfunction()

# ts_plugin(KIND NAME SOURCES … [USES …] [LINK …])
#   A part that a table collects: it defines `descriptor` in namespace thingstead::<room>::NAME.
#   ts_plugin_table(KIND …) writes the table of all of them and compiles them: small files that all
#   include the same headers, so several of them are one unit of the compiler.
function(ts_plugin kind name)
    cmake_parse_arguments(arg "" "" "SOURCES;USES;LINK" ${ARGN})
    list(TRANSFORM arg_SOURCES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
    set_property(GLOBAL APPEND PROPERTY TS_PLUGINS_${kind} ${name})
    set_property(GLOBAL APPEND PROPERTY TS_PLUGIN_SOURCES_${kind} ${arg_SOURCES})
    set_property(GLOBAL APPEND PROPERTY TS_PLUGIN_USES_${kind} ${arg_USES})
    set_property(GLOBAL APPEND PROPERTY TS_PLUGIN_LINK_${kind} ${arg_LINK})
endfunction()

# ts_plugin_table(KIND NAMESPACE TYPE HEADER OUTPUT_LIBRARY)
#   Generates `std::span<const TYPE* const> all_KINDs()` in NAMESPACE over the collected descriptors,
#   as a library that holds every plugin of the kind.
function(ts_plugin_table kind namespace type header library)
    get_property(names GLOBAL PROPERTY TS_PLUGINS_${kind})
    list(SORT names)
    set(declarations "")
    set(rows "")
    foreach(name ${names})
        string(APPEND declarations "namespace ${namespace}::${name} {\nextern const ${type} descriptor;\n}\n")
        string(APPEND rows "    &${name}::descriptor,\n")
    endforeach()
    foreach(part SOURCES USES LINK)
        get_property(${part} GLOBAL PROPERTY TS_PLUGIN_${part}_${kind})
    endforeach()
    list(REMOVE_DUPLICATES USES)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/all_${kind}s.cpp)
    file(GENERATE OUTPUT ${source} CONTENT
"// Generated by ts_plugin_table: every ${kind} that a CMakeLists.txt declares with ts_plugin.
#include \"${header}\"
${declarations}
namespace ${namespace} {
namespace {
constexpr const ${type}* table[] = {
${rows}};
}  // namespace
std::span<const ${type}* const> all_${kind}s() { return table; }
}  // namespace ${namespace}
")
    ts_together(ts_${library} "${SOURCES}" units)
    ts_library(${library} SOURCES ${source} ${units} USES ${USES} LINK ${LINK})
endfunction()
