# GoogleTest and GoogleMock for the tests, as one target: torchtidy_gtest. No network is used.
#
# Where it looks, first hit wins:
#   1. TORCHTIDY_GTEST_SOURCE   a folder of GoogleTest's sources, compiled here
#   2. an installed package     GTest_DIR, GTest_ROOT, CMAKE_PREFIX_PATH, the system
#   3. build/googletest         what `make test-kit` copied there, so that it travels with a build folder
#   4. /usr/src/googletest      Debian's package `googletest`
# A LibTorch with the old std::string needs GoogleTest compiled the same way, so there 2 is left out.
include_guard(GLOBAL)

set(TORCHTIDY_GTEST_SOURCE "" CACHE PATH "Sources of GoogleTest to compile (empty: an installed one, else build/googletest)")

add_library(torchtidy_gtest INTERFACE)
if(NOT TORCHTIDY_GTEST_SOURCE AND NOT TORCHTIDY_TORCH_DEFINITIONS)
  find_package(GTest QUIET)
  if(TARGET GTest::gmock)
    target_link_libraries(torchtidy_gtest INTERFACE GTest::gmock GTest::gtest GTest::gtest_main)
    return()
  endif()
endif()

foreach(Place IN ITEMS "${TORCHTIDY_GTEST_SOURCE}" "${CMAKE_CURRENT_LIST_DIR}/../build/googletest" /usr/src/googletest)
  if(Place AND EXISTS "${Place}/googlemock/CMakeLists.txt")
    message(STATUS "GoogleTest is compiled from ${Place}")
    set(INSTALL_GTEST OFF CACHE BOOL "")
    set(BUILD_GMOCK ON CACHE BOOL "")
    add_subdirectory("${Place}" "${CMAKE_BINARY_DIR}/googletest" EXCLUDE_FROM_ALL SYSTEM)
    foreach(Library IN ITEMS gtest gtest_main gmock gmock_main)
      target_compile_options(${Library} PRIVATE ${TORCHTIDY_TORCH_DEFINITIONS} -w)
    endforeach()
    target_link_libraries(torchtidy_gtest INTERFACE gmock gtest gtest_main)
    return()
  endif()
endforeach()
message(FATAL_ERROR "The runtime's tests need GoogleTest with GoogleMock. Install it (Debian: libgmock-dev), or run "
  "'make test-kit' on a machine that has it and take build/googletest along, or pass -DTORCHTIDY_GTEST_SOURCE=<folder>, "
  "-DGTest_ROOT=<prefix>, or -DTORCHTIDY_BUILD_TESTS=OFF")
