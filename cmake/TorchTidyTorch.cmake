# Finds LibTorch and makes one imported target of it, without TorchConfig.cmake: that file hunts for
# a CUDA toolkit whenever LibTorch was built with CUDA, and Debian's package refers to files that its
# own dependencies do not ship.
#
# Where it looks, first hit wins:
#   1. TORCHTIDY_TORCH_ROOT       a prefix, a LibTorch folder, a `torch` package or a virtual environment
#   2. Torch_DIR                  <root>/share/cmake/Torch
#   3. CMAKE_PREFIX_PATH          variable, then environment
#   4. TORCHTIDY_PYTHON, $VIRTUAL_ENV, python3: the `torch` package of that Python (never imported)
#   5. /usr, /usr/local
#
# Gives:
#   target torchtidy_torch              headers (as system headers), libraries, ABI flag, threads
#   TORCHTIDY_TORCH_FOUND
#   TORCHTIDY_TORCH_PREFIX              the root that won
#   TORCHTIDY_TORCH_INCLUDE_DIRS        what -isystem needs (never /usr/include, which compilers add)
#   TORCHTIDY_TORCH_LIBRARY_DIR         folder of libtorch.so (for LD_LIBRARY_PATH)
#   TORCHTIDY_TORCH_LIBRARIES           full paths, in link order
#   TORCHTIDY_TORCH_DEFINITIONS         empty, or -D_GLIBCXX_USE_CXX11_ABI=0 for an old-ABI wheel
#   TORCHTIDY_TORCH_VERSION             1.13.0, 2.13.0, …  (Debian's 1.13.1 calls itself 1.13.0)
#   TORCHTIDY_TORCH_HAS_CUDA            whether libtorch_cuda is there
#   TORCHTIDY_TORCH_CXX_STANDARD        the standard that its headers want: 17, or 20 from 2.10 on
# If nothing is found: TORCHTIDY_TORCH_FOUND is FALSE and a warning names the ways to say where it is;
# a TORCHTIDY_TORCH_ROOT that holds no LibTorch is an error.
include_guard(GLOBAL)

set(TORCHTIDY_TORCH_ROOT "" CACHE PATH "LibTorch prefix, `torch` package or virtual environment (empty: search)")
set(TORCHTIDY_PYTHON "" CACHE FILEPATH "Python whose `torch` package is used when no other LibTorch is named")

# Sets OUT to DIR, or to the torch package inside it, if LibTorch's headers and library are there.
function(_torchtidy_torch_root_in DIR OUT)
  file(GLOB Packages "${DIR}/lib/python3*/site-packages/torch" "${DIR}/lib/python3*/dist-packages/torch")
  foreach(Candidate IN ITEMS "${DIR}" "${DIR}/torch" LISTS Packages)
    if(EXISTS "${Candidate}/include/torch/csrc/api/include/torch/torch.h")
      file(GLOB Libraries "${Candidate}/lib/libtorch_cpu.so*" "${Candidate}/lib/*-linux-gnu/libtorch_cpu.so*"
           "${Candidate}/lib64/libtorch_cpu.so*" "${Candidate}/lib/libtorch_cpu.dylib")
      if(Libraries)
        get_filename_component(Real "${Candidate}" ABSOLUTE)
        set(${OUT} "${Real}" PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
  set(${OUT} "" PARENT_SCOPE)
endfunction()

# The folder of PYTHON's torch package; find_spec reads no torch code, so this takes milliseconds.
function(_torchtidy_python_torch PYTHON OUT)
  set(${OUT} "" PARENT_SCOPE)
  execute_process(
    COMMAND "${PYTHON}" -c
      "import importlib.util as u; s = u.find_spec('torch'); print(list(s.submodule_search_locations)[0] if s else '')"
    OUTPUT_VARIABLE Folder OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE Status)
  if(Status EQUAL 0 AND Folder)
    set(${OUT} "${Folder}" PARENT_SCOPE)
  endif()
endfunction()

function(_torchtidy_find_torch_root OUT)
  if(TORCHTIDY_TORCH_ROOT)
    _torchtidy_torch_root_in("${TORCHTIDY_TORCH_ROOT}" Root)
    if(NOT Root)
      message(FATAL_ERROR "TORCHTIDY_TORCH_ROOT=${TORCHTIDY_TORCH_ROOT} holds no LibTorch: expected "
        "include/torch/csrc/api/include/torch/torch.h and lib/libtorch_cpu.so below it. "
        "Give the folder that has both, or leave the option empty to search.")
    endif()
    set(${OUT} "${Root}" PARENT_SCOPE)
    return()
  endif()

  set(Places "")
  if(Torch_DIR)
    list(APPEND Places "${Torch_DIR}/../../..")
  endif()
  string(REPLACE ":" ";" FromEnvironment "$ENV{CMAKE_PREFIX_PATH}")
  foreach(Prefix IN LISTS CMAKE_PREFIX_PATH FromEnvironment)
    # torch.utils.cmake_prefix_path is <torch>/share/cmake.
    list(APPEND Places "${Prefix}" "${Prefix}/../..")
  endforeach()
  foreach(Place IN LISTS Places)
    _torchtidy_torch_root_in("${Place}" Root)
    if(Root)
      set(${OUT} "${Root}" PARENT_SCOPE)
      return()
    endif()
  endforeach()

  find_program(TORCHTIDY_PYTHON3 python3)
  mark_as_advanced(TORCHTIDY_PYTHON3)
  set(Pythons "${TORCHTIDY_PYTHON}")
  if(DEFINED ENV{VIRTUAL_ENV})
    list(APPEND Pythons "$ENV{VIRTUAL_ENV}/bin/python")
  endif()
  if(TORCHTIDY_PYTHON3)
    list(APPEND Pythons "${TORCHTIDY_PYTHON3}")
  endif()
  foreach(Python IN LISTS Pythons)
    _torchtidy_python_torch("${Python}" Folder)
    if(Folder)
      _torchtidy_torch_root_in("${Folder}" Root)
      if(Root)
        set(${OUT} "${Root}" PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()

  foreach(Place IN ITEMS /usr /usr/local)
    _torchtidy_torch_root_in("${Place}" Root)
    if(Root)
      set(${OUT} "${Root}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
  set(${OUT} "" PARENT_SCOPE)
endfunction()

# 1.13 keeps the numbers in torch/version.h, 2.13 in torch/headeronly/version.h.
function(_torchtidy_torch_version INCLUDE OUT)
  foreach(Header IN ITEMS torch/headeronly/version.h torch/csrc/api/include/torch/version.h)
    if(EXISTS "${INCLUDE}/${Header}")
      file(READ "${INCLUDE}/${Header}" Text)
      if(Text MATCHES "TORCH_VERSION_MAJOR ([0-9]+)")
        set(Major "${CMAKE_MATCH_1}")
        string(REGEX MATCH "TORCH_VERSION_MINOR ([0-9]+)" _ "${Text}")
        set(Minor "${CMAKE_MATCH_1}")
        string(REGEX MATCH "TORCH_VERSION_PATCH ([0-9]+)" _ "${Text}")
        set(${OUT} "${Major}.${Minor}.${CMAKE_MATCH_1}" PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
  message(FATAL_ERROR "No TORCH_VERSION_MAJOR in the headers under ${INCLUDE}: is this LibTorch whole?")
endfunction()

_torchtidy_find_torch_root(TORCHTIDY_TORCH_PREFIX)
if(NOT TORCHTIDY_TORCH_PREFIX)
  set(TORCHTIDY_TORCH_FOUND FALSE)
  message(WARNING "LibTorch was not found. Install it (Debian: libtorch-dev; or pip install torch) and say where it is: "
    "-DTORCHTIDY_TORCH_ROOT=<folder>, -DCMAKE_PREFIX_PATH=<folder>, or -DTORCHTIDY_PYTHON=<python with torch>.")
  return()
endif()
set(TORCHTIDY_TORCH_FOUND TRUE)

set(_TorchInclude "${TORCHTIDY_TORCH_PREFIX}/include")
_torchtidy_torch_version("${_TorchInclude}" TORCHTIDY_TORCH_VERSION)
set(TORCHTIDY_TORCH_INCLUDE_DIRS "${_TorchInclude}/torch/csrc/api/include")
if(NOT _TorchInclude STREQUAL "/usr/include")
  list(PREPEND TORCHTIDY_TORCH_INCLUDE_DIRS "${_TorchInclude}")
endif()

set(TORCHTIDY_TORCH_LIBRARIES "")
foreach(_Name IN ITEMS torch torch_cpu c10 torch_cuda c10_cuda)
  unset(_TorchLibrary)
  find_library(_TorchLibrary NAMES ${_Name} NO_CACHE NO_DEFAULT_PATH
    PATHS "${TORCHTIDY_TORCH_PREFIX}" PATH_SUFFIXES lib lib64 "lib/${CMAKE_LIBRARY_ARCHITECTURE}")
  if(_TorchLibrary)
    set(_TorchLibrary_${_Name} "${_TorchLibrary}")
    list(APPEND TORCHTIDY_TORCH_LIBRARIES "${_TorchLibrary}")
  elseif(NOT _Name MATCHES "cuda")
    message(FATAL_ERROR "lib${_Name} is missing under ${TORCHTIDY_TORCH_PREFIX}/lib, though its headers are there. "
      "Install LibTorch's development package whole.")
  endif()
endforeach()
get_filename_component(TORCHTIDY_TORCH_LIBRARY_DIR "${_TorchLibrary_torch_cpu}" DIRECTORY)
set(TORCHTIDY_TORCH_HAS_CUDA FALSE)
if(DEFINED _TorchLibrary_torch_cuda)
  set(TORCHTIDY_TORCH_HAS_CUDA TRUE)
endif()

# Wheels up to 2.5 were built with the old std::string; c10::Error's constructor tells which one this is.
set(TORCHTIDY_TORCH_DEFINITIONS "")
file(STRINGS "${_TorchLibrary_c10}" _OldAbi LIMIT_COUNT 1 REGEX "_ZN3c105ErrorC[12]ENS_14SourceLocationESs")
if(_OldAbi)
  set(TORCHTIDY_TORCH_DEFINITIONS "-D_GLIBCXX_USE_CXX11_ABI=0")
endif()

if(TORCHTIDY_TORCH_VERSION VERSION_LESS 2.10)
  set(TORCHTIDY_TORCH_CXX_STANDARD 17)
else()
  set(TORCHTIDY_TORCH_CXX_STANDARD 20)
endif()

find_package(Threads REQUIRED)
add_library(torchtidy_torch INTERFACE IMPORTED GLOBAL)
target_include_directories(torchtidy_torch SYSTEM INTERFACE ${TORCHTIDY_TORCH_INCLUDE_DIRS})
target_compile_options(torchtidy_torch INTERFACE ${TORCHTIDY_TORCH_DEFINITIONS})
# Wheels hold parts of a libstdc++. In libtorch.so 2.11 with CUDA, std::filesystem::remove_all calls a null pointer:
# the compiler's library must be found first.
file(STRINGS "${_TorchLibrary_torch}" _OwnFilesystem LIMIT_COUNT 1 REGEX "_ZNSt10filesystem10remove_all")
if(_OwnFilesystem)
  target_link_libraries(torchtidy_torch INTERFACE "-Wl,--push-state,--no-as-needed,-lstdc++,--pop-state")
endif()
target_link_libraries(torchtidy_torch INTERFACE
  "${_TorchLibrary_torch}" "${_TorchLibrary_torch_cpu}" "${_TorchLibrary_c10}" Threads::Threads)
if(TORCHTIDY_TORCH_HAS_CUDA)
  # Nothing refers to a symbol of libtorch_cuda: its kernels register themselves when it is loaded, so
  # the linker must be told to keep it.
  target_link_libraries(torchtidy_torch INTERFACE
    "-Wl,--push-state,--no-as-needed,${_TorchLibrary_torch_cuda},${_TorchLibrary_c10_cuda},--pop-state")
endif()
message(STATUS "LibTorch ${TORCHTIDY_TORCH_VERSION} in ${TORCHTIDY_TORCH_PREFIX}"
  " (CUDA: ${TORCHTIDY_TORCH_HAS_CUDA}, C++${TORCHTIDY_TORCH_CXX_STANDARD})")
