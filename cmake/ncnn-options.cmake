# Initial cache for ncnn's own CMake project (`cmake -C`).
# The sdist ships neither tools nor examples, benchmarks or tests: asking for them fails.
set(NCNN_BUILD_TOOLS OFF CACHE BOOL "")
set(NCNN_BUILD_EXAMPLES OFF CACHE BOOL "")
set(NCNN_BUILD_BENCHMARK OFF CACHE BOOL "")
set(NCNN_BUILD_TESTS OFF CACHE BOOL "")
set(NCNN_PYTHON OFF CACHE BOOL "")

set(NCNN_SHARED_LIB OFF CACHE BOOL "")
set(NCNN_VULKAN ON CACHE BOOL "")
set(NCNN_SIMPLEVK ON CACHE BOOL "") # dlopens libvulkan: no link-time dependency
set(NCNN_VALIDATION ON CACHE BOOL "")
# The bounded weight reader throws through ncnn's frames, which needs both.
set(NCNN_DISABLE_EXCEPTION OFF CACHE BOOL "")
set(NCNN_DISABLE_RTTI OFF CACHE BOOL "")
# AMD stopped making processors with these two sets in 2017; every one of them has AVX as well.
set(NCNN_FMA4 OFF CACHE BOOL "")
set(NCNN_XOP OFF CACHE BOOL "")
