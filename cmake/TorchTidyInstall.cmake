# The installed CMake package (find_package(TorchTidy)) and the rules' pages. What else is installed stands beside each
# target.
include_guard(GLOBAL)
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(_package "${CMAKE_INSTALL_LIBDIR}/cmake/TorchTidy")
set(_here "${CMAKE_CURRENT_LIST_DIR}")
configure_package_config_file("${_here}/TorchTidyConfig.cmake.in" "${CMAKE_CURRENT_BINARY_DIR}/TorchTidyConfig.cmake"
  INSTALL_DESTINATION "${_package}" PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/TorchTidyConfigVersion.cmake"
  VERSION "${PROJECT_VERSION}" COMPATIBILITY SameMinorVersion)
# Both the driver's package and the runtime's are found by it.
foreach(_component IN ITEMS driver runtime)
  install(FILES
    "${CMAKE_CURRENT_BINARY_DIR}/TorchTidyConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/TorchTidyConfigVersion.cmake"
    "${_here}/TorchTidyLint.cmake" "${_here}/TorchTidyTorch.cmake"
    DESTINATION "${_package}" COMPONENT ${_component} ${_again})
  set(_again EXCLUDE_FROM_ALL)
endforeach()
install(DIRECTORY "${_here}/../docs/rules" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/torch-tidy" COMPONENT driver)
install(FILES "${_here}/../LICENSE" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/torch-tidy" COMPONENT driver)
install(PROGRAMS "${_here}/../tools/ci-lint" DESTINATION "${CMAKE_INSTALL_BINDIR}" RENAME torch-tidy-ci COMPONENT driver)
install(DIRECTORY "${_here}/../cuda" DESTINATION "${CMAKE_INSTALL_DATADIR}/torch-tidy" COMPONENT driver)
install(DIRECTORY "${_here}/../bazel" DESTINATION "${CMAKE_INSTALL_DATADIR}/torch-tidy" COMPONENT driver
  FILES_MATCHING PATTERN "*.bazel" PATTERN "*.bzl" PATTERN "none.clang-tidy")
install(PROGRAMS "${_here}/../bazel/check.sh" "${_here}/../bazel/torch-tidy.sh" DESTINATION "${CMAKE_INSTALL_DATADIR}/torch-tidy/bazel" COMPONENT driver)
install(FILES "${_here}/../tools/gitlab-template.yml" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/torch-tidy" COMPONENT driver)
