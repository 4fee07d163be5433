# The engines as targets: twinfer::ncnn and twinfer::mnn.
find_package(Threads REQUIRED)
find_package(ncnn CONFIG REQUIRED PATHS "${TWINFER_NCNN_PREFIX}" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
# ncnn was compiled for GCC's OpenMP; its runtime here is cpp/openmp in place of libgomp.
get_target_property(ncnn_libraries ncnn INTERFACE_LINK_LIBRARIES)
list(REMOVE_ITEM ncnn_libraries OpenMP::OpenMP_CXX)
set_target_properties(ncnn PROPERTIES INTERFACE_LINK_LIBRARIES "${ncnn_libraries}")

# ncnn's own target adds the folder include/ncnn; the code here includes <ncnn/net.h>.
add_library(twinfer_ncnn INTERFACE)
add_library(twinfer::ncnn ALIAS twinfer_ncnn)
target_link_libraries(twinfer_ncnn INTERFACE ncnn)
target_include_directories(twinfer_ncnn SYSTEM INTERFACE "${TWINFER_NCNN_PREFIX}/include")

add_library(twinfer_mnn INTERFACE)
add_library(twinfer::mnn ALIAS twinfer_mnn)
foreach(folder include source schema/current 3rd_party/flatbuffers/include 3rd_party/half)
  target_include_directories(twinfer_mnn SYSTEM INTERFACE "${TWINFER_MNN_PREFIX}/include/${folder}")
endforeach()
# Whole: MNN's Vulkan backend registers itself in static initialisers that nothing refers to.
target_link_options(twinfer_mnn INTERFACE
  "LINKER:--whole-archive" "${TWINFER_MNN_PREFIX}/lib/libMNN.a" "LINKER:--no-whole-archive")
# MNN's assembly has no .note.GNU-stack, and a recent glibc refuses an executable stack.
target_link_options(twinfer_mnn INTERFACE "LINKER:-z,noexecstack")
target_link_libraries(twinfer_mnn INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
