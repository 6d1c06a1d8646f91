# ts_library(NAME SOURCES … [USES …] [LINK …] [TESTS …] [FUZZ …] [BENCH …])
#   One room or part of a room as a static library `ts_NAME`.
#   USES  other ts libraries, by NAME;   LINK  third-party targets;
#   TESTS GoogleTest sources, one executable `NAME_test`, registered with ctest case by case;
#   FUZZ  sources with LLVMFuzzerTestOneInput, one target each; outside the `fuzz` preset each becomes
#         a test that replays test/corpus/<target>/.
#   BENCH Google Benchmark sources, one executable `NAME_bench`.
function(ts_library name)
    cmake_parse_arguments(arg "" "" "SOURCES;USES;LINK;TESTS;FUZZ;BENCH" ${ARGN})
    add_library(ts_${name} STATIC ${arg_SOURCES})
    target_include_directories(ts_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    list(TRANSFORM arg_USES PREPEND ts_)
    target_link_libraries(ts_${name} PUBLIC ${arg_USES} ${arg_LINK})
    if(arg_TESTS)
        add_executable(${name}_test ${arg_TESTS})
        target_link_libraries(${name}_test PRIVATE ts_${name} GTest::gtest GTest::gmock GTest::gtest_main)
        set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test)
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

# Registers each case of a GoogleTest executable; a case that hangs is ended after two minutes.
function(ts_discover_tests target)
    include(GoogleTest)
    gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                         TEST_PREFIX "${target}:" PROPERTIES TIMEOUT 120 LABELS unit)
endfunction()

# ts_server_test(LIBRARY SERVERS SOURCES … [USES …])
#   A GoogleTest executable `LIBRARY_server_test` that needs real servers of somebody else's: one test of
#   ctest, under tools/servers/run.py, which starts SERVERS (names joined by commas) for it. Not with a
#   sanitizer: it would mostly wait for servers that have none, through libraries that have none.
function(ts_server_test library servers)
    if(TS_SANITIZE OR TS_FUZZ)
        return()
    endif()
    cmake_parse_arguments(arg "" "" "SOURCES;USES" ${ARGN})
    set(target ${library}_server_test)
    add_executable(${target} ${arg_SOURCES})
    list(TRANSFORM arg_USES PREPEND ts_)
    target_link_libraries(${target} PRIVATE ts_${library} ${arg_USES} GTest::gtest GTest::gmock GTest::gtest_main)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/test)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/test)
    add_test(NAME ${target} COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tools/servers/run.py ${servers} --
                                    $<TARGET_FILE:${target}>)
    set_tests_properties(${target} PROPERTIES TIMEOUT 600 LABELS server ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endfunction()

# A fuzz target: libFuzzer in the `fuzz` preset, a replay of its corpus everywhere else.
function(ts_fuzz_target target source library)
    set(corpus ${PROJECT_SOURCE_DIR}/test/corpus/${target})
    if(TS_FUZZ)
        add_executable(${target} ${source})
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        set_property(GLOBAL APPEND PROPERTY TS_FUZZ_TARGETS ${target})
    else()
        add_executable(${target} ${source} ${PROJECT_SOURCE_DIR}/test/replay_main.cpp)
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

# ts_plugin(KIND NAME SOURCES … [USES …] [TESTS …])
#   A part that a table collects: it defines `descriptor` in namespace thingstead::<room>::NAME.
#   ts_plugin_table(KIND …) writes the table of all of them.
function(ts_plugin kind name)
    cmake_parse_arguments(arg "" "" "SOURCES;USES;LINK;TESTS" ${ARGN})
    ts_library(${kind}_${name} SOURCES ${arg_SOURCES} USES ${arg_USES} LINK ${arg_LINK} TESTS ${arg_TESTS})
    set_property(GLOBAL APPEND PROPERTY TS_PLUGINS_${kind} ${name})
endfunction()

# ts_plugin_table(KIND NAMESPACE TYPE HEADER OUTPUT_LIBRARY)
#   Generates `std::span<const TYPE* const> all_KINDs()` in NAMESPACE over the collected descriptors,
#   as a library that links every plugin of the kind.
function(ts_plugin_table kind namespace type header library)
    get_property(names GLOBAL PROPERTY TS_PLUGINS_${kind})
    list(SORT names)
    set(declarations "")
    set(rows "")
    set(uses "")
    foreach(name ${names})
        string(APPEND declarations "namespace ${namespace}::${name} {\nextern const ${type} descriptor;\n}\n")
        string(APPEND rows "    &${name}::descriptor,\n")
        list(APPEND uses ${kind}_${name})
    endforeach()
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
    ts_library(${library} SOURCES ${source} USES ${uses})
endfunction()
