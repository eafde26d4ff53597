# How tools/evidence.py builds and runs the programs of rules/ in this build tree: its options, one a line, in
# evidence.args.
set(_arguments --torch=${TORCHTIDY_TORCH_VERSION} --standard=${TORCHTIDY_TORCH_CXX_STANDARD} --cxx=${CMAKE_CXX_COMPILER}
  --work=${CMAKE_BINARY_DIR}/test/evidence-programs --library=${TORCHTIDY_TORCH_LIBRARY_DIR})
foreach(_dir IN LISTS TORCHTIDY_TORCH_INCLUDE_DIRS)
  list(APPEND _arguments --include=${_dir})
endforeach()
foreach(_definition IN LISTS TORCHTIDY_TORCH_DEFINITIONS)
  list(APPEND _arguments --define=${_definition})
endforeach()
if(TARGET torchtidy_runtime)
  list(APPEND _arguments --runtime=$<TARGET_FILE:torchtidy_runtime>)
endif()
file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/evidence.args" CONTENT "$<JOIN:${_arguments},\n>\n")
