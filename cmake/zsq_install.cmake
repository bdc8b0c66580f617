# What `cmake --install` writes so that another project can say find_package(zsq).
install(EXPORT zsqTargets NAMESPACE zsq:: DESTINATION lib/cmake/zsq)
file(CONFIGURE OUTPUT zsqConfig.cmake @ONLY CONTENT
"include(CMakeFindDependencyMacro)
list(APPEND CMAKE_MODULE_PATH \${CMAKE_CURRENT_LIST_DIR})
find_dependency(nlohmann_json)
find_dependency(Threads)
if(@ZSQ_TORCH@)
  if(NOT LIBTORCH_ROOT AND NOT DEFINED ENV{LIBTORCH_ROOT})
    set(LIBTORCH_ROOT \"@libtorch_root@\" CACHE PATH \"Folder that holds torch/include and torch/lib\")
  endif()
  find_dependency(LibTorch)
  find_dependency(OpenCV)
endif()
include(\${CMAKE_CURRENT_LIST_DIR}/zsqTargets.cmake)
")
include(CMakePackageConfigHelpers)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/zsqConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/zsqConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/zsqConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/FindLibTorch.cmake ${PROJECT_SOURCE_DIR}/cmake/FindOpenCV.cmake
        DESTINATION lib/cmake/zsq)
