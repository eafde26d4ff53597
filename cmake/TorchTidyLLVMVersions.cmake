# The LLVMs that are tested stand in llvm-versions.txt, a line each, the oldest that works first; tools/setup and tools/bench-lint
# read it, too. Any later one is worth a try.
#
# Gives:
#   TORCHTIDY_LLVM_TESTED    that list
#   TORCHTIDY_LLVM_OLDEST    its first
#   TORCHTIDY_LLVM_BINARIES  folders of programs of the tested ones, newest first: what serves any LLVM (lit, ld.lld)
#   TORCHTIDY_LLVM_PREFIXES  where to look: of the LLVM asked for (TORCHTIDY_LLVM), else of each that is installed, newest first
include_guard(GLOBAL)

file(STRINGS "${CMAKE_CURRENT_LIST_DIR}/llvm-versions.txt" TORCHTIDY_LLVM_TESTED)
list(GET TORCHTIDY_LLVM_TESTED 0 TORCHTIDY_LLVM_OLDEST)
set(TORCHTIDY_LLVM_BINARIES "")
foreach(_version IN LISTS TORCHTIDY_LLVM_TESTED)
  list(PREPEND TORCHTIDY_LLVM_BINARIES "/usr/lib/llvm-${_version}/bin" "/usr/lib/llvm-${_version}/build/utils/lit")
endforeach()
if(TORCHTIDY_LLVM)
  set(TORCHTIDY_LLVM_PREFIXES "/usr/lib/llvm-${TORCHTIDY_LLVM}")
else()
  file(GLOB TORCHTIDY_LLVM_PREFIXES "/usr/lib/llvm-[0-9]*")
  list(SORT TORCHTIDY_LLVM_PREFIXES COMPARE NATURAL ORDER DESCENDING)
  foreach(_prefix IN LISTS TORCHTIDY_LLVM_PREFIXES)
    string(REGEX REPLACE ".*-" "" _version "${_prefix}")
    if(_version LESS TORCHTIDY_LLVM_OLDEST)
      list(REMOVE_ITEM TORCHTIDY_LLVM_PREFIXES "${_prefix}")
    endif()
  endforeach()
endif()
