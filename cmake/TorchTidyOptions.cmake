# Compiler cache, sanitizers and warnings: what applies to every target alike.
if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(TORCHTIDY_CCACHE ccache)
  mark_as_advanced(TORCHTIDY_CCACHE)
  if(TORCHTIDY_CCACHE)
    # Precompiled headers are cached only with this sloppiness; build trees of the same sources share results.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${TORCHTIDY_CCACHE}")
  endif()
endif()

if(TORCHTIDY_SANITIZE)
  # LLVM is built without RTTI, so the vptr check cannot work.
  set(_tt_sanitize "-fsanitize=${TORCHTIDY_SANITIZE}" -fno-sanitize=vptr -fno-sanitize-recover=undefined
    -fno-omit-frame-pointer)
  if(NOT TORCHTIDY_SANITIZE MATCHES "undefined")
    list(REMOVE_ITEM _tt_sanitize -fno-sanitize=vptr -fno-sanitize-recover=undefined)
  endif()
  add_compile_options(${_tt_sanitize})
  add_link_options("-fsanitize=${TORCHTIDY_SANITIZE}")
endif()
if(TORCHTIDY_WERROR)
  add_compile_options(-Werror)
endif()
