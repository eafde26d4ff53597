# Chooses clang++ and clang of the LLVM asked for, or the newest; before project().
foreach(_version ${TORCHTIDY_LLVM} 30 29 28 27 26 25 24 23 22 21 20 19)
  if(EXISTS "/usr/lib/llvm-${_version}/bin/clang++")
    set(CMAKE_CXX_COMPILER "/usr/lib/llvm-${_version}/bin/clang++")
    set(CMAKE_C_COMPILER "/usr/lib/llvm-${_version}/bin/clang")
    break()
  endif()
endforeach()
