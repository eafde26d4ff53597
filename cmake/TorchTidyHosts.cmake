# What torch-clang-tidy and torch-clangd link: the static libraries of LLVM's extra tools, by path. Their imported
# targets would drag in clang's static libraries beside the shared ones, and every option of LLVM would register twice.
#
# Options TORCHTIDY_BUILD_CLANG_TIDY and TORCHTIDY_BUILD_CLANGD: ON where the libraries are found, else a line says
# what is missing.
# torchtidy_host(TARGET LIBRARIES…): links an executable with the checks, these libraries and clang-tidy's modules.
include_guard(GLOBAL)

function(_torchtidy_extra_libraries OUT)
  set(Found "")
  foreach(Name IN LISTS ARGN)
    if(EXISTS "${LLVM_INSTALL_PREFIX}/lib/lib${Name}.a")
      list(APPEND Found "${LLVM_INSTALL_PREFIX}/lib/lib${Name}.a")
    endif()
  endforeach()
  set(${OUT} "${Found}" PARENT_SCOPE)
endfunction()

file(GLOB TORCHTIDY_TIDY_LIBRARIES "${LLVM_INSTALL_PREFIX}/lib/libclangTidy*Module.a")
# clangQuery is what clangTidyCustomModule (LLVM 21 and later) needs.
_torchtidy_extra_libraries(_common clangTidy clangTidyUtils clangQuery clangIncludeCleaner)
list(APPEND TORCHTIDY_TIDY_LIBRARIES ${_common})
_torchtidy_extra_libraries(TORCHTIDY_TIDY_MAIN clangTidyMain)
_torchtidy_extra_libraries(TORCHTIDY_CLANGD_LIBRARIES clangdMain clangDaemon clangdSupport clangdRemoteIndex
  clangdRemoteMarshalling clangdRemoteIndexProto clangdRemoteIndexServiceProto clangdMonitoringServiceProto
  clangPseudo clangPseudoCXX clangPseudoGrammar)
_torchtidy_extra_libraries(TORCHTIDY_CLANGD_TWEAKS clangDaemonTweaks)

set(_missing "")
if(NOT TORCHTIDY_TIDY_MAIN)
  set(_missing "libclangTidyMain.a in ${LLVM_INSTALL_PREFIX}/lib (Debian: libclang-${LLVM_VERSION_MAJOR}-dev)")
endif()
if(_missing AND NOT DEFINED TORCHTIDY_BUILD_CLANG_TIDY)
  message(STATUS "torch-clang-tidy is left out: no ${_missing}")
  set(TORCHTIDY_BUILD_CLANG_TIDY OFF)
endif()
option(TORCHTIDY_BUILD_CLANG_TIDY "Build torch-clang-tidy: clang-tidy with the checks linked in" ON)

set(_grpc "")
if(EXISTS "${LLVM_INSTALL_PREFIX}/lib/libclangdRemoteIndexProto.a")
  foreach(_name IN ITEMS grpc++ grpc gpr protobuf)
    find_library(TORCHTIDY_LIBRARY_${_name} NAMES ${_name})
    mark_as_advanced(TORCHTIDY_LIBRARY_${_name})
    if(TORCHTIDY_LIBRARY_${_name})
      list(APPEND _grpc "${TORCHTIDY_LIBRARY_${_name}}")
    elseif(NOT _missing)
      set(_missing "lib${_name}, which clangd's remote index needs (Debian: libgrpc++-dev libprotobuf-dev)")
    endif()
  endforeach()
  find_library(TORCHTIDY_LIBRARY_absl_synchronization NAMES absl_synchronization)
  mark_as_advanced(TORCHTIDY_LIBRARY_absl_synchronization)
  if(TORCHTIDY_LIBRARY_absl_synchronization)
    list(APPEND _grpc "${TORCHTIDY_LIBRARY_absl_synchronization}")
  endif()
endif()
foreach(_name IN ITEMS clangdMain clangDaemon clangDaemonTweaks)
  if(NOT _missing AND NOT EXISTS "${LLVM_INSTALL_PREFIX}/lib/lib${_name}.a")
    set(_missing "lib${_name}.a in ${LLVM_INSTALL_PREFIX}/lib (Debian: libclang-${LLVM_VERSION_MAJOR}-dev)")
  endif()
endforeach()
if(_missing AND NOT DEFINED TORCHTIDY_BUILD_CLANGD)
  message(STATUS "torch-clangd is left out: no ${_missing}")
  set(TORCHTIDY_BUILD_CLANGD OFF)
endif()
option(TORCHTIDY_BUILD_CLANGD "Build torch-clangd: clangd with the checks linked in" ON)
foreach(_host IN ITEMS CLANGD CLANG_TIDY)
  if(TORCHTIDY_BUILD_${_host} AND _missing AND NOT (_host STREQUAL "CLANG_TIDY" AND TORCHTIDY_TIDY_MAIN))
    message(FATAL_ERROR "TORCHTIDY_BUILD_${_host} is ON, but there is no ${_missing}. "
      "Next: run 'make setup', or leave the option out")
  endif()
endforeach()

# torch-clangd's sources and the functions of clangd that they stand in for (see driver/clangd/Wrap.h), for the program of
# its own and for the wheel's. A name that clangd no longer has would be wrapped in vain: test/clangd notices.
function(torchtidy_clangd TARGET)
  foreach(_source IN ITEMS CudaSources HeaderMaker JointFindings Main RulePages Rules SharedHeaders)
    target_sources(${TARGET} PRIVATE "${PROJECT_SOURCE_DIR}/driver/clangd/${_source}.cpp")
  endforeach()
  foreach(_function IN ITEMS
      _ZN5clang6clangd15isFastTidyCheckEN4llvm9StringRefE
      _ZN5clang6clangd20provideDefaultChecksEv
      _ZN5clang4tidy16ClangTidyContext4diagEN4llvm9StringRefENS_14SourceLocationES3_NS_13DiagnosticIDs5LevelE
      _ZNK5clang6clangd14CommandManglerclERNS_7tooling14CompileCommandEN4llvm9StringRefE
      _ZN5clang6clangd13buildPreambleEN4llvm9StringRefENS_18CompilerInvocationERKNS0_11ParseInputsEbSt8functionIFvNS0_14CapturedASTCtxESt10shared_ptrIKNS_15include_cleaner14PragmaIncludesEEEEPNS0_18PreambleBuildStatsE
      _ZN5clang6clangd9FileIndex10updateMainEN4llvm9StringRefERNS0_9ParsedASTE
      _ZN5clang6clangd9FileIndex14updatePreambleEN4llvm9StringRefES3_RNS_10ASTContextERNS_12PreprocessorERKNS_15include_cleaner14PragmaIncludesE
      # PrecompiledPreamble::Build of LLVM 19 and of LLVM 22
      _ZN5clang19PrecompiledPreamble5BuildERKNS_18CompilerInvocationEPKN4llvm12MemoryBufferENS_14PreambleBoundsERNS_17DiagnosticsEngineENS4_18IntrusiveRefCntPtrINS4_3vfs10FileSystemEEESt10shared_ptrINS_22PCHContainerOperationsEEbNS4_9StringRefERNS_17PreambleCallbacksE
      _ZN5clang19PrecompiledPreamble5BuildERKNS_18CompilerInvocationEPKN4llvm12MemoryBufferENS_14PreambleBoundsENS4_18IntrusiveRefCntPtrINS_17DiagnosticsEngineEEENS9_INS4_3vfs10FileSystemEEESt10shared_ptrINS_22PCHContainerOperationsEEbNS4_9StringRefERNS_17PreambleCallbacksE
      _ZN5clang6clangd16newJSONTransportEP8_IO_FILERN4llvm11raw_ostreamEPS4_bNS0_15JSONStreamStyleE)
    target_link_options(${TARGET} PRIVATE "LINKER:--wrap=${_function}")
  endforeach()
endfunction()

function(torchtidy_host TARGET)
  target_link_libraries(${TARGET} PRIVATE torchTidyResources "$<LINK_LIBRARY:WHOLE_ARCHIVE,torchTidyChecks>"
    -Wl,--start-group ${ARGN} ${TORCHTIDY_TIDY_LIBRARIES} -Wl,--end-group clang-cpp LLVM)
  install(TARGETS ${TARGET} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT hosts)
endfunction()
set(TORCHTIDY_CLANGD_LIBRARIES ${TORCHTIDY_CLANGD_LIBRARIES} ${_grpc})
