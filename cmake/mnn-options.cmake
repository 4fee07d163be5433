# Initial cache for MNN's own CMake project (`cmake -C`).
set(MNN_BUILD_SHARED_LIBS OFF CACHE BOOL "")
set(MNN_SEP_BUILD OFF CACHE BOOL "")
set(MNN_BUILD_TOOLS OFF CACHE BOOL "")
set(MNN_BUILD_CONVERTER OFF CACHE BOOL "")
set(MNN_USE_SYSTEM_LIB OFF CACHE BOOL "") # dlopens libvulkan: no link-time dependency

set(MNN_VULKAN ON CACHE BOOL "")
set(MNN_AVX512 ON CACHE BOOL "") # off upstream; chosen at run time, so older CPUs are safe
set(MNN_ARM82 ON CACHE BOOL "")
set(MNN_LOW_MEMORY ON CACHE BOOL "")
set(MNN_SUPPORT_BF16 ON CACHE BOOL "")
set(MNN_SUPPORT_TRANSFORMER_FUSE ON CACHE BOOL "")
set(MNN_KLEIDIAI OFF CACHE BOOL "") # ON downloads at configure time
