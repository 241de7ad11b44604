# GCC 12 finds overflows in inlined strings of the library and of fmt where there are none (its bugs 105329, 105651).
set(terrace_warnings -Wall -Wextra
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>)

# terrace_module(NAME DEPENDS modules... LINK libraries...): every .cpp of src/NAME becomes the library terrace_NAME, every
# *_test.cpp the test program NAME_test, so that a new file needs no line anywhere.
function(terrace_module name)
  cmake_parse_arguments(module "" "" "DEPENDS;LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(TRANSFORM module_DEPENDS PREPEND terrace_)

  if(sources)
    add_library(terrace_${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(terrace_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(terrace_${name} ${scope} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(terrace_${name} ${scope} ${module_DEPENDS} ${module_LINK})
  if(sources)
    target_compile_options(terrace_${name} PRIVATE ${terrace_warnings})
  endif()
  if(TERRACE_WITH_TESTS AND tests)
    terrace_test(${name}_test SOURCES ${tests} LINK terrace_${name})
  endif()
endfunction()

# terrace_test(NAME SOURCES files... LINK libraries...): a GoogleTest program whose tests ctest lists one by one.
function(terrace_test name)
  cmake_parse_arguments(test "" "" "SOURCES;LINK" ${ARGN})
  include(GoogleTest)
  add_executable(${name} ${test_SOURCES} ${CMAKE_SOURCE_DIR}/tests/support/test_main.cpp
    ${CMAKE_SOURCE_DIR}/src/commands/restart.cpp)
  target_link_libraries(${name} PRIVATE ${test_LINK} GTest::gtest GTest::gmock)
  # The modules are what has to be fast; a test compiles in three quarters of the time.
  target_compile_options(${name} PRIVATE ${terrace_warnings} $<$<CONFIG:Release>:-O1>)
  target_compile_definitions(${name} PRIVATE TERRACE_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 600)
endfunction()

# terrace_mpi(NAME): the module may use MPI, where it was found.
function(terrace_mpi name)
  if(TERRACE_WITH_MPI AND MPI_C_FOUND)
    target_link_libraries(terrace_${name} PRIVATE MPI::MPI_C)
    target_compile_definitions(terrace_${name} PRIVATE TERRACE_WITH_MPI
      OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)  # the C interface alone
  endif()
endfunction()
