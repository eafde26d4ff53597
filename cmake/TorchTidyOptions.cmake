# Compiler cache, sanitizers and warnings: what applies to every target alike.
if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(TORCHTIDY_CCACHE ccache)
  mark_as_advanced(TORCHTIDY_CCACHE)
  if(TORCHTIDY_CCACHE)
    # Precompiled headers are cached only with this sloppiness; build trees of the same sources share results.
    set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
      "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}" CCACHE_NOHASHDIR=1 "${TORCHTIDY_CCACHE}")
    # A precompiled header is cached only when the compiler says what went into it, and without a time stamp.
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
      add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
    elseif(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
      add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>")
    endif()
  endif()
endif()

# The same bytes wherever the wheel is built.
if(TORCHTIDY_WHEEL)
  add_compile_options("-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.")
endif()

if(TORCHTIDY_SANITIZE STREQUAL "address")
  # LLVM is built without RTTI and LibTorch hides some of its own, so the vptr check cannot work.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=undefined
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(TORCHTIDY_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(TORCHTIDY_SANITIZE)
  message(FATAL_ERROR "TORCHTIDY_SANITIZE is '${TORCHTIDY_SANITIZE}': use address, thread or nothing")
endif()
