# Chooses clang++ and clang of the LLVM asked for, or of the newest; before project().
include("${CMAKE_CURRENT_LIST_DIR}/TorchTidyLLVMVersions.cmake")
foreach(_prefix IN LISTS TORCHTIDY_LLVM_PREFIXES)
  if(EXISTS "${_prefix}/bin/clang++")
    set(CMAKE_CXX_COMPILER "${_prefix}/bin/clang++")
    set(CMAKE_C_COMPILER "${_prefix}/bin/clang")
    break()
  endif()
endforeach()
