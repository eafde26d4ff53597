# torchtidy_lint(<target> [BUILD] [OPTIONS <option>…])
#
# Lints the C++ sources of a target with torch-tidy. Without BUILD: adds the target <target>-lint, run on demand
# (`cmake --build build --target <target>-lint`). With BUILD: lints a source when it or a header beside it changed, as
# part of the build, which fails on a finding. OPTIONS go to `torch-tidy check`.
# TORCHTIDY_PROGRAM names the linter (set by find_package).
include_guard(GLOBAL)

function(torchtidy_lint TARGET)
  cmake_parse_arguments(PARSE_ARGV 1 Lint "BUILD" "" "OPTIONS")
  if(NOT TARGET "${TARGET}")
    message(FATAL_ERROR "torchtidy_lint: there is no target '${TARGET}'. Next: call it after add_library or add_executable")
  endif()
  if(Lint_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "torchtidy_lint: unknown argument '${Lint_UNPARSED_ARGUMENTS}'. Next: BUILD or OPTIONS <option>…")
  endif()
  if(NOT CMAKE_GENERATOR MATCHES "Ninja|Makefiles")
    message(FATAL_ERROR "torchtidy_lint: the generator ${CMAKE_GENERATOR} writes no compilation database. "
      "Next: use Ninja or Makefiles")
  endif()
  set_target_properties("${TARGET}" PROPERTIES EXPORT_COMPILE_COMMANDS ON)

  get_target_property(Listed "${TARGET}" SOURCES)
  get_target_property(Folder "${TARGET}" SOURCE_DIR)
  set(Sources "")
  set(Headers "")
  foreach(Source IN LISTS Listed)
    get_filename_component(Source "${Source}" ABSOLUTE BASE_DIR "${Folder}")
    if(Source MATCHES "\\.(cpp|cc|cxx|c\\+\\+|C|cu)$")
      list(APPEND Sources "${Source}")
    elseif(Source MATCHES "\\.(h|hpp|hh|hxx|cuh)$")
      list(APPEND Headers "${Source}")
    endif()
  endforeach()
  if(NOT Sources)
    message(FATAL_ERROR "torchtidy_lint: '${TARGET}' has no C++ source at this point. Next: call it after target_sources")
  endif()

  set(Command "${TORCHTIDY_PROGRAM}" check -p "${CMAKE_BINARY_DIR}" ${Lint_OPTIONS} ${Sources})
  if(NOT Lint_BUILD)
    add_custom_target("${TARGET}-lint" COMMAND ${Command}
      WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}" COMMENT "Linting ${TARGET}" USES_TERMINAL VERBATIM)
    return()
  endif()
  set(Stamp "${CMAKE_CURRENT_BINARY_DIR}/${TARGET}-lint.stamp")
  foreach(Source IN LISTS Sources)
    get_filename_component(Beside "${Source}" DIRECTORY)
    file(GLOB Near CONFIGURE_DEPENDS "${Beside}/*.h" "${Beside}/*.hpp" "${Beside}/*.hh" "${Beside}/*.cuh")
    list(APPEND Headers ${Near})
  endforeach()
  list(REMOVE_DUPLICATES Headers)
  add_custom_command(OUTPUT "${Stamp}" COMMAND ${Command} COMMAND "${CMAKE_COMMAND}" -E touch "${Stamp}"
    DEPENDS ${Sources} ${Headers} "${TORCHTIDY_PROGRAM}"
    WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}" COMMENT "Linting ${TARGET}" VERBATIM)
  add_custom_target("${TARGET}-lint" ALL DEPENDS "${Stamp}")
endfunction()
